// The goals that a person edited as a document, with what the document cannot say kept from the tree it was made of.
import { PLAN_GOAL } from "../core/goals/plan-text.js";
import { goalProblem } from "../core/goals/problem.js";
import { HumanError } from "../core/error.js";
import type { Goal } from "../core/log/goals.js";
import type { Run } from "../core/run/run.js";
import { planGoals } from "./plan-goals.js";

export interface EditedGoals {
  readonly goals: readonly Goal[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Throws HumanError where the document names no goals, or goals that nobody could follow. */
export function editedGoals(run: Run, text: string): EditedGoals {
  const held = new Map(run.goals.map((goal) => [goal.id, goal]));
  const read = withNames(planGoals(text).goals, held);
  const [main, ...parts] = read;
  // A tree without a goal above all others stays one, unless the document gives that goal a check or a rule.
  const isOnlyHeading = main?.id === PLAN_GOAL && !held.has(PLAN_GOAL) && main.doneWhen === undefined && main.abandonWhen === undefined;
  const goals = (isOnlyHeading ? parts.map((goal) => (goal.parent === PLAN_GOAL ? withoutParent(goal) : goal)) : read).map((goal) => asHeld(goal, held.get(goal.id)));
  if (goals.length === 0) throw new HumanError('The document names no goals. Put them in a list under "# Must not be dropped" or "# May be dropped", or a command in backticks under "# Done when".');
  const problem = goalProblem(goals);
  if (problem !== undefined) throw new HumanError(`These goals cannot be followed: ${problem}`);
  const kept = new Set(goals.map((goal) => goal.id));
  return { goals, added: goals.filter((goal) => !held.has(goal.id)).map((goal) => goal.title), removed: run.goals.filter((goal) => !kept.has(goal.id)).map((goal) => goal.title) };
}

/** An agent may have named goals in ways that a plan's items do not begin with, such as 1.2. */
function withNames(goals: readonly Goal[], held: ReadonlyMap<string, Goal>): readonly Goal[] {
  const names = new Map<string, string>();
  const named = goals.map((goal) => {
    const id = [...held.keys()].find((name) => goal.title.startsWith(`${name}: `));
    if (id === undefined) return goal;
    names.set(goal.id, id);
    return { ...goal, id, title: goal.title.slice(id.length + 1).trim() };
  });
  return named.map((goal) => (goal.parent === undefined ? goal : { ...goal, parent: names.get(goal.parent) ?? goal.parent }));
}

function withoutParent({ parent: _parent, ...goal }: Goal): Goal {
  return goal;
}

/** A goal beside the plan's own, a check with a backtick in it and a share of the budget have no words in a plan. */
function asHeld(goal: Goal, before: Goal | undefined): Goal {
  const doneWhen = goal.doneWhen ?? (before?.doneWhen?.includes("`") === true ? before.doneWhen : undefined);
  const share = before?.abandonWhen?.share;
  const isBeside = before !== undefined && before.parent === undefined && goal.parent === PLAN_GOAL;
  return { ...(isBeside ? withoutParent(goal) : goal), ...(doneWhen === undefined ? {} : { doneWhen }), ...(share === undefined ? {} : { abandonWhen: { ...goal.abandonWhen, share } }) };
}
