// The runs of a repository, newest first. One log that cannot be read never hides the others.
import { HumanError } from "../core/error.js";
import type { Stage } from "../core/stage.js";
import { usd } from "../core/run/amounts.js";
import type { RunId } from "../core/run/run.js";
import { undecided } from "../core/review/verdict.js";
import type { Store } from "../store/store.js";
import { readState } from "./read-run.js";
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
  readonly problem?: string;
}

export async function listRuns(store: Store): Promise<readonly RunRow[]> {
  const rows: RunRow[] = [];
  for (const id of await store.list()) rows.push(await rowOf(store, id));
  return rows;
}

export async function rowOf(store: Store, id: RunId): Promise<RunRow> {
  const blank = { id, task: "", stage: null, base: null, decisions: 0, usd: 0, startedAt: null, waiting: 0, undecided: 0 } as const;
  try {
    const view = await readState(store, id);
    if (view === undefined) return { ...blank, state: (await store.open(id).holder()) === undefined ? "interrupted" : "preparing" };
    const { run } = view;
    return {
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
    };
  } catch (error) {
    if (error instanceof HumanError) return { ...blank, state: "unreadable", problem: error.message };
    throw error;
  }
}
