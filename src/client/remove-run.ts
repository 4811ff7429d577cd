// Frees what a run takes on disk: its worktree, its git data, the reference that keeps its base. The record stays.
import { HumanError } from "../core/error.js";
import { selection } from "../core/review/verdict.js";
import type { DecisionId, Run, RunId } from "../core/run/run.js";
import { removeWorktree } from "../git/worktree.js";
import { isLetGo } from "./command-run.js";
import type { Workspace } from "./open-repository.js";
import { readRun } from "./read-run.js";
import { worktreeOf } from "./worktree-of.js";

/** Milliseconds that a run's process has to go once the run has ended. */
const LAST_WORDS = 20_000;

/**
 * Throws HumanError when a process works on the run, when the run has not ended, or when something was accepted that
 * never landed and `discard` does not say that it may go.
 */
export async function removeRun(workspace: Workspace, id: RunId, discard: boolean): Promise<void> {
  const { store, repository } = workspace;
  const view = await readRun(store, id);
  if (view === undefined) {
    if ((await store.open(id).holder()) !== undefined) throw new HumanError(`The run ${id} is just starting. Stop it first: vigil stop ${id}.`);
    await store.remove(id, true);
    return;
  }
  // A run that has just ended has a process for a moment more.
  if (view.holder !== undefined && !(view.run.phase.kind === "ended" && (await isLetGo(view.log, LAST_WORDS)))) throw new HumanError(`A process (${String(view.holder.pid)}) works on the run ${id}. Stop it first: vigil stop ${id}.`);
  if (view.run.phase.kind !== "ended") throw new HumanError(`The run ${id} has not ended (${view.state}), so its files may still be needed. End it first: vigil stop ${id}.`);
  const unlanded = discard ? [] : acceptedNotLanded(view.run);
  if (unlanded.length > 0) {
    throw new HumanError(`Accepted, but never landed: ${unlanded.join(", ")}. Removing the run's files would lose that. Land it first (vigil land ${id}), or let it go: vigil remove ${id} --discard.`);
  }
  await removeWorktree(repository, worktreeOf(view));
  await store.remove(id, false);
}

// Taking a landing back is a person's word that the work may go; proposals live on in the run that adopted them.
function acceptedNotLanded(run: Run): readonly DecisionId[] {
  if (run.landing?.state === "landed" || run.landing?.state === "undone") return [];
  return selection(run).filter((one) => one.decision.state === "kept").map((one) => one.decision.id);
}
