// A goal's own check, which the runner runs whenever a decision for that goal ends. Green, the goal is reached; red counts
// as an attempt that failed; a check that could not run says nothing about the goal.
import { criteriaOf } from "../../core/goals/criteria.js";
import { goalNamed, goalState } from "../../core/goals/tree.js";
import type { RunEvent } from "../../core/log/event.js";
import type { Goal } from "../../core/log/goals.js";
import { count } from "../../core/run/amounts.js";
import { NO_WORK } from "../../core/run/evolve-goals.js";
import { runChecks, type CheckEvent } from "../checks.js";
import type { Site } from "../site.js";

export interface CheckedGoal {
  readonly events: readonly RunEvent[];
  readonly lines: readonly string[];
  readonly ms: number;
}

const NOTHING: CheckedGoal = { events: [], lines: [], ms: 0 };

/** `after`: receipts that will be in the log before these. */
export async function checkGoal(site: Site, id: string | undefined, on: CheckEvent["on"], inPlace: boolean, after: number): Promise<CheckedGoal> {
  const { run } = site.ledger;
  const goal = goalNamed(run, id);
  if (goal?.doneWhen === undefined || goalState(run, goal.id) === "abandoned") return NOTHING;
  const [event] = await runChecks(site, [goal.doneWhen], sourceOf(goal), on, inPlace, { after });
  if (event === undefined) return NOTHING;
  const reached: RunEvent[] = event.outcome === "green" && goalState(run, goal.id) !== "reached" ? [{ kind: "goal.reached", goal: goal.id, receipt: event.id }] : [];
  return { events: [{ ...event, goal: goal.id }, ...reached], lines: [lineOf(site, goal, event)], ms: event.ms };
}

/** A check that the person's plan names proves; one that the agent chose is its own. */
export function sourceOf(goal: Goal): "plan" | "goal" {
  return goal.by === "person" ? "plan" : "goal";
}

function lineOf({ ledger: { run } }: Site, goal: Goal, event: CheckEvent): string {
  const check = `Check of goal ${goal.id}, "${event.command}":`;
  if (event.outcome === "green") return `${check} green. The goal is reached.`;
  if (event.outcome === "unable") return `${check} could not run (${event.why ?? "no reason is known"}). That counts for nothing: neither as reached nor as an attempt. Say in finish what a person should run.`;
  const failed = (run.goalWork[goal.id] ?? NO_WORK).attempts + 1;
  return `${check} red. That is ${count(failed, "failed attempt")} of ${String(criteriaOf(run, goal.id).attempts)}; then the goal is given up. Run the check yourself before you end the next decision for it.`;
}
