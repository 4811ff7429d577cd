// Keeps paths out of every snapshot of a worktree, and of what the agent's git sees: folders that had to be copied into it
// although the project's own rules may not ignore them.
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { textOf } from "./private-git.js";
import type { Worktree } from "./types.js";

/** Safe to repeat. A rule in the tree's own `.gitignore` outranks this. */
export async function leaveOut(worktree: Worktree, paths: readonly string[]): Promise<void> {
  const file = join(worktree.gitDir, "info", "exclude");
  const before = (await textOf(file)) ?? "";
  const known = new Set(before.split("\n"));
  const lines = paths.map(excludeLine).filter((line) => !known.has(line));
  if (lines.length === 0) return;
  await writeFile(`${file}.new`, `${before}${lines.join("\n")}\n`);
  await rename(`${file}.new`, file);
}

/** A line of `info/exclude` that matches exactly this path. */
export function excludeLine(path: string): string {
  return `/${path.replace(/[\\*?[\]!# ]/g, "\\$&")}`;
}
