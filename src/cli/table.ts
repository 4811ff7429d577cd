// Columns for a terminal. The last column takes what is left of the width and is the only one that is ever cut.
import { cells, cut, padded } from "./cells.js";
import type { Ink } from "./ink.js";

export interface Cell {
  readonly text: string;
  /** One of the ink's colours; none where it is left out. */
  readonly ink?: keyof Ink;
}

/** One line a row, each after two spaces. Texts must have passed the one sink. */
export function table(rows: readonly (readonly Cell[])[], width: number, ink: Ink): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(0, ...rows.map((row) => cells(row[at]?.text ?? ""))));
  return rows.map((row) => {
    let used = 2;
    const parts = row.map((cell, at) => {
      const last = at === row.length - 1;
      const text = last ? cut(cell.text, Math.max(20, width - used)) : padded(cell.text, widths[at] ?? 0);
      used += cells(text) + 2;
      return cell.ink === undefined ? text : ink[cell.ink](text);
    });
    return `  ${parts.join("  ")}`.trimEnd();
  });
}
