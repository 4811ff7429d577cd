// Which lines two texts share. Line endings belong to their lines, so CRLF and a missing last newline are differences
// like any other; it never takes two different lines for one edited line.
import { diffArrays } from "diff";

/** A place where the texts differ: half-open ranges of lines counted from 0. At least one range is not empty. */
export interface Gap {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** The lines of a text, each with its ending; the last may have none. An empty text has no lines. */
export function linesOf(text: string): string[] {
  const lines: string[] = [];
  let from = 0;
  while (from < text.length) {
    const newline = text.indexOf("\n", from);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push(text.slice(from, end));
    from = end;
  }
  return lines;
}

/**
 * The gaps in ascending order, with at least one shared line between two of them. The same input gives the same gaps
 * on every machine: hunk numbers that people's verdicts name are counted from them, so no timeout may decide.
 */
export function lineGaps(before: readonly string[], after: readonly string[]): Gap[] {
  const numbers = new Map<string, number>();
  const numberOf = (line: string): number => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    numbers.set(line, numbers.size);
    return numbers.size - 1;
  };
  return gapsBetween(before.map(numberOf), after.map(numberOf), 0, 0);
}

// The exact search costs the square of this. Beyond it, lines that occur once on each side are taken as fixed points.
const MOST_EDITS = 256;

function gapsBetween(before: readonly number[], after: readonly number[], oldAt: number, newAt: number): Gap[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;

  const old = before.slice(head, before.length - tail);
  const now = after.slice(head, after.length - tail);
  if (old.length === 0 && now.length === 0) return [];
  const whole = { oldStart: oldAt + head, oldEnd: oldAt + head + old.length, newStart: newAt + head, newEnd: newAt + head + now.length };
  if (old.length === 0 || now.length === 0) return [whole];

  const changes = diffArrays(old, now, { maxEditLength: MOST_EDITS });
  if (changes !== undefined) return gapsOfChanges(changes, whole.oldStart, whole.newStart);

  const anchors = fixedPoints(old, now);
  if (anchors.length === 0) return [whole];
  const gaps: Gap[] = [];
  let oldFrom = 0;
  let newFrom = 0;
  for (const anchor of [...anchors, { old: old.length, now: now.length }]) {
    const part = gapsBetween(old.slice(oldFrom, anchor.old), now.slice(newFrom, anchor.now), whole.oldStart + oldFrom, whole.newStart + newFrom);
    for (const gap of part) gaps.push(gap);
    oldFrom = anchor.old + 1;
    newFrom = anchor.now + 1;
  }
  return gaps;
}

interface Change {
  readonly added: boolean;
  readonly removed: boolean;
  readonly count: number;
}

/** Removals and additions that follow each other form one gap, whichever the search happened to name first. */
function gapsOfChanges(changes: readonly Change[], oldAt: number, newAt: number): Gap[] {
  const gaps: Gap[] = [];
  let oldStart = oldAt;
  let newStart = newAt;
  let oldEnd = oldAt;
  let newEnd = newAt;
  const close = (): void => {
    if (oldEnd > oldStart || newEnd > newStart) gaps.push({ oldStart, oldEnd, newStart, newEnd });
  };
  for (const change of changes) {
    if (change.removed) oldEnd += change.count;
    else if (change.added) newEnd += change.count;
    else {
      close();
      oldEnd += change.count;
      newEnd += change.count;
      oldStart = oldEnd;
      newStart = newEnd;
    }
  }
  close();
  return gaps;
}

interface FixedPoint {
  readonly old: number;
  readonly now: number;
}

/** Lines that occur exactly once on each side, as many as keep the same order on both. */
function fixedPoints(before: readonly number[], after: readonly number[]): FixedPoint[] {
  const once = (lines: readonly number[]): Map<number, number> => {
    const at = new Map<number, number>();
    lines.forEach((line, index) => at.set(line, at.has(line) ? -1 : index));
    return at;
  };
  const places = once(after);
  const candidates: FixedPoint[] = [];
  for (const [line, old] of once(before)) {
    const now = places.get(line) ?? -1;
    if (old >= 0 && now >= 0) candidates.push({ old, now });
  }
  return longestRising(candidates.sort((one, other) => one.old - other.old));
}

/** The longest subsequence whose `now` rises. */
function longestRising(points: readonly FixedPoint[]): FixedPoint[] {
  const piles: { readonly point: FixedPoint; readonly below: number }[][] = [];
  for (const point of points) {
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const top = piles[middle]?.at(-1);
      if (top !== undefined && top.point.now < point.now) low = middle + 1;
      else high = middle;
    }
    const below = low === 0 ? -1 : (piles[low - 1]?.length ?? 0) - 1;
    const pile = piles[low];
    if (pile === undefined) piles.push([{ point, below }]);
    else pile.push({ point, below });
  }
  const rising: FixedPoint[] = [];
  let index = (piles.at(-1)?.length ?? 0) - 1;
  for (let pile = piles.length - 1; pile >= 0; pile--) {
    const entry = piles[pile]?.[index];
    if (entry === undefined) break;
    rising.push(entry.point);
    index = entry.below;
  }
  return rising.reverse();
}
