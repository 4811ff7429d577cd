// The goals of a run as a tree: what lies under what, what is open, and what went into each with all below it.
import type { Goal } from "../log/goals.js";
import { NO_WORK } from "../run/evolve-goals.js";
import type { GoalWork, Run } from "../run/run.js";

/** In place of a goal's id where no goals were set and the task as a whole is given up. */
export const WHOLE_TASK = "task";

export type GoalState = "open" | "reached" | "abandoned";

export function goalNamed(run: Run, id: string | undefined): Goal | undefined {
  return id === undefined ? undefined : run.goals.find((goal) => goal.id === id);
}

export function goalState(run: Run, id: string): GoalState {
  if (run.abandoned.some((entry) => entry.goal === id)) return "abandoned";
  return run.goalWork[id]?.reached === undefined ? "open" : "reached";
}

/** Direct parts, in the plan's order. */
export function partsOf(run: Run, id: string): readonly Goal[] {
  return run.goals.filter((goal) => goal.parent === id);
}

/** Everything below a goal, each after its parent. */
export function below(run: Run, id: string): readonly Goal[] {
  return partsOf(run, id).flatMap((part) => [part, ...below(run, part.id)]);
}

/** From the parent up to the top. */
export function above(run: Run, id: string): readonly Goal[] {
  const parent = goalNamed(run, goalNamed(run, id)?.parent);
  return parent === undefined ? [] : [parent, ...above(run, parent.id)];
}

/** What is worked on next where nothing says otherwise: the first open goal without open parts. */
export function firstOpen(run: Run): Goal | undefined {
  return run.goals.find((goal) => isOpen(run, goal) && !partsOf(run, goal.id).some((part) => isOpen(run, part)));
}

/** Goals that are still to be reached elsewhere than in, below or above this one. */
export function othersOpen(run: Run, id: string): readonly Goal[] {
  const line = new Set([id, ...below(run, id).map((goal) => goal.id), ...above(run, id).map((goal) => goal.id)]);
  return run.goals.filter((goal) => !line.has(goal.id) && isOpen(run, goal));
}

/** What went into a goal and everything below it. `attempts` and `reached` are the goal's own. */
export function workIn(run: Run, id: string): GoalWork {
  const own = run.goalWork[id] ?? NO_WORK;
  return below(run, id)
    .map((goal) => run.goalWork[goal.id] ?? NO_WORK)
    .reduce((sum, work) => ({ ...sum, usd: sum.usd + work.usd, tokens: sum.tokens + work.tokens, workedMs: sum.workedMs + work.workedMs, steps: sum.steps + work.steps }), own);
}

/** The goals in reading order, each under its parent, with its depth from 0. */
export function inOrder(run: Pick<Run, "goals">): readonly { readonly goal: Goal; readonly depth: number }[] {
  const known = new Set(run.goals.map((goal) => goal.id));
  const under = (parent: string | undefined, depth: number): readonly { readonly goal: Goal; readonly depth: number }[] =>
    run.goals
      .filter((goal) => (parent === undefined ? goal.parent === undefined || !known.has(goal.parent) : goal.parent === parent))
      .flatMap((goal) => [{ goal, depth }, ...under(goal.id, depth + 1)]);
  return under(undefined, 0);
}

/** A goal that something was done for, or that has come to its end, is part of the account. */
export function isOnRecord(run: Run, id: string): boolean {
  return goalState(run, id) !== "open" || run.decisions.some((decision) => decision.reason.goal === id);
}

function isOpen(run: Run, goal: Goal): boolean {
  return goalState(run, goal.id) === "open";
}
