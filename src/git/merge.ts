// Three-way merge of trees in the object store: file by file, no checkout, no rename guesses, no merge driver. git's own
// merge-tree follows renames whatever its settings say, and a line that lands in another file than the one that was
// reviewed is not what a person accepted; so only git's merge of a single file is used.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../core/log/parts.js";
import { hashFiles, treeWith } from "./blobs.js";
import { asRecord, git, readable, records } from "./host.js";
import { treeOf } from "./checkpoint.js";
import { withTemporaryIndex } from "./temporary-index.js";
import { zeroFor } from "./tree-entries.js";
import type { Worktree } from "./types.js";

export type Merge = { readonly kind: "merged"; readonly tree: Sha } | { readonly kind: "conflict"; readonly paths: string[] };

/** One side of a changed path; `mode` 000000 where it is absent. */
interface Side {
  readonly mode: string;
  readonly object: Sha;
}

interface Change {
  readonly base: Side;
  readonly now: Side;
}

/** What `ours` becomes with the changes that lead from `base` to `theirs`. All three are trees or commits. */
export async function mergeTrees(worktree: Worktree, base: Sha, ours: Sha, theirs: Sha): Promise<Merge> {
  const [b, o, t] = [await treeOf(worktree, base), await treeOf(worktree, ours), await treeOf(worktree, theirs)];
  if (o === t || b === t) return { kind: "merged", tree: o };
  if (b === o) return { kind: "merged", tree: t };
  const [left, right] = await Promise.all([changes(worktree, b, o), changes(worktree, b, t)]);
  return withTemporaryIndex(worktree, async (index, folder) => {
    const lines: string[] = [];
    const conflicts = foldersAgainstFiles(left, right);
    let number = 0;
    for (const [path, { base: before, now: theirSide }] of right) {
      const mine = left.get(path)?.now;
      let result: Side | undefined = theirSide;
      if (mine !== undefined) result = await mergeFile(worktree, join(folder, String((number += 1))), before, mine, theirSide);
      if (result === undefined) conflicts.add(path);
      else if (result.mode === "000000") lines.unshift(`0 ${zeroFor(o)}\t${path}\0`);
      else lines.push(`${result.mode} ${result.object}\t${path}\0`);
    }
    if (conflicts.size > 0) return { kind: "conflict", paths: [...conflicts].map(readable).sort() };
    const { tree, refused } = await treeWith({ gitDir: worktree.gitDir, index }, o, Buffer.from(lines.join(""), "latin1"));
    return refused.length > 0 ? { kind: "conflict", paths: refused } : { kind: "merged", tree };
  });
}

async function changes(worktree: Worktree, from: Sha, to: Sha): Promise<Map<string, Change>> {
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["diff-tree", "-r", "-z", "--raw", "--ignore-submodules=none", from, to]);
  const found = new Map<string, Change>();
  const fields = records(stdout);
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode, mode, oldObject, object] = (fields[at] ?? "").slice(1).split(" ");
    if (oldMode === undefined || mode === undefined || oldObject === undefined || object === undefined) continue;
    found.set(fields[at + 1] ?? "", { base: { mode: oldMode, object: oldObject }, now: { mode, object } });
  }
  return found;
}

/** A path that one side made a file while the other put files below it. */
function foldersAgainstFiles(left: ReadonlyMap<string, Change>, right: ReadonlyMap<string, Change>): Set<string> {
  const found = new Set<string>();
  const present = (side: ReadonlyMap<string, Change>): string[] => [...side].filter(([, change]) => change.now.mode !== "000000").map(([path]) => path);
  for (const [some, others] of [
    [left, right],
    [right, left],
  ] as const) {
    const files = new Set(present(some));
    for (const path of present(others)) {
      for (let cut = path.indexOf("/"); cut > 0; cut = path.indexOf("/", cut + 1)) if (files.has(path.slice(0, cut))) found.add(path.slice(0, cut));
    }
  }
  return found;
}

/** The merged side, or undefined for a conflict. */
async function mergeFile(worktree: Worktree, scratch: string, base: Side, mine: Side, yours: Side): Promise<Side | undefined> {
  if (mine.mode === yours.mode && mine.object === yours.object) return mine;
  const plain = [base, mine, yours].every((side) => side.mode === "100644" || side.mode === "100755");
  if (!plain) return undefined;
  const mode = mine.mode === base.mode ? yours.mode : mine.mode;
  if (mine.object === base.object) return { mode, object: yours.object };
  if (yours.object === base.object || mine.object === yours.object) return { mode, object: mine.object };
  const files: string[] = [];
  for (const [name, side] of [["mine", mine], ["base", base], ["yours", yours]] as const) {
    const file = `${scratch}-${name}`;
    await writeFile(file, (await git({ gitDir: worktree.gitDir }, ["cat-file", "blob", side.object])).stdout);
    files.push(file);
  }
  // Exit 1 to 127 counts conflicts, 255 says that the files are binary.
  const merged = await git({ gitDir: worktree.gitDir }, ["merge-file", "-p", "-q", ...files], { expect: [...Array(128).keys(), 255] });
  if (merged.code !== 0) return undefined;
  const result = `${scratch}-result`;
  await writeFile(result, merged.stdout);
  const [object] = await hashFiles(worktree, [asRecord(result)]);
  return object === undefined ? undefined : { mode, object };
}
