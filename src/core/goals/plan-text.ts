// A tree of goals as the plan that a person would have written: a Markdown document that is read back to the same tree.
import type { Goal } from "../log/goals.js";
import { oneLine } from "../text/one-line.js";
import { visible } from "../text/visible.js";
import { goalState, inOrder } from "./tree.js";
import type { Run } from "../run/run.js";

/** The id that a plan gives to its heading "Goal". */
export const PLAN_GOAL = "main";

const LONGEST = 2_000;

/** Ends with a newline. */
export function planText(run: Run): string {
  const main = run.goals.find((goal) => goal.id === PLAN_GOAL && goal.parent === undefined);
  const rows = inOrder(run).filter(({ goal }) => goal !== main);
  // Which list a tree stands in is its root's to say; what differs below it says so.
  const list = (required: boolean): readonly string[] => {
    let isIn = false;
    let margin = 0;
    return rows.flatMap(({ goal, depth }) => {
      if (goal.parent === undefined || goal.parent === main?.id) {
        isIn = goal.required === required;
        margin = depth;
      }
      return isIn ? [item(goal, depth - margin, required)] : [];
    });
  };
  const sections: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    ["Goal", [flat(main?.title ?? run.spec.task)]],
    ["Done when", main?.doneWhen === undefined || main.doneWhen.includes("`") ? [] : [`- \`${main.doneWhen}\``]],
    ["Must not be dropped", list(true)],
    ["May be dropped", list(false)],
    ["Stop if", criteria(main).map((words) => `- ${words}`)],
  ];
  return `${note(run)}\n\n${sections.map(([heading, lines]) => `# ${heading}\n\n${lines.join("\n")}`.trimEnd()).join("\n\n")}\n`;
}

function item(goal: Goal, depth: number, required: boolean): string {
  const notes = [
    ...(goal.required === required ? [] : [goal.required ? "must not be dropped" : "may be dropped"]),
    ...(goal.ifParentAbandoned === "finish" ? ["in any case"] : []),
    ...criteria(goal),
  ];
  const check = goal.doneWhen === undefined || goal.doneWhen.includes("`") ? "" : /[()]/u.test(goal.doneWhen) ? `, done when \`${goal.doneWhen}\`` : ` (done when \`${goal.doneWhen}\`)`;
  return `${"  ".repeat(depth)}- ${goal.id}: ${flat(goal.title)}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}${check}`;
}

function criteria(goal: Goal | undefined): readonly string[] {
  const { attempts, minutes, usd, tokens, idleSteps } = goal?.abandonWhen ?? {};
  return [
    ...(attempts === undefined ? [] : [`${String(attempts)} attempts`]),
    ...(minutes === undefined ? [] : [`${String(minutes)} minutes`]),
    ...(usd === undefined ? [] : [`$${String(usd)}`]),
    ...(tokens === undefined ? [] : [`${String(tokens)} tokens`]),
    ...(idleSteps === undefined ? [] : [`${String(idleSteps)} steps without progress`]),
  ];
}

function note(run: Run): string {
  const named = (state: "reached" | "abandoned"): string => run.goals.filter((goal) => goalState(run, goal.id) === state).map((goal) => flat(goal.id)).join(", ");
  const lines = [
    `The goals of run ${run.id}. Change them here, then choose "Send These Goals to the Run" above or in the palette.`,
    "An item's name stands before its colon: keep it, and the goal stays the same one. Indented items are parts of the item above.",
    "All of these goals are yours then, and outrank the agent's.",
    ...(named("reached") === "" ? [] : [`Reached: ${named("reached")}.`]),
    ...(named("abandoned") === "" ? [] : [`Given up: ${named("abandoned")}. They stay on record; "Vigil: Let a Goal Be Tried Again" opens one again.`]),
  ];
  return `<!--\n${lines.join("\n").replaceAll("--", "- -")}\n-->`;
}

/** One line that ends no comment and draws nothing. */
function flat(text: string): string {
  return oneLine(visible(text), LONGEST);
}
