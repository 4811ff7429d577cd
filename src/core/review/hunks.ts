// Hunks as a unified diff shows them, and the numbering of a decision's own hunks behind ids such as `d3:path#2`.
// Nothing here knows who owns a line.
import { lineGaps, linesOf, type Gap } from "./line-diff.js";

/** Line numbers as in a unified diff: counted from 1; a side with no lines names the line before it. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** Each with " ", "-" or "+" before it and without its newline; after a last line that has none, `NO_NEWLINE`. */
  readonly lines: readonly string[];
}

export const NO_NEWLINE = "\\ No newline at end of file";

/** A hunk over the gaps, which follow each other, with that many unchanged lines around them. */
export function hunkAround(before: readonly string[], after: readonly string[], gaps: readonly Gap[], leading: number, trailing: number): Hunk {
  const first = gaps[0];
  const last = gaps.at(-1);
  if (first === undefined || last === undefined) throw new Error("a hunk holds at least one change");
  const oldFrom = first.oldStart - leading;
  const oldTo = last.oldEnd + trailing;
  const newFrom = first.newStart - leading;
  const newTo = last.newEnd + trailing;

  const lines: string[] = [];
  const put = (mark: string, source: readonly string[], from: number, to: number): void => {
    for (const line of source.slice(from, to)) {
      if (line.endsWith("\n")) lines.push(mark + line.slice(0, -1));
      else lines.push(mark + line, NO_NEWLINE);
    }
  };
  let at = oldFrom;
  for (const gap of gaps) {
    put(" ", before, at, gap.oldStart);
    put("-", before, gap.oldStart, gap.oldEnd);
    put("+", after, gap.newStart, gap.newEnd);
    at = gap.oldEnd;
  }
  put(" ", before, at, oldTo);
  return {
    oldStart: oldTo > oldFrom ? oldFrom + 1 : oldFrom,
    oldLines: oldTo - oldFrom,
    newStart: newTo > newFrom ? newFrom + 1 : newFrom,
    newLines: newTo - newFrom,
    lines,
  };
}

export interface NumberedHunk extends Hunk {
  /** Counts from 1 within the file, from its top. */
  readonly n: number;
}

/**
 * The hunks of what one decision did to one file; undefined means that the file does not exist on that side. Changes
 * with at most three unchanged lines between them are one hunk; no unchanged line stands at its ends.
 */
export function decisionHunks(before: string | undefined, after: string | undefined): NumberedHunk[] {
  const old = linesOf(before ?? "");
  const now = linesOf(after ?? "");
  return groups(old, now).map((gaps, index) => ({ n: index + 1, ...hunkAround(old, now, gaps, 0, 0) }));
}

/** Which part of a decision's change to a file is meant, by hunk numbers. */
export type FilePart = "all" | "none" | { readonly without: readonly number[] } | { readonly only: readonly number[] };

/** The file with only that part of the change; undefined where the file does not exist then. */
export function withPart(before: string | undefined, after: string | undefined, part: FilePart): string | undefined {
  if (part === "all") return after;
  if (part === "none") return before;
  if ("without" in part) return withoutHunks(before, after, new Set(part.without));
  const kept = new Set(part.only);
  const numbers = decisionHunks(before, after).map((hunk) => hunk.n);
  return withoutHunks(before, after, new Set([...numbers.filter((n) => !kept.has(n)), ...part.only.filter((n) => !numbers.includes(n))]));
}

/**
 * The file with every hunk but the rejected ones applied: none rejected gives `after`, all rejected gives `before`.
 * A number that the file does not have is a bug of the caller, who checks ids first.
 */
export function withoutHunks(before: string | undefined, after: string | undefined, rejected: ReadonlySet<number>): string | undefined {
  const old = linesOf(before ?? "");
  const now = linesOf(after ?? "");
  const hunks = groups(old, now);
  for (const n of rejected) if (!Number.isInteger(n) || n < 1 || n > hunks.length) throw new RangeError(`there is no hunk ${String(n)}: the file has ${String(hunks.length)}`);
  if (rejected.size === 0) return after;
  if (rejected.size === hunks.length) return before;

  const result: string[] = [];
  let at = 0;
  hunks.forEach((gaps, index) => {
    const first = gaps[0];
    const last = gaps.at(-1);
    if (first === undefined || last === undefined) return;
    result.push(old.slice(at, first.oldStart).join(""));
    const chosen = rejected.has(index + 1) ? old.slice(first.oldStart, last.oldEnd) : now.slice(first.newStart, last.newEnd);
    result.push(chosen.join(""));
    at = last.oldEnd;
  });
  result.push(old.slice(at).join(""));
  return result.join("");
}

const TOUCHING = 3;

function groups(before: readonly string[], after: readonly string[]): Gap[][] {
  const grouped: Gap[][] = [];
  for (const gap of lineGaps(before, after)) {
    const group = grouped.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && gap.oldStart - last.oldEnd <= TOUCHING) group.push(gap);
    else grouped.push([gap]);
  }
  return grouped;
}
