// The goals as a reader sees them: in reading order, with how each stands, what went into it, and how near its rules are.
import type { AbandonRule } from "../log/goals.js";
import { count, duration } from "../run/amounts.js";
import type { Receipt, Run } from "../run/run.js";
import { criteriaOf } from "./criteria.js";
import { answerable } from "./trip.js";
import { goalState, inOrder, workIn, type GoalState } from "./tree.js";

export interface GoalRow {
  readonly id: string;
  readonly title: string;
  readonly depth: number;
  readonly parent: string | null;
  readonly required: boolean;
  /** A person's goals outrank the agent's. */
  readonly by: "agent" | "person";
  readonly doneWhen: string | null;
  readonly state: GoalState;
  /** It is worked on now. */
  readonly current: boolean;
  /** What its check said last; null where it has none or it did not run. */
  readonly check: Receipt["outcome"] | null;
  /** How often the check was red, and how often it may be. */
  readonly attempts: number;
  readonly attemptsOf: number;
  /** With everything below it. */
  readonly usd: number;
  readonly tokens: number;
  readonly workedMs: number;
  readonly steps: number;
  /** Its own, that stand or are open. */
  readonly decisions: readonly string[];
  /** Why it was given up; null where it was not. */
  readonly why: string | null;
  readonly rule: AbandonRule | null;
  readonly waived: readonly AbandonRule[];
}

export function goalRows(run: Run): readonly GoalRow[] {
  const now = run.phase.kind === "ended" ? undefined : answerable(run);
  return inOrder(run).map(({ goal, depth }) => {
    const work = workIn(run, goal.id);
    const given = run.abandoned.find((entry) => entry.goal === goal.id);
    return {
      id: goal.id,
      title: goal.title,
      depth,
      parent: goal.parent ?? null,
      required: goal.required,
      by: goal.by ?? "agent",
      doneWhen: goal.doneWhen ?? null,
      state: goalState(run, goal.id),
      current: goal.id === now,
      check: run.receipts.findLast((receipt) => receipt.goal === goal.id)?.outcome ?? null,
      attempts: work.attempts,
      attemptsOf: criteriaOf(run, goal.id).attempts,
      usd: work.usd,
      tokens: work.tokens,
      workedMs: work.workedMs,
      steps: work.steps,
      decisions: run.decisions.filter((decision) => decision.reason.goal === goal.id && (decision.state === "kept" || decision.state === "open" || decision.state === "proposed")).map((decision) => decision.id),
      why: given?.why ?? null,
      rule: given?.rule ?? null,
      waived: run.waived[goal.id] ?? [],
    };
  });
}

const STATES: Readonly<Record<GoalState, string>> = { open: "open", reached: "reached", abandoned: "given up" };

/** Itself or in a part. Nothing proves that it is reached, and nothing says that it is missed. */
export function isUnproven(row: GoalRow): boolean {
  return row.state === "open" && row.doneWhen === null && (row.steps > 0 || row.decisions.length > 0);
}

/** How it stands in a few words: reached; given up; open, check red 2 of 5; worked on, without a check. */
export function goalStanding(row: GoalRow): string {
  const check = row.state === "open" && row.attempts > 0 ? `, check red ${String(row.attempts)} of ${String(row.attemptsOf)} times` : row.state === "open" && row.check === "unable" ? ", its check could not run" : row.state === "open" && row.check === "red" ? ", check red" : "";
  if (row.current && row.state === "open") return `in progress${check}`;
  // Of a goal that is worked on in its parts, these tell.
  return isUnproven(row) && row.decisions.length > 0 && row.steps > 0 ? "worked on, without a check" : `${STATES[row.state]}${check}`;
}

/** What went into it: 12 steps, 4 min of work, $0.31. */
export function goalSpend(row: GoalRow): string {
  return row.steps === 0 && row.workedMs === 0 ? "nothing yet" : [count(row.steps, "step"), duration(row.workedMs), ...(row.usd > 0 ? [row.usd < 0.01 ? "under $0.01" : `$${row.usd.toFixed(2)}`] : [])].join(", ");
}
