// Which files lie in the worktree that no tree knows: new ones, ignored ones, copies of the person's own. Reads only.
import { git, readable, records } from "./host.js";
import type { Worktree } from "./types.js";

/** Repo-relative paths of files and links, git-ignored ones included. */
export async function untrackedFiles(worktree: Worktree): Promise<readonly string[]> {
  const door = { gitDir: worktree.gitDir, workTree: worktree.root, index: worktree.index };
  const { stdout } = await git(door, ["ls-files", "-z", "--others"]);
  return records(stdout).map(readable).filter((name) => !name.endsWith("/"));
}
