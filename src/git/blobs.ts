// Single files in and out of trees, without any checkout: reads contents by path, and writes a tree with some files changed.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { asRecord, git } from "./host.js";
import { withTemporaryIndex } from "./temporary-index.js";
import { indexInfo, treeEntries, zeroFor } from "./tree-entries.js";
import type { TreeEntry } from "./tree-entries.js";
import type { Worktree } from "./types.js";

export interface FileContent {
  /** A link's bytes are its target; a submodule's (mode 160000) the commit id in hex. */
  readonly bytes: Uint8Array;
  readonly mode: string;
}

/** One entry for each of `paths`; undefined where the tree has no file of that name. */
export async function readFiles(worktree: Worktree, tree: Sha, paths: readonly string[]): Promise<Map<string, FileContent | undefined>> {
  const door = { gitDir: worktree.gitDir };
  const entries = await treeEntries(door, tree, paths);
  const blobs = [...new Set(paths.flatMap((path) => entries.get(path) ?? []).filter((entry) => entry.mode !== "160000").map((entry) => entry.object))];
  const contents = await readBlobs(worktree, blobs);
  const found = new Map<string, FileContent | undefined>();
  for (const path of paths) {
    const entry = entries.get(path);
    const bytes = entry === undefined ? undefined : entry.mode === "160000" ? Buffer.from(entry.object) : contents.get(entry.object);
    found.set(path, entry === undefined || bytes === undefined ? undefined : { bytes, mode: entry.mode });
  }
  return found;
}

/** Contents by object id, each held in memory whole: the caller bounds how much that is. */
export async function readBlobs(worktree: Worktree, objects: readonly Sha[]): Promise<Map<Sha, Buffer>> {
  const contents = new Map<Sha, Buffer>();
  if (objects.length === 0) return contents;
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["cat-file", "--batch", "--buffer"], { input: objects.map((object) => `${object}\n`).join("") });
  let at = 0;
  while (at < stdout.length) {
    const end = stdout.indexOf(10, at);
    const [object, kind, size] = stdout.subarray(at, end).toString("latin1").split(" ");
    if (object === undefined || kind !== "blob") throw new Error(`The object ${object ?? ""} that a tree names is missing or no file (${kind ?? ""}).`);
    const bytes = stdout.subarray(end + 1, end + 1 + Number(size));
    contents.set(object, bytes);
    at = end + 1 + bytes.length + 1;
  }
  return contents;
}

export interface TreeEdit {
  readonly path: string;
  /** undefined deletes. As in FileContent for links and submodules. */
  readonly content: Uint8Array | undefined;
  readonly mode: string;
}

/** The tree that `baseTree` becomes. A file may take the place of a folder and the other way round. */
export async function writeTree(worktree: Worktree, baseTree: Sha, changes: readonly TreeEdit[]): Promise<Sha> {
  if (changes.length === 0) return baseTree;
  return withTemporaryIndex(worktree, async (index, folder) => {
    const objects = await writeBlobs(worktree, folder, changes);
    const lines = changes.map((change, at): { path: string; entry: TreeEntry | undefined } => {
      const object = objects[at];
      return { path: change.path, entry: object === undefined ? undefined : { mode: change.mode, object } };
    });
    // Deletions first, so that a folder's files are gone before a file takes its name.
    lines.sort((a, b) => Number(a.entry !== undefined) - Number(b.entry !== undefined));
    const { tree, refused } = await treeWith({ gitDir: worktree.gitDir, index }, baseTree, indexInfo(lines, zeroFor(baseTree)));
    if (refused.length > 0) throw new Error(`git refuses these names in a tree: ${refused.join(", ")}`);
    return tree;
  });
}

/**
 * A tree with entries set and dropped, through an index that does not exist before. `lines` as `indexInfo` makes them.
 * `refused` are names that git takes into no tree, such as `.git` in disguise.
 */
export async function treeWith(door: { readonly gitDir: string; readonly index: string }, baseTree: Sha, lines: Uint8Array): Promise<{ readonly tree: Sha; readonly refused: string[] }> {
  // Nothing durable is in this index, so it need not reach the disk.
  const config = ["core.fsync=objects"];
  await git(door, ["read-tree", baseTree], { config });
  const { stderr } = await git(door, ["update-index", "--add", "--replace", "-z", "--index-info"], { input: lines, config });
  const refused = [...stderr.matchAll(/^Ignoring path (.*)$/gm)].flatMap((line) => line[1] ?? []);
  return { tree: sha.parse((await git(door, ["write-tree"], { config })).stdout.toString("utf8").trim()), refused };
}

async function writeBlobs(worktree: Worktree, folder: string, changes: readonly TreeEdit[]): Promise<(Sha | undefined)[]> {
  const files: string[] = [];
  for (const [at, change] of changes.entries()) {
    if (change.content === undefined || change.mode === "160000") continue;
    const file = join(folder, String(at));
    await writeFile(file, change.content);
    files.push(asRecord(file));
  }
  const objects = await hashFiles(worktree, files);
  let next = 0;
  return changes.map((change) => {
    if (change.content === undefined) return undefined;
    if (change.mode === "160000") return sha.parse(Buffer.from(change.content).toString("utf8"));
    next += 1;
    return objects[next - 1];
  });
}

/**
 * Stores files as they are, byte for byte, and gives their ids in order. Absolute paths in the latin1 form of `records`;
 * real files only, because links are followed.
 */
export async function hashFiles(worktree: Worktree, files: readonly string[]): Promise<Sha[]> {
  if (files.length === 0) return [];
  const list = files.map((file) => (/^"|[\n\\]/.test(file) ? `"${file.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"` : file));
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["hash-object", "-w", "--no-filters", "--stdin-paths"], { input: Buffer.from(list.map((line) => `${line}\n`).join(""), "latin1") });
  return stdout.toString("utf8").trim().split("\n").map((line) => sha.parse(line));
}

/** Stores bytes, such as a link's target. */
export async function hashBytes(worktree: Worktree, bytes: Uint8Array | string): Promise<Sha> {
  return sha.parse((await git({ gitDir: worktree.gitDir }, ["hash-object", "-w", "--stdin"], { input: bytes })).stdout.toString("utf8").trim());
}
