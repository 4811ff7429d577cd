// Frees what a run takes on disk: its worktree, its git data, the reference that keeps its base. The record stays.
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
import { removeWorktree } from "../git/worktree.js";
import type { Workspace } from "./open-repository.js";
import { readRun } from "./read-run.js";
import { worktreeOf } from "./worktree-of.js";

/** Throws HumanError when a process works on the run, or when the run has not ended. */
export async function removeRun(workspace: Workspace, id: RunId): Promise<void> {
  const { store, repository } = workspace;
  const view = await readRun(store, id);
  if (view === undefined) {
    if ((await store.open(id).holder()) !== undefined) throw new HumanError(`The run ${id} is just starting. Stop it first: vigil stop ${id}.`);
    await store.remove(id, true);
    return;
  }
  if (view.holder !== undefined) throw new HumanError(`A process (${String(view.holder.pid)}) works on the run ${id}. Stop it first: vigil stop ${id}.`);
  if (view.run.phase.kind !== "ended") throw new HumanError(`The run ${id} has not ended (${view.state}), so its files may still be needed. End it first: vigil stop ${id}.`);
  await removeWorktree(repository, worktreeOf(view));
  await store.remove(id, false);
}
