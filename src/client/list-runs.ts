// The runs of a repository, newest first. One log that cannot be read never hides the others.
import { HumanError } from "../core/error.js";
import type { Stage } from "../core/stage.js";
import { usd } from "../core/run/amounts.js";
import type { RunId } from "../core/run/run.js";
import { changedPaths, overlaps, type Overlap } from "../core/review/overlap.js";
import { undecided } from "../core/review/verdict.js";
import type { Store } from "../store/store.js";
import { readState, type RunAndLog } from "./read-run.js";
import { hasFiles } from "./run-files.js";
import type { RunState } from "./state-of.js";

export interface RunRow {
  readonly id: RunId;
  readonly task: string;
  /** `unreadable`: the log is damaged or written by a newer version; `problem` says which. */
  readonly state: RunState | "unreadable";
  readonly stage: Stage | null;
  readonly base: string | null;
  /** How many decisions changed files. */
  readonly decisions: number;
  /** Null when some of the model's turns had no known price. */
  readonly usd: number | null;
  readonly startedAt: number | null;
  readonly waiting: number;
  /** Decisions that wait for a verdict. */
  readonly undecided: number;
  /** Files that it and another run have changed, and that neither has landed. */
  readonly overlaps: readonly Overlap[];
  readonly problem?: string;
}

/** A run by itself: what it shares with others is known once all are read. */
export interface ReadRow {
  readonly row: RunRow;
  /** Repository paths; empty for a run that has landed or whose files were freed. */
  readonly changed: readonly string[];
}

export async function listRuns(store: Store): Promise<readonly RunRow[]> {
  const rows: ReadRow[] = [];
  for (const id of await store.list()) rows.push(await readRow(store, id));
  return withOverlaps(rows);
}

/** The rows in their order, each with what it shares with the others of the repository. */
export function withOverlaps(rows: readonly ReadRow[]): readonly RunRow[] {
  const found = overlaps(new Map(rows.filter(({ changed }) => changed.length > 0).map(({ row, changed }) => [row.id, changed])));
  return rows.map(({ row }) => ({ ...row, overlaps: found.get(row.id) ?? [] }));
}

export async function readRow(store: Store, id: RunId): Promise<ReadRow> {
  const blank = { id, task: "", stage: null, base: null, decisions: 0, usd: 0, startedAt: null, waiting: 0, undecided: 0, overlaps: [] } as const;
  try {
    const view = await readState(store, id);
    if (view === undefined) return { row: { ...blank, state: (await store.open(id).holder()) === undefined ? "interrupted" : "preparing" }, changed: [] };
    const { run } = view;
    const row = {
      id,
      task: run.spec.task,
      state: view.state,
      stage: run.stage,
      base: run.spec.base,
      decisions: run.decisions.filter((decision) => decision.state !== "empty").length,
      usd: usd(run.spent),
      startedAt: run.startedAt,
      waiting: run.gates.filter((gate) => gate.state.kind === "open").length,
      undecided: undecided(run).length,
      overlaps: [],
    };
    return { row, changed: await changesToLand(view) };
  } catch (error) {
    if (error instanceof HumanError) return { row: { ...blank, state: "unreadable", problem: error.message }, changed: [] };
    throw error;
  }
}

async function changesToLand(view: RunAndLog): Promise<readonly string[]> {
  const changed = changedPaths(view.run);
  // What was freed cannot land any more.
  return changed.length > 0 && (await hasFiles(view)) ? changed : [];
}
