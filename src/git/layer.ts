// Turns what a throw-away layer holds into a tree, without changing the worktree below it or the private index.
import { chmod, lstat, readlink } from "node:fs/promises";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { hashBytes, hashFiles, treeWith } from "./blobs.js";
import { compareTrees } from "./compare.js";
import { asRecord, git, readable } from "./host.js";
import { bytes, scanLayer } from "./layer-scan.js";
import { snapshotFolder } from "./snapshot.js";
import { withTemporaryIndex } from "./temporary-index.js";
import { treeEntries, zeroFor } from "./tree-entries.js";
import type { Worktree } from "./types.js";
import { submodules } from "./worktree.js";

/** How the sandbox made the layer: the upper folder of an overlay, or (where overlays do not work) a copy of everything. */
export type LayerKind = "overlay" | "copy";

/** The folder under a layer and the tree that it has. */
export interface Lower {
  readonly root: string;
  readonly tree: Sha;
}

export interface LayerTree {
  readonly tree: Sha;
  /** Paths in which it differs from the lower tree. */
  readonly changed: string[];
  /** Left out: repositories that were made in the layer, and names that git takes into no tree. */
  readonly nested: string[];
}

/** The tree that a process in the layer sees, git-ignored files left out. No process may be writing to the layer. */
export async function layerTree(worktree: Worktree, upper: string, lower: Lower, kind: LayerKind = "overlay"): Promise<LayerTree> {
  if (!(await isMade(upper))) return { tree: lower.tree, changed: [], nested: [] };
  const { tree, nested } = kind === "copy" ? await treeOfCopy(worktree, upper, lower) : await treeOfOverlay(worktree, upper, lower);
  return { tree, nested, changed: (await compareTrees(worktree, lower.tree, tree)).map((file) => file.path) };
}

/** False where walls that could not be put up left no layer: nothing was written then. */
export async function isMade(upper: string): Promise<boolean> {
  return lstat(upper).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

async function treeOfCopy(worktree: Worktree, folder: string, lower: Lower): Promise<{ tree: Sha; nested: string[] }> {
  const folders = await submodules(worktree);
  return withTemporaryIndex(worktree, async (index) => {
    // Without the times of the copy in the index every file is read: slower than it could be, and never wrong.
    await git({ gitDir: worktree.gitDir, index }, ["read-tree", lower.tree], { config: ["core.fsync=none"] });
    return snapshotFolder({ gitDir: worktree.gitDir, workTree: folder, index }, folders);
  });
}

async function treeOfOverlay(worktree: Worktree, upper: string, lower: Lower): Promise<{ tree: Sha; nested: string[] }> {
  const scan = await scanLayer(worktree, upper, lower);
  const present = scan.findings.filter((finding) => !finding.ignored && (finding.kind === "file" || finding.kind === "link"));
  const gone = scan.findings.filter((finding) => finding.kind === "gone" || finding.kind === "special").map((finding) => finding.path);
  const nested = scan.nested.map(readable);
  // A deleted folder may be ignored as such and still hold tracked files: what counts is what the tree has there.
  const dropped = new Set([...(await treeEntries({ gitDir: worktree.gitDir }, lower.tree, gone.map(readable))).keys()].map(asRecord));
  for (const path of gone) dropped.add(path);
  if (present.length === 0 && dropped.size === 0) return { tree: lower.tree, nested };

  const zero = zeroFor(lower.tree);
  const lines = [...dropped].map((path) => `0 ${zero}\t${path}\0`);
  const plain: { path: string; file: string; mode: string }[] = [];
  for (const { path, kind } of present) {
    const place = bytes(upper, path);
    if (kind === "link") {
      lines.push(`120000 ${await hashBytes(worktree, await readlink(place, { encoding: "buffer" }))}\t${path}\0`);
      continue;
    }
    const found = await lstat(place);
    if ((found.mode & 0o400) === 0) await chmod(place, found.mode | 0o400);
    plain.push({ path, file: place.toString("latin1"), mode: (found.mode & 0o100) !== 0 ? "100755" : "100644" });
  }
  const objects = await hashFiles(worktree, plain.map((one) => one.file));
  plain.forEach((one, at) => lines.push(`${one.mode} ${sha.parse(objects[at])}\t${one.path}\0`));
  const made = await withTemporaryIndex(worktree, (index) => treeWith({ gitDir: worktree.gitDir, index }, lower.tree, Buffer.from(lines.join(""), "latin1")));
  return { tree: made.tree, nested: [...nested, ...made.refused].sort() };
}
