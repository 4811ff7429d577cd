// What falls when decisions are rejected. It is said before a rejection is given, so that nobody finds out afterwards.
import type { DecisionId } from "../core/run/run.js";
import { mergeTrees } from "../git/merge.js";
import { treeOf } from "../git/checkpoint.js";
import type { RunAndLog } from "./read-run.js";
import { requireFiles } from "./run-files.js";
import { worktreeOf } from "./worktree-of.js";

/**
 * While the run works everything built after a rejected decision leaves the worktree with it. Afterwards only that falls
 * which changes the same lines: it could no longer be landed.
 */
export async function fallsWith(view: RunAndLog, rejected: readonly DecisionId[]): Promise<readonly DecisionId[]> {
  const { run } = view;
  const standing = run.decisions.filter((decision) => decision.state === "kept" || decision.state === "proposed");
  if (run.phase.kind !== "ended") {
    const first = standing.find((decision) => rejected.includes(decision.id) && decision.state === "kept");
    return first === undefined ? [] : standing.filter((decision) => decision.n > first.n && !rejected.includes(decision.id)).map((decision) => decision.id);
  }
  await requireFiles(view, "nobody can tell what falls with a rejection");
  const worktree = worktreeOf(view);
  let tree = await treeOf(worktree, run.spec.base);
  const fallen: DecisionId[] = [];
  for (const decision of standing) {
    if (decision.after === undefined || rejected.includes(decision.id)) continue;
    const merged = await mergeTrees(worktree, decision.before, tree, decision.after);
    if (merged.kind === "merged") tree = merged.tree;
    else fallen.push(decision.id);
  }
  return fallen;
}
