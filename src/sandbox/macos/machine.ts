// What of this Mac belongs inside the walls: its toolchains, Apple's among them, the git that is meant by that name, and
// what must stay shut although a folder of the system holds it. It only looks.
import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { secretsOf } from "../bubblewrap-arguments.js";
import { findToolchains, LINKS_FOLDER, type Toolchains } from "../toolchains.js";
import { HOME_PLACE } from "./place.js";

export interface Machine {
  /** Where a program stands at another path than its real one, `from` and `at` are both named. */
  readonly toolchains: Toolchains;
  /** Real path of git; undefined where there is none. */
  readonly git: string | undefined;
  /** Real paths. */
  readonly never: readonly string[];
}

/** Of the system and of what people install beside it; what not everybody may read in there stays shut. */
const SETTINGS: readonly string[] = ["/private/etc", "/usr/local/etc", "/opt/homebrew/etc", "/opt/local/etc"];

export async function machine(question: { readonly path: string; readonly home: string; readonly node: string; readonly never: readonly string[] }): Promise<Machine> {
  const never = question.never.map((folder) => (existsSync(folder) ? realpathSync.native(folder) : folder));
  const developer = await developerFolder();
  const tools = developer === undefined ? [] : [join(developer, "usr", "bin")];
  // Programs in /usr/bin only look up Apple's tools, through services that are out of reach inside: the tools go before them.
  const path = question.path.split(delimiter).flatMap((entry) => (entry === "/usr/bin" ? [...tools, entry] : [entry]));
  const found = findToolchains({ path: path.join(delimiter), home: question.home, innerHome: HOME_PLACE, node: question.node, never });
  const shown = [...found.shown, ...(developer === undefined ? [] : [{ from: application(developer), at: application(developer) }])];
  const git = found.path.filter((folder) => folder !== LINKS_FOLDER).map((folder) => join(folder, "git")).find((file) => existsSync(file));
  return {
    toolchains: {
      ...found,
      shown: shown.map(({ from, at }) => ({ from: realpathSync.native(from), at })),
      env: developer === undefined ? found.env : { ...found.env, DEVELOPER_DIR: developer },
    },
    git: git === undefined ? undefined : realpathSync.native(git),
    never: [...never, ...SETTINGS.filter((folder) => existsSync(folder)).flatMap((folder) => secretsOf(folder))],
  };
}

/** Of Xcode or its command line tools; undefined where neither is installed. */
async function developerFolder(): Promise<string | undefined> {
  const found = await promisify(execFile)("/usr/bin/xcode-select", ["-p"], { timeout: 10_000 }).catch(() => undefined);
  const folder = found?.stdout.trim() ?? "";
  return folder.startsWith("/") && existsSync(folder) ? realpathSync.native(folder) : undefined;
}

/** Xcode's tools need what lies beside them in the application. */
function application(developer: string): string {
  return /^(\/.*?\.app)\//.exec(developer)?.[1] ?? developer;
}
