// What falls when a goal is given up: a part that was required takes the goal above with it, up to the run, and what lies
// below goes too, but for what the plan says is worth finishing all the same.
import type { AbandonRule, Goal } from "../log/goals.js";
import type { Run } from "../run/run.js";
import { goalNamed, goalState, partsOf, WHOLE_TASK } from "./tree.js";

export interface Fallen {
  readonly goal: string;
  /** Undefined for the one that was given up itself. */
  readonly rule: Extract<AbandonRule, "part" | "parent"> | undefined;
  /** The goal whose end brought it about. */
  readonly because: string;
}

/** The goal first, then what falls with it. Nothing that is reached falls. */
export function fallsWith(run: Run, goal: string): readonly Fallen[] {
  const fallen = new Map<string, Fallen>();
  const fall = (id: string, rule: Fallen["rule"], because: string): void => {
    if (fallen.has(id) || (rule !== undefined && goalState(run, id) !== "open")) return;
    fallen.set(id, { goal: id, rule, because });
    for (const part of partsOf(run, id)) if (part.ifParentAbandoned === "stop") fall(part.id, "parent", id);
    const named = goalNamed(run, id);
    // Required means that the task is not done without it, so what lies above cannot be either, up to the run.
    if (named === undefined || rule === "parent" || (rule === undefined && !named.required)) return;
    const parent = goalNamed(run, named.parent);
    if (parent !== undefined) fall(parent.id, "part", id);
    // The run itself is what lies above: what stands beside it is asked the same.
    else for (const other of tops(run)) if (other.ifParentAbandoned === "stop") fall(other.id, "parent", id);
  };
  fall(goal, undefined, goal);
  return [...fallen.values()];
}

/** A required goal was given up, or the task as a whole: whatever else is done, the run is abandoned. */
export function isAbandoned(run: Run): boolean {
  return run.abandoned.some(({ goal, rule }) => goal === WHOLE_TASK || (rule !== "parent" && goalNamed(run, goal)?.required === true));
}

/** The run is abandoned and nothing is left that would be worth finishing. */
export function isOver(run: Run): boolean {
  return isAbandoned(run) && !run.goals.some((goal) => goalState(run, goal.id) === "open");
}

function tops(run: Run): readonly Goal[] {
  return run.goals.filter((goal) => goalNamed(run, goal.parent) === undefined);
}
