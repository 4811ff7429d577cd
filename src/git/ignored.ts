// What of the worktree git ignores: whole folders, such as what a set-up command made, or one path. Reads only.
import { lstat } from "node:fs/promises";
import path from "node:path";
import { asRecord, git, ignoredAmong, readable, records } from "./host.js";
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

/** Whether git would leave a new file of this name out of every snapshot, by the ignore files that lie in the worktree. */
export async function isIgnored(worktree: Worktree, name: string): Promise<boolean> {
  const door = { gitDir: worktree.gitDir, workTree: worktree.root, index: worktree.index };
  return (await ignoredAmong(door, [asRecord(name)])).size > 0;
}
