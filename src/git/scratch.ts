// Plain checkouts of exact trees into folders of their own, for checks and for read-only proposals. The worktree and its
// index are never touched.
import { mkdir } from "node:fs/promises";
import type { Sha } from "../core/log/parts.js";
import { compareTrees } from "./compare.js";
import { git } from "./host.js";
import { restorePaths } from "./restore.js";
import { withTemporaryIndex } from "./temporary-index.js";
import type { Worktree } from "./types.js";

/** Writes the files of `tree` into `folder`, which is empty or does not exist. */
export async function checkoutInto(worktree: Worktree, tree: Sha, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await withTemporaryIndex(worktree, async (index) => {
    await git({ gitDir: worktree.gitDir, workTree: folder, index }, ["read-tree", "--reset", "-u", tree], { config: ["checkout.workers=8", "core.fsync=none"] });
  });
}

/** Brings a folder from one tree to another by writing only what differs. Files in neither tree stay. */
export async function syncInto(worktree: Worktree, folder: string, fromTree: Sha, toTree: Sha): Promise<void> {
  const paths = (await compareTrees(worktree, fromTree, toTree)).map((file) => file.path);
  await withTemporaryIndex(worktree, (index) => restorePaths({ gitDir: worktree.gitDir, workTree: folder, index }, toTree, paths));
}
