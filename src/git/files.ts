// The names of all files in a tree. Reads only.
import type { Sha } from "../core/log/parts.js";
import { git, readable, records } from "./host.js";
import type { Worktree } from "./types.js";

/** Paths of the files, links and submodules of a tree or commit, in git's order. */
export async function listFiles(worktree: Worktree, tree: Sha): Promise<readonly string[]> {
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["ls-tree", "-r", "-z", "--full-tree", "--name-only", tree]);
  return records(stdout).map(readable);
}
