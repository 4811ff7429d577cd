// Empties a throw-away layer: what git ignores moves into the worktree (build results, caches), the rest is deleted and
// listed. It must never write through a link, and never over a tracked file.
import { copyFile, lstat, mkdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { sha } from "../core/log/parts.js";
import { compareTrees } from "./compare.js";
import { empty } from "./erase.js";
import { git, readable, records } from "./host.js";
import { bytes, scanLayer } from "./layer-scan.js";
import type { LayerScan } from "./layer-scan.js";
import { isMade, layerTree } from "./layer.js";
import type { LayerKind, Lower } from "./layer.js";
import { removeInside, restorePaths } from "./restore.js";
import { withTemporaryIndex } from "./temporary-index.js";
import { treeEntries } from "./tree-entries.js";
import type { Worktree } from "./types.js";

export interface Sweep {
  /** Git-ignored paths that were kept (or whose deletion was). */
  readonly kept: string[];
  /** The first 200 paths that are no more. */
  readonly discarded: string[];
  /** How many were discarded in all. */
  readonly total: number;
}

const most = 200;

/**
 * Leaves `upper` an empty folder, if it was made. With `into` undefined nothing is kept. `lower` is what lay under the layer: the
 * worktree at its last snapshot unless said otherwise. No process may be writing to the layer.
 */
export async function sweepLayer(worktree: Worktree, upper: string, into: string | undefined, how: { readonly lower?: Lower; readonly kind?: LayerKind } = {}): Promise<Sweep> {
  if (!(await isMade(upper))) return { kept: [], discarded: [], total: 0 };
  const lower = how.lower ?? { root: worktree.root, tree: await lastTree(worktree) };
  const swept = how.kind === "copy" ? await sweepCopy(worktree, upper, into, lower) : await sweepOverlay(worktree, upper, into, lower);
  await empty(upper);
  return { kept: swept.kept.map(readable).sort(), discarded: swept.discarded.map(readable).sort().slice(0, most), total: swept.discarded.length };
}

interface Sorted {
  readonly kept: string[];
  readonly discarded: string[];
}

async function sweepOverlay(worktree: Worktree, upper: string, into: string | undefined, lower: Lower): Promise<Sorted> {
  const kept: string[] = [];
  const { scan, discarded } = await withLastingRules(worktree, upper, lower);
  discarded.push(...scan.nested.map((path) => `${path}/`));
  // What is gone goes first: a folder may have taken the place of a file.
  const ordered = [...scan.findings].sort((a, b) => Number(b.kind === "gone") - Number(a.kind === "gone"));
  for (const { path, kind, ignored } of ordered) {
    const done = into !== undefined && ignored && (kind === "gone" ? await removeUntracked(worktree, lower, into, path) : kind !== "special" && (await move(upper, into, path)));
    (done ? kept : discarded).push(path);
  }
  return { kept, discarded };
}

/**
 * Scans under the ignore rules that will be in force afterwards. An ignore file that the layer changed goes with it, unless
 * it ignores itself; what only it covered would otherwise be moved into the worktree and stand there as a change.
 */
async function withLastingRules(worktree: Worktree, upper: string, lower: Lower): Promise<{ scan: LayerScan; discarded: string[] }> {
  const discarded: string[] = [];
  for (;;) {
    const scan = await scanLayer(worktree, upper, lower);
    const rules = scan.findings.filter((finding) => !finding.ignored && /(^|\/)\.gitignore$/.test(finding.path) && finding.kind !== "special");
    let removed = 0;
    for (const { path } of rules) {
      // What an opaque folder hides has nothing in the upper folder; it is found again and counted then.
      if ((await lstat(bytes(upper, path)).catch(() => undefined)) === undefined) continue;
      await rm(bytes(upper, path));
      discarded.push(path);
      removed += 1;
    }
    if (removed === 0) return { scan, discarded };
  }
}

async function sweepCopy(worktree: Worktree, upper: string, into: string | undefined, lower: Lower): Promise<Sorted> {
  const { tree, nested } = await layerTree(worktree, upper, lower, "copy");
  const discarded = (await compareTrees(worktree, lower.tree, tree)).map((file) => Buffer.from(file.path).toString("latin1"));
  discarded.push(...nested.map((path) => `${Buffer.from(path).toString("latin1")}/`));
  const kept: string[] = [];
  if (into === undefined) return { kept, discarded };
  // As for an overlay: the rules that last are those of the lower tree.
  const covered = await ignoredIn(worktree, upper, tree);
  const rules = discarded.map(readable).filter((path) => /(^|\/)\.gitignore$/.test(path));
  await withTemporaryIndex(worktree, (index) => restorePaths({ gitDir: worktree.gitDir, workTree: upper, index }, lower.tree, rules));
  const here = await ignoredIn(worktree, upper, lower.tree);
  for (const path of covered) if (!here.has(path)) discarded.push(path);
  const there = await ignoredIn(worktree, into, lower.tree);
  for (const path of there) if (!here.has(path) && (await removeUntracked(worktree, lower, into, path))) kept.push(path);
  for (const path of here) {
    const [a, b] = await Promise.all([lstat(bytes(upper, path)), lstat(bytes(into, path)).catch(() => undefined)]);
    // The copy keeps times, so equal size and time mean that the file is the old one.
    if (b !== undefined && a.size === b.size && a.mtimeMs === b.mtimeMs) continue;
    ((await move(upper, into, path)) ? kept : discarded).push(path);
  }
  return { kept, discarded };
}

async function ignoredIn(worktree: Worktree, folder: string, tree: string): Promise<Set<string>> {
  return withTemporaryIndex(worktree, async (index) => {
    const door = { gitDir: worktree.gitDir, workTree: folder, index };
    await git(door, ["read-tree", tree], { config: ["core.fsync=none"] });
    const { stdout } = await git(door, ["ls-files", "-z", "--others", "--ignored", "--exclude-standard"]);
    return new Set(records(stdout).filter((path) => !path.endsWith("/")));
  });
}

async function removeUntracked(worktree: Worktree, lower: Lower, into: string, path: string): Promise<boolean> {
  if ((await treeEntries({ gitDir: worktree.gitDir }, lower.tree, [readable(path)])).size > 0) return false;
  await removeInside(into, path, "latin1");
  return true;
}

/** Moves a file or link; false where the way there is barred by a link, a file or a folder. */
async function move(from: string, into: string, path: string): Promise<boolean> {
  const parts = path.split("/");
  for (let depth = 1; depth < parts.length; depth += 1) {
    const folder = bytes(into, parts.slice(0, depth).join("/"));
    const found = await lstat(folder).catch(() => undefined);
    if (found === undefined) await mkdir(folder);
    else if (!found.isDirectory()) return false;
  }
  const [source, target] = [bytes(from, path), bytes(into, path)];
  if ((await lstat(target).catch(() => undefined))?.isDirectory() === true) return false;
  try {
    // Takes the place of a link itself, never of what it points at.
    await rename(source, target);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
    await removeInside(into, path, "latin1");
    if ((await lstat(source)).isSymbolicLink()) await symlink(await readlink(source), target);
    else await copyFile(source, target);
  }
  return true;
}

async function lastTree(worktree: Worktree): Promise<string> {
  return sha.parse((await git({ gitDir: worktree.gitDir, index: worktree.index }, ["write-tree"])).stdout.toString("utf8").trim());
}
