// What a run writes, as the kernel sees it: each path that a traced process created, wrote, renamed or removed, sorted into
// the classes that are known. A path of no class is a place that nobody has thought of.
import { isAbsolute, join, relative } from "node:path";
import { RUN } from "./predictable.js";

/** Everything by which a path changes, and the syncs that make the change last. */
export const CALLS = ["openat", "write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir"] as const;
export type Call = (typeof CALLS)[number];

/** A place that is written, relative to the home of the lab, and the calls that met it. */
export interface Site {
  readonly path: string;
  readonly calls: ReadonlySet<Call>;
  /** Somebody opens it for reading too. */
  readonly read: boolean;
}

const RUNS = "repo/\\.git/vigil/runs";
const OWN = `${RUNS}/${RUN}`;
const WORK = `data/vigil/worktrees/${RUN}`;

/** Every kind of file that Vigil writes outside the walls, by what its name looks like. */
export const CLASSES: Readonly<Record<string, RegExp>> = {
  "folder of a new run": new RegExp(`^(repo/\\.git/vigil|${RUNS}|${RUNS}/\\.new-run(/.*)?|${OWN})$`),
  log: new RegExp(`^${OWN}/log\\.jsonl$`),
  head: new RegExp(`^${OWN}/head$`),
  lock: new RegExp(`^${OWN}/lock$`),
  "places among runs": new RegExp(`^${RUNS}/\\.places(/(lock|${RUN}(\\.new)?))?$`),
  "inbox, posted": new RegExp(`^${OWN}/inbox(/\\.new-command)?$`),
  "inbox, taken up": new RegExp(`^${OWN}/inbox/0-[a-z]*-\\d+(\\.json)?$`),
  blobs: new RegExp(`^${OWN}/blobs(/.*)?$`),
  "a runner's last words": new RegExp(`^${OWN}/runner\\.err$`),
  "private git directory": new RegExp(`^${OWN}/git(/(config|HEAD|shallow|vigil-ready(\\.new)?|info(/.*)?|refs(/heads)?|refs/vigil|objects(/info(/alternates)?|/pack)?))?$`),
  "private index": new RegExp(`^${OWN}/git/(index|scratch|tmp|vigil-)[^/]*(/.*)?$`),
  "checkpoint objects": new RegExp(`^${OWN}/git/objects/.+$`),
  "checkpoint references": new RegExp(`^${OWN}/git/refs/vigil/.+$`),
  "base reference": /^repo\/\.git\/(logs\/)?refs\/vigil(\/.*)?$/,
  "objects that land": /^repo\/\.git\/objects(\/.*)?$/,
  "branch that is landed on": /^repo\/\.git\/(logs\/)?(refs\/heads(\/.*)?|packed-refs.*|HEAD(\.lock)?)$|^repo\/\.git\/logs(\/refs)?$/,
  "index of the checkout": /^repo\/\.git\/(index(\.lock)?|vigil-landing-(index(\.lock)?|lock))$/,
  "files of the checkout": /^repo\/(?!\.git\/)./,
  "copies of the runner": /^data(\/vigil(\/runners(\/.*)?)?)?$/,
  "files of the worktree": new RegExp(`^(data/vigil/worktrees|${WORK}|${WORK}/tree(/.*)?)$`),
  "the agent's git": new RegExp(`^${WORK}/(history|agent-git(\\.new)?)(/.*)?$`),
  layers: new RegExp(`^${WORK}/(layers|check-[^/]*|vigil-self-test-[^/]*|dependencies)(/.*)?$`),
};

export function classOf(path: string): string | undefined {
  return Object.entries(CLASSES).find(([, form]) => form.test(path))?.[0];
}

/** Reads what strace -f -y wrote. Only paths below `home` count: what is behind the walls has its own names for places. */
export function sitesIn(trace: string, home: string): readonly Site[] {
  const sites = new Map<string, { calls: Set<Call>; read: boolean; written: boolean }>();
  for (const line of trace.split("\n")) {
    const match = /^\d+\s+(\w+)\((.*)$/.exec(line);
    const [, name = "", rest = ""] = match ?? [];
    const call = CALLS.find((one) => one === name);
    // What the system refused changed nothing; a call whose end stands on a later line may have.
    if (call === undefined || / = -1 E/.test(rest)) continue;
    const reads = call === "openat" && !/O_WRONLY|O_RDWR|O_CREAT/.test(rest);
    for (const [n, path] of pathsOf(call, rest).entries()) {
      const inside = relative(home, path);
      if (inside.startsWith("..") || isAbsolute(inside) || inside === "") continue;
      const site = sites.get(inside) ?? { calls: new Set<Call>(), read: false, written: false };
      sites.set(inside, site);
      if (reads) site.read = true;
      else site.written = true;
      // strace knows a rename by what it renames, not by where to.
      if (!reads && (call !== "rename" || n === 0)) site.calls.add(call);
    }
  }
  return [...sites].filter(([, site]) => site.written).map(([path, { calls, read }]) => ({ path, calls, read }));
}

function pathsOf(call: Call, rest: string): readonly string[] {
  const opened = /^\d+<([^>]*)>/.exec(rest)?.[1];
  if (["write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate"].includes(call)) return opened === undefined ? [] : [opened];
  // The target of a symbolic link is a text, not a place.
  const found = [...rest.matchAll(/(?:<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g)].map(([, at = "", path = ""]) => (isAbsolute(path) ? path : at === "" ? "" : join(at, path)));
  return (call === "symlink" || call === "symlinkat" ? found.slice(1) : found).filter((path) => path !== "");
}

/** What two runs wrote alike. A name that chance makes anew in each run is in neither: no fault can be tied to it beforehand. */
export function writtenByBoth(one: readonly Site[], other: readonly Site[]): readonly Site[] {
  return one.flatMap((site) => {
    const twin = other.find(({ path }) => path === site.path);
    return twin === undefined ? [] : [{ path: site.path, calls: new Set([...site.calls].filter((call) => twin.calls.has(call))), read: site.read || twin.read }];
  });
}

const WRITES: readonly Call[] = ["write", "pwrite64", "writev", "pwritev"];
const NAMES: readonly Call[] = ["rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat"];
const GONE: readonly Call[] = ["unlink", "unlinkat", "rmdir"];

export const ERRORS = ["ENOSPC", "EIO", "EROFS", "EMFILE"] as const;
export type Fault = (typeof ERRORS)[number];

/** Calls of a site that this fault can meet. Opening counts only where nobody opens it for reading: that must go on. */
export function callsFor(fault: Fault, site: Site): readonly Call[] {
  const opening: readonly Call[] = site.read ? [] : ["openat"];
  const possible: Readonly<Record<Fault, readonly Call[]>> = {
    ENOSPC: [...WRITES, ...NAMES, ...opening],
    EIO: [...WRITES, "fsync", "fdatasync", "ftruncate", ...NAMES, ...GONE],
    EROFS: [...NAMES, ...GONE, ...opening, ...(site.read ? WRITES : [])],
    EMFILE: ["openat"],
  };
  return possible[fault].filter((call) => site.calls.has(call));
}
