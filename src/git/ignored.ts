// Which folders of the worktree git ignores as a whole: what a set-up command made, and caches. Reads only.
import { lstat } from "node:fs/promises";
import path from "node:path";
import { git, readable, records } from "./host.js";
import type { Worktree } from "./types.js";

/** Repo-relative, without a slash at the end; single ignored files and links are not among them. */
export async function ignoredFolders(worktree: Worktree): Promise<readonly string[]> {
  const door = { gitDir: worktree.gitDir, workTree: worktree.root, index: worktree.index };
  const { stdout } = await git(door, ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"]);
  const named = records(stdout).map(readable).filter((name) => name.endsWith("/") && name !== ".git/");
  const folders: string[] = [];
  for (const name of named.map((folder) => folder.slice(0, -1))) {
    if ((await lstat(path.join(worktree.root, name))).isDirectory()) folders.push(name);
  }
  return folders;
}
