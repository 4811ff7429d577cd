// Puts files back to what a tree holds. It removes only what is not ignored, and never writes or deletes through a link.
import { lstat, mkdir, rmdir, unlink } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { Sha } from "../core/log/parts.js";
import { inBatches } from "./compare.js";
import { erase } from "./erase.js";
import { git, listing, readable, records } from "./host.js";
import type { Door } from "./host.js";
import { pastStaleLock } from "./index-lock.js";
import { snapshot } from "./snapshot.js";
import { indexInfo, treeEntries, zeroFor } from "./tree-entries.js";
import type { Worktree } from "./types.js";
import { submodules } from "./worktree.js";

/** Worktree and private index as in `tree`: everything that is not ignored, or only `paths` (files or folders). */
export async function restore(worktree: Worktree, tree: Sha, paths?: readonly string[]): Promise<void> {
  const door = { gitDir: worktree.gitDir, workTree: worktree.root, index: worktree.index };
  if (paths !== undefined) return restorePaths(door, tree, paths);
  // First everything is put into the index (and so among the objects: nothing is lost), then git knows what to remove.
  const { nested } = await snapshot(worktree);
  for (const path of nested) await removeInside(worktree.root, path);
  await pastStaleLock(door.index, () => git(door, ["read-tree", "--reset", "-u", tree]));
  const wanted = await treeEntries(door, tree, await submodules(worktree));
  for (const [path, entry] of wanted) if (entry.mode === "160000") await mkdir(join(worktree.root, path), { recursive: true });
}

/** The same for a list of paths in any folder; the index needs to know only what it should keep knowing. `config`: settings for writing files. */
export async function restorePaths(door: Required<Door>, tree: Sha, paths: readonly string[], config: readonly string[] = []): Promise<void> {
  if (paths.length === 0) return;
  const wanted = await treeEntries(door, tree, paths);
  const gone = new Set(paths.filter((path) => !wanted.has(path) && ![...wanted.keys()].some((name) => name.startsWith(`${path}/`))));
  for (const batch of inBatches(paths)) {
    const { stdout } = await git(door, ["ls-files", "-z", "--", ...batch]);
    for (const name of records(stdout).map(readable)) if (!wanted.has(name)) gone.add(name);
  }
  for (const path of gone) await removeInside(door.workTree, path);
  const lines = [...[...gone].map((path) => ({ path, entry: undefined })), ...[...wanted].map(([path, entry]) => ({ path, entry }))];
  await pastStaleLock(door.index, () => git(door, ["update-index", "--replace", "-z", "--index-info"], { input: indexInfo(lines, zeroFor(tree)) }));
  const files = [...wanted].filter(([, entry]) => entry.mode !== "160000").map(([path]) => Buffer.from(path, "utf8").toString("latin1"));
  if (files.length > 0) await pastStaleLock(door.index, () => git(door, ["checkout-index", "--force", "--index", "-z", "--stdin"], { input: listing(files), config }));
}

/** Deletes what is at a path in a folder, and the folders that this leaves empty. A link on the way means that nothing is there. */
export async function removeInside(root: string, path: string): Promise<void> {
  const parts = path.split("/");
  let place = root;
  for (const part of parts.slice(0, -1)) {
    place = join(place, part);
    if (!(await lstat(place).then((found) => found.isDirectory(), () => false))) return;
  }
  const target = join(root, ...parts);
  const found = await lstat(target).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory()) await erase(target);
  else await unlink(target);
  for (let folder = dirname(target); folder.startsWith(root + sep); folder = dirname(folder)) {
    const removed = await rmdir(folder).then(() => true, () => false);
    if (!removed) return;
  }
}
