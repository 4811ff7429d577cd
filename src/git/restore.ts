// Puts files back to what a tree holds. It removes only what is not ignored, and never writes or deletes through a link.
import { lstat, mkdir, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../core/log/parts.js";
import { readBlobs } from "./blobs.js";
import { inBatches } from "./compare.js";
import { erase } from "./erase.js";
import { asRecord, git, listing, readable, records } from "./host.js";
import type { Door } from "./host.js";
import { pastStaleLock } from "./index-lock.js";
import { oddNames, standsForOddName } from "./odd-names.js";
import { putBack } from "./put-back.js";
import { snapshot } from "./snapshot.js";
import { indexInfo, sizedEntries, treeEntries, zeroFor } from "./tree-entries.js";
import type { TreeEntry } from "./tree-entries.js";
import type { Worktree } from "./types.js";
import { submodules } from "./worktree.js";

/** Worktree and private index as in `tree`: everything that is not ignored, or only `paths` (files or folders). */
export async function restore(worktree: Worktree, tree: Sha, paths?: readonly string[]): Promise<void> {
  const door = { gitDir: worktree.gitDir, workTree: worktree.root, index: worktree.index };
  if (paths !== undefined) return paths.some(standsForOddName) ? restorePaths(door, tree, paths) : putBackPaths(worktree, tree, paths);
  // First everything is put into the index (and so among the objects: nothing is lost), then git knows what to remove.
  const { nested } = await snapshot(worktree);
  for (const path of nested) await removeInside(worktree.root, path);
  await pastStaleLock(door.index, () => git(door, ["read-tree", "--reset", "-u", tree]));
  const wanted = await treeEntries(door, tree, await submodules(worktree));
  for (const [path, entry] of wanted) if (entry.mode === "160000") await mkdir(join(worktree.root, path), { recursive: true });
}

/** What may be held in memory: more files, or larger ones, are git's to write. */
const FEW_FILES = 256;
const FEW_BYTES = 32 * 1024 * 1024;

/**
 * What a step changed is a handful of files as a rule: two rounds of two calls of git, and the files written here. Should
 * this be broken off, the index is ahead of the files; the next snapshot reads them, whatever it says.
 */
async function putBackPaths(worktree: Worktree, tree: Sha, paths: readonly string[]): Promise<void> {
  const door = { gitDir: worktree.gitDir, workTree: worktree.root, index: worktree.index };
  const { wanted, gone } = await wantedAndGone(door, paths, sizedEntries(door, tree, paths));
  const files = [...wanted].filter(([, entry]) => entry.mode !== "160000");
  if (files.length > FEW_FILES || files.reduce((sum, [, entry]) => sum + entry.size, 0) > FEW_BYTES) return restorePaths(door, tree, paths);
  const [, contents] = await Promise.all([setIndex(door, tree, wanted, gone), readBlobs(worktree, [...new Set(files.map(([, entry]) => entry.object))])]);
  for (const path of gone) await removeInside(door.workTree, path);
  for (const [path, { mode, object }] of files) {
    const bytes = contents.get(object);
    if (bytes === undefined) throw new Error(`the object ${object} of ${path} was not given`);
    await putBack(door.workTree, { path, mode, bytes });
  }
}

/** The same for a list of paths in any folder; the index needs to know only what it should keep knowing. `config`: settings for writing files. */
export async function restorePaths(door: Required<Door>, tree: Sha, paths: readonly string[], config: readonly string[] = []): Promise<void> {
  if (paths.some(standsForOddName)) await restoreOddNames(door, tree, paths.filter(standsForOddName), config);
  await restorePlainPaths(door, tree, paths.filter((path) => !standsForOddName(path)), config);
}

async function restorePlainPaths(door: Required<Door>, tree: Sha, paths: readonly string[], config: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const { wanted, gone } = await wantedAndGone(door, paths, treeEntries(door, tree, paths));
  for (const path of gone) await removeInside(door.workTree, path);
  await setIndex(door, tree, wanted, gone);
  await checkOut(door, [...wanted].filter(([, entry]) => entry.mode !== "160000").map(([path]) => asRecord(path)), config);
}

/** What the tree has at or below `paths`, and what is to go: paths that it lacks, and what the index knows below them. */
async function wantedAndGone<E extends TreeEntry>(door: Required<Door>, paths: readonly string[], entries: Promise<ReadonlyMap<string, E>>): Promise<{ wanted: ReadonlyMap<string, E>; gone: Set<string> }> {
  const known = Promise.all(inBatches(paths).map((batch) => git(door, ["ls-files", "-z", "--", ...batch])));
  const [wanted, listed] = await Promise.all([entries, known]);
  const gone = new Set(paths.filter((path) => !wanted.has(path) && ![...wanted.keys()].some((name) => name.startsWith(`${path}/`))));
  for (const name of listed.flatMap(({ stdout }) => records(stdout)).map(readable)) if (!wanted.has(name)) gone.add(name);
  return { wanted, gone };
}

async function setIndex(door: Required<Door>, tree: Sha, wanted: ReadonlyMap<string, TreeEntry>, gone: ReadonlySet<string>): Promise<void> {
  const lines = [...[...gone].map((path) => ({ path, entry: undefined })), ...[...wanted].map(([path, entry]) => ({ path, entry }))];
  await pastStaleLock(door.index, () => git(door, ["update-index", "--replace", "-z", "--index-info"], { input: indexInfo(lines, zeroFor(tree)) }));
}

// Such a name would otherwise be missed here and stand in the next tree, where no listing of changes can show it.
async function restoreOddNames(door: Required<Door>, tree: Sha, paths: readonly string[], config: readonly string[]): Promise<void> {
  const found = await oddNames(door, tree, paths);
  for (const { name, entry } of found) if (entry === undefined) await removeInside(door.workTree, name, "latin1");
  const input = Buffer.from(found.map(({ name, entry }) => `${entry === undefined ? `0 ${zeroFor(tree)}` : `${entry.mode} ${entry.object}`}\t${name}\0`).join(""), "latin1");
  await pastStaleLock(door.index, () => git(door, ["update-index", "--replace", "-z", "--index-info"], { input }));
  await checkOut(door, found.filter(({ entry }) => entry !== undefined && entry.mode !== "160000").map(({ name }) => name), config);
}

/** Names in the form of `records`, all of them in the index. */
async function checkOut(door: Required<Door>, names: readonly string[], config: readonly string[]): Promise<void> {
  if (names.length > 0) await pastStaleLock(door.index, () => git(door, ["checkout-index", "--force", "--index", "-z", "--stdin"], { input: listing(names), config }));
}

/**
 * Deletes what is at a path in a folder, and the folders that this leaves empty. A link on the way means that nothing is
 * there. `form`: latin1 for a name as `records` gives it.
 */
export async function removeInside(root: string, path: string, form: "utf8" | "latin1" = "utf8"): Promise<void> {
  const parts = path.split("/");
  const place = (depth: number): Buffer => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(parts.slice(0, depth).join("/"), form)]);
  for (let depth = 1; depth < parts.length; depth += 1) {
    if (!(await lstat(place(depth)).then((found) => found.isDirectory(), () => false))) return;
  }
  const target = place(parts.length);
  const found = await lstat(target).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory()) await erase(join(root, ...parts));
  else await unlink(target);
  for (let depth = parts.length - 1; depth > 0; depth -= 1) {
    const removed = await rmdir(place(depth)).then(() => true, () => false);
    if (!removed) return;
  }
}
