// The runs of a repository as a table: what needs a person stands out, the task comes last because it is cut.
import type { RunRow } from "../client/list-runs.js";
import { STATE_TEXT } from "../client/state-text.js";
import { visible } from "../core/text/visible.js";
import { overlapText } from "../core/review/overlap-text.js";
import { ago, dollars } from "./amounts.js";
import { cut } from "./cells.js";
import type { Ink } from "./ink.js";
import { stateInk } from "./state-ink.js";
import { table, type Cell } from "./table.js";

export interface RunsLook {
  readonly ink: Ink;
  /** In columns. */
  readonly width: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** From here on there is room for how much a run did. */
const ROOMY = 100;

/** The lines. A run that cannot be read says why on a line of its own, and so does one that shares files with another. */
export function runsTable(rows: readonly RunRow[], look: RunsLook): string[] {
  const { ink, width, now } = look;
  const lines = table(rows.map((row) => cellsOf(row, width, now)), width, ink);
  return rows.flatMap((row, at) => [
    lines[at] ?? "",
    ...(row.problem === undefined ? [] : [`    ${ink.red(visible(row.problem))}`]),
    ...row.overlaps.map((overlap) => `    ${ink.dim(cut(overlapText(overlap), Math.max(20, width - 4)))}`),
  ]);
}

function cellsOf(row: RunRow, width: number, now: number): Cell[] {
  const state = row.waiting > 0 ? `${STATE_TEXT[row.state]} (${String(row.waiting)})` : STATE_TEXT[row.state];
  return [
    { text: row.id, ink: "bold" },
    { text: state, ink: stateInk(row.state) },
    { text: row.startedAt === null ? "" : ago(now - row.startedAt), ink: "dim" },
    { text: row.startedAt === null ? "" : dollars(row.usd), ink: "dim" },
    ...(width < ROOMY ? [] : [{ text: `${String(row.decisions)} dec.`, ink: "dim" } as const, { text: row.stage ?? "", ink: "dim" } as const]),
    { text: visible(row.task) },
  ];
}
