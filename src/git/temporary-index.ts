// An index for one operation, beside the private one. It never outlives the operation; what a killed one left is in
// nobody's way, because names are never used twice, and goes when the run has another process.
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { erase } from "./erase.js";
import type { Worktree } from "./types.js";

/** Takes away what killed operations left. The caller holds the run, and none is under way. */
export async function clearTemporaryIndexes(worktree: Worktree): Promise<void> {
  await erase(temporary(worktree));
}

const temporary = (worktree: Worktree): string => join(worktree.gitDir, "tmp");

/** Gives `use` the path of an index that does not exist yet, and a scratch folder beside it. */
export async function withTemporaryIndex<T>(worktree: Worktree, use: (index: string, folder: string) => Promise<T>): Promise<T> {
  const folder = join(temporary(worktree), randomUUID());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await use(join(folder, "index"), folder);
  } finally {
    await erase(folder);
  }
}
