// The tree of goals for a terminal: how each stands, what went into it, and the meters of the limits.
import { goalRows, goalSpend, goalStanding, type GoalRow } from "../core/goals/view.js";
import { LIMIT_NAMES, limitText } from "../core/run/limit-text.js";
import { usedLimits } from "../core/run/limits.js";
import type { Run } from "../core/run/run.js";
import { wrap } from "../core/run/wrap.js";
import { visible } from "../core/text/visible.js";
import type { Ink } from "./ink.js";

const MARKS: Readonly<Record<GoalRow["state"], readonly [string, keyof Ink]>> = { open: ["○", "yellow"], reached: ["✓", "green"], abandoned: ["✗", "red"] };

export function goalsText(run: Run, width: number, ink: Ink): string {
  const rows = goalRows(run);
  const goals = rows.length === 0 ? ["No goals are set: the task is one piece."] : rows.flatMap((row) => goalLines(row, width, ink));
  const limits = usedLimits(run).map((one) => `  ${LIMIT_NAMES[one.limit].padEnd(14)} ${bar(one.used / one.of)} ${limitText(one)}`);
  return [...goals, ...(limits.length === 0 ? [] : ["", ink.bold("Limits"), ...limits])].join("\n");
}

/** One goal; what the agent wrote stands in quotes. */
export function goalLines(row: GoalRow, width: number, ink: Ink): readonly string[] {
  const indent = "  ".repeat(row.depth);
  const [mark, colour] = MARKS[row.state];
  const facts = [goalStanding(row), row.required ? "required" : "may be dropped", ...(row.by === "person" ? ["yours"] : []), ...(row.waived.length === 0 ? [] : [`not given up by rule${row.waived.length > 3 ? "" : ` (${row.waived.join(", ")})`}`])];
  const inner = `${indent}    `;
  return [
    `${indent}${ink[colour](mark)} ${ink.bold(visible(row.id))}  "${visible(row.title)}"`,
    ...wrap(facts.join("; "), width - inner.length).map((line) => ink.dim(inner + line)),
    ...wrap(`${goalSpend(row)}${row.decisions.length === 0 ? "" : ` · ${row.decisions.join(", ")}`}${row.doneWhen === null ? "" : ` · done when: ${visible(row.doneWhen)}`}`, width - inner.length).map((line) => ink.dim(inner + line)),
    ...(row.why === null ? [] : wrap(`${row.rule === null ? "" : `by rule (${row.rule}): `}${visible(row.why)}`, width - inner.length).map((line) => inner + ink.red(line))),
  ];
}

const CELLS = 20;

function bar(share: number): string {
  const full = Math.max(0, Math.min(CELLS, Math.round(share * CELLS)));
  return `${"█".repeat(full)}${"░".repeat(CELLS - full)}`;
}
