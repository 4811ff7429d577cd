// Finds what the host's PATH and its Node need to run inside the walls, and nothing that holds a person's secrets.
// It must never name a home folder itself, nor a folder in which tools keep credentials.
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join, relative, sep } from "node:path";

/** A host path shown read-only, at `at` inside. */
export interface Shown {
  readonly from: string;
  readonly at: string;
}

export interface Toolchains {
  /** Without duplicates, parents before what lies in them. All exist. */
  readonly shown: readonly Shown[];
  /** The inner PATH in the host's order, behind the folder of `links`. */
  readonly path: readonly string[];
  /** Names and what they point at, for the folder that comes first: Node and the npm beside it, whatever else PATH holds. */
  readonly links: readonly { readonly name: string; readonly target: string }[];
  /** Variables by which toolchains find themselves although HOME is another. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ToolchainQuestion {
  /** The host's PATH. */
  readonly path: string;
  readonly home: string;
  /** The inner home: caches of package sources are shown below it. */
  readonly innerHome: string;
  /** The Node to offer inside. */
  readonly node: string;
  /** Folders that must never be shown, nor anything that holds them: the worktree, the checkout, the state folder. */
  readonly never: readonly string[];
}

/** Shown whole, because they hold the system's programs and no person's files. */
export const SYSTEM_FOLDERS: readonly string[] = [
  "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix/store", "/gnu/store", "/snap",
];

interface Manager {
  readonly folder: string;
  readonly show: readonly string[];
  readonly variable?: string;
}

/** Folders below the home that version managers own: any PATH entry below `folder` shows the folders in `show`. */
const MANAGERS: readonly Manager[] = [
  { folder: ".pyenv", show: [".pyenv"], variable: "PYENV_ROOT" },
  { folder: ".rbenv", show: [".rbenv"], variable: "RBENV_ROOT" },
  { folder: ".nodenv", show: [".nodenv"], variable: "NODENV_ROOT" },
  { folder: ".asdf", show: [".asdf"], variable: "ASDF_DATA_DIR" },
  { folder: ".volta", show: [".volta/bin", ".volta/tools"], variable: "VOLTA_HOME" },
  { folder: ".nvm", show: [".nvm/versions"] },
  { folder: ".cargo", show: [".cargo/bin", ".rustup/toolchains", ".rustup/settings.toml"] },
  { folder: ".sdkman", show: [".sdkman/candidates"] },
  { folder: ".bun", show: [".bun/bin"] },
  { folder: ".deno", show: [".deno/bin"] },
  { folder: ".local/share/fnm", show: [".local/share/fnm/node-versions"] },
  { folder: ".local/share/mise", show: [".local/share/mise/installs", ".local/share/mise/shims"], variable: "MISE_DATA_DIR" },
  { folder: ".local/share/pnpm", show: [".local/share/pnpm"] },
  {
    folder: ".local/bin",
    show: [".local/bin", ".local/pipx/venvs", ".local/share/pipx/venvs", ".local/share/uv/tools", ".local/share/uv/python"],
  },
];

/** First on the inner PATH. Node's own folder cannot be: as /usr/bin it would put the system's Python before a person's. */
export const LINKS_FOLDER = "/run/vigil/bin";

/** Package sources that builds need without a network. Names only, never the settings or credentials beside them. */
const SOURCES: readonly string[] = [".cargo/registry/index", ".cargo/registry/cache", ".cargo/registry/src", ".m2/repository", "go/pkg/mod"];

