// Where the runs of a folder lie, found by looking at files alone: a front end that only wants to know whether something
// waits must start no process for it.
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileStore } from "../store/file-store.js";
import type { Store } from "../store/store.js";

export interface FoundRuns {
  /** The repository's common git directory; the runs lie in `vigil/runs` below it. */
  readonly commonDir: string;
  readonly store: Store;
}

/** The runs of the repository that the folder is in; undefined where it is in none. There may be no run yet. */
export async function findRuns(folder: string): Promise<FoundRuns | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const common = await commonDir(join(at, ".git"));
    if (common !== undefined) return { commonDir: common, store: fileStore(join(common, "vigil", "runs")) };
    if (dirname(at) === at) return undefined;
  }
}

// gitrepository-layout(5): a linked worktree has a file that names its git directory, which names the common one.
async function commonDir(dotGit: string): Promise<string | undefined> {
  const found = await stat(dotGit).catch(absent);
  if (found === undefined) return undefined;
  if (found.isDirectory()) return dotGit;
  const gitDir = /^gitdir: (.+)$/mu.exec(await readFile(dotGit, "utf8"))?.[1];
  if (gitDir === undefined) return undefined;
  const own = resolve(dirname(dotGit), gitDir.trim());
  const common = await readFile(join(own, "commondir"), "utf8").catch(absent);
  return common === undefined ? own : resolve(own, common.trim());
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "EACCES") return undefined;
  throw error;
}
