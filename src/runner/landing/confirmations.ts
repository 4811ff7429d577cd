// What must be confirmed by name before it lands: files that run code or steer tools on somebody's machine later.
import { asksTwice } from "../../core/judge/asks-twice.js";
import type { Confirmation } from "../../core/log/landing.js";
import type { FileChange, Sha } from "../../core/log/parts.js";
import { readFiles } from "../../git/blobs.js";
import { compareTrees } from "../../git/compare.js";
import type { Worktree } from "../../git/types.js";
import type { PlannedCommit } from "./plan.js";

/** Every change between the tip and what would land that asks twice, with an id as d3:path. */
export async function confirmations(worktree: Worktree, tip: Sha, commits: readonly PlannedCommit[]): Promise<readonly Confirmation[]> {
  const last = commits.at(-1);
  if (last === undefined) return [];
  const changes = await compareTrees(worktree, tip, last.tree);
  const paths = changes.map((change) => change.path);
  const before = await readFiles(worktree, tip, paths);
  const after = await readFiles(worktree, last.tree, paths);
  return changes.flatMap((change) => {
    const why = asksTwice(change, { ...text("before", before.get(change.path)?.bytes), ...text("after", after.get(change.path)?.bytes) });
    return why === undefined ? [] : [{ id: `${ownerOf(change, commits)}:${change.path}`, path: change.path, why }];
  });
}

function text<K extends "before" | "after">(key: K, bytes: Uint8Array | undefined): Partial<Record<K, string>> {
  return bytes === undefined ? {} : ({ [key]: new TextDecoder().decode(bytes) } as Record<K, string>);
}

function ownerOf(change: FileChange, commits: readonly PlannedCommit[]): string {
  const owner = commits.flatMap((commit) => commit.decisions).findLast((decision) => decision.files.some((file) => file.path === change.path));
  return owner?.id ?? "d0";
}