export function findToolchains(question: ToolchainQuestion): Toolchains {
  const { home, never } = question;
  const shown = new Map<string, string>();
  const path = new Set<string>();
  const env: Record<string, string> = {};
  path.add(LINKS_FOLDER);
  const show = (from: string, at: string = from): void => {
    if (existsSync(from) && !holdsAny(from, [home, ...never])) shown.set(at, from);
  };

  for (const root of installationRoots(question.node)) if (!inSystem(root)) show(root);

  for (const entry of question.path.split(delimiter)) {
    const real = realFolder(entry);
    if (real === undefined || entry.includes(":") || isPackageBin(entry) || holdsAny(real, [home, ...never]) || insideAny(real, never)) continue;
    path.add(entry);
    if (inSystem(real)) continue;
    const owned = ownedByManager(entry) ?? ownedByManager(real);
    if (owned === undefined) {
      const root = toolRoot(real, home, never);
      show(root);
      if (!inside(root, entry)) show(real, entry);
      continue;
    }
    const { manager, owner } = owned;
    for (const folder of manager.show) show(join(owner, folder));
    if (!inside(join(owner, manager.folder), entry)) show(real, entry);
    if (manager.variable !== undefined) env[manager.variable] = join(owner, manager.folder);
    if (manager.folder === ".cargo") env["RUSTUP_HOME"] = join(owner, ".rustup");
  }
  for (const folder of ["/usr/local/bin", "/usr/bin", "/bin"]) path.add(folder);
  for (const folder of SOURCES) show(join(home, folder), join(question.innerHome, folder));

  return { shown: withoutNested(shown), path: [...path], links: nodeLinks(question.node), env };
}

function nodeLinks(node: string): Toolchains["links"] {
  const beside = ["npm", "npx", "corepack"].map((name) => ({ name, target: join(dirname(node), name) }));
  return [{ name: "node", target: node }, ...beside.filter(({ target }) => existsSync(target))];
}

/** The folders that a Node needs to run and to bring npm with it. A lone binary is shown alone. */
export function installationRoots(node: string): readonly string[] {
  const roots = new Set<string>();
  for (const file of [node, realOr(node)]) {
    const folder = dirname(file);
    const prefix = dirname(folder);
    roots.add(basename(folder) === "bin" && looksLikeToolRoot(prefix) ? prefix : file);
  }
  return [...roots];
}

/** The manager whose folder a PATH entry lies in, and the home that has it: not always the home of who runs this. */
function ownedByManager(entry: string): { readonly manager: Manager; readonly owner: string } | undefined {
  for (const manager of MANAGERS) {
    const at = `${entry}/`.indexOf(`/${manager.folder}/`);
    if (at > 0) return { manager, owner: entry.slice(0, at) };
  }
  return undefined;
}

/** `~/tools/go/bin` is useless without `~/tools/go`, but `~/bin` must not open the home, nor `/data/bin` all of `/data`. */
function toolRoot(folder: string, home: string, never: readonly string[]): string {
  const parent = dirname(folder);
  const deep = parent.split(sep).length > 2;
  const broad = [home, join(home, ".local"), join(home, ".config"), join(home, ".cache")].includes(parent);
  return deep && !broad && looksLikeToolRoot(parent) && !holdsAny(parent, [home, ...never]) ? parent : folder;
}

function looksLikeToolRoot(folder: string): boolean {
  if (folder === "/" || existsSync(join(folder, ".git"))) return false;
  const neighbours = ["lib", "libexec", "share", "include", "package.json"];
  return neighbours.some((name) => existsSync(join(folder, name)));
}

/** npm, npx and editors put these first on PATH; they are a project's dependencies, not the machine's tools. */
function isPackageBin(entry: string): boolean {
  return /(^|\/)node_modules\/\.bin\/?$/.test(entry) || /\/node-gyp-bin\/?$/.test(entry);
}

function realFolder(entry: string): string | undefined {
  if (!isAbsolute(entry)) return undefined;
  try {
    const real = realpathSync(entry);
    const { mode } = statSync(real);
    // Where everybody may write, as in /tmp, files lie that are nobody's tools.
    const shared = (mode & 0o002) !== 0 || dirname(real) === "/" && !inSystem(real);
    return shared || readdirSync(real).length === 0 ? undefined : real;
  } catch (error) {
    // A PATH entry that does not exist or cannot be read serves nobody inside either.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

function realOr(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

export function inside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

export function inSystem(path: string): boolean {
  return SYSTEM_FOLDERS.some((folder) => inside(folder, path));
}

function insideAny(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => inside(folder, path));
}

function holdsAny(folder: string, paths: readonly string[]): boolean {
  return paths.some((path) => inside(folder, path));
}

function withoutNested(shown: ReadonlyMap<string, string>): readonly Shown[] {
  const kept: Shown[] = [];
  for (const [at, from] of [...shown].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const covered = kept.some((other) => inside(other.at, at) && join(other.from, relative(other.at, at)) === from);
    if (!covered) kept.push({ from, at });
  }
  return kept;
}
