// An index for one operation, beside the private one. It never outlives the operation, and a leftover of a killed one is
// harmless because names are never used twice.
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { erase } from "./erase.js";
import type { Worktree } from "./types.js";

/** Gives `use` the path of an index that does not exist yet, and a scratch folder beside it. */
export async function withTemporaryIndex<T>(worktree: Worktree, use: (index: string, folder: string) => Promise<T>): Promise<T> {
  const folder = join(worktree.gitDir, "tmp", randomUUID());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await use(join(folder, "index"), folder);
  } finally {
    await erase(folder);
  }
}
