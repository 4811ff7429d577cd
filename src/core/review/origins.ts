// Who wrote each line of a file, and who removed each line that is gone: kept incrementally, one text after the other.
// It never asks git and never looks at a line twice that a change did not touch.
import { lineGaps, linesOf, type Gap } from "./line-diff.js";

/** The owner of what no decision explains. */
export const UNEXPLAINED = "unexplained";

/** One file's lines as they are now. Base lines that survive keep their order, so `origins` is an exact alignment. */
export interface LineOrigins {
  readonly text: string;
  readonly base: readonly string[];
  readonly lines: readonly string[];
  /** For each of `lines`: the number (from 0) of the base line that it still is, or the owner who wrote it. */
  readonly origins: readonly (number | string)[];
  /** For each of `base`: the owner who removed it; undefined while it stands. */
  readonly removedBy: readonly (string | undefined)[];
}

/** A file before any decision. A file that does not exist (undefined) has no lines, like an empty one. */
export function baseOrigins(text: string | undefined): LineOrigins {
  const base = linesOf(text ?? "");
  return { text: text ?? "", base, lines: base, origins: base.map((_, index) => index), removedBy: base.map(() => undefined) };
}

/** The file after `owner` changed it to `text`; undefined means deleted. */
export function changedBy(state: LineOrigins, owner: string, text: string | undefined): LineOrigins {
  const next = text ?? "";
  if (next === state.text) return state;
  const shared = sharedEnds(state.text, next);
  const from = lineAt(state.lines, shared.head);
  const to = shared.tail === 0 ? state.lines.length : lineAt(state.lines, state.text.length - shared.tail);
  const old = state.lines.slice(from, to);
  const now = linesOf(next.slice(shared.head, next.length - shared.tail));

  const origins: (number | string)[] = [];
  const removedBy = [...state.removedBy];
  let at = 0;
  const keepUntil = (end: number): void => {
    for (; at < end; at++) origins.push(state.origins[from + at] ?? owner);
  };
  for (const gap of lineGaps(old, now)) {
    keepUntil(gap.oldStart);
    for (; at < gap.oldEnd; at++) {
      const origin = state.origins[from + at];
      if (typeof origin === "number") removedBy[origin] = owner;
    }
    for (let line = gap.newStart; line < gap.newEnd; line++) origins.push(owner);
  }
  keepUntil(old.length);
  return {
    text: next,
    base: state.base,
    lines: state.lines.slice(0, from).concat(now, state.lines.slice(to)),
    origins: state.origins.slice(0, from).concat(origins, state.origins.slice(to)),
    removedBy,
  };
}

/** The stretches of removed base lines and of written lines between lines that stand, ascending, read off the origins. */
export function ownedGaps(state: LineOrigins): Gap[] {
  const gaps: Gap[] = [];
  let oldStart = 0;
  let newStart = 0;
  const close = (oldEnd: number, newEnd: number): void => {
    if (oldEnd > oldStart || newEnd > newStart) gaps.push({ oldStart, oldEnd, newStart, newEnd });
    oldStart = oldEnd + 1;
    newStart = newEnd + 1;
  };
  state.origins.forEach((origin, line) => {
    if (typeof origin === "number") close(origin, line);
  });
  close(state.base.length, state.lines.length);
  return gaps;
}

/**
 * The same file with equal text inside one changed stretch cancelled: a line that one decision removed and another put
 * back is not a change, however often it went to and fro.
 */
export function settled(state: LineOrigins): LineOrigins {
  // Among repeated lines the steps may have been aligned at different places; a file that is its base again is unchanged.
  if (state.text === state.base.join("")) return baseOrigins(state.text);
  const origins = [...state.origins];
  const removedBy = [...state.removedBy];
  for (const gap of ownedGaps(state)) {
    const old = state.base.slice(gap.oldStart, gap.oldEnd);
    const now = state.lines.slice(gap.newStart, gap.newEnd);
    let oldAt = 0;
    let newAt = 0;
    const standUntil = (oldEnd: number): void => {
      for (; oldAt < oldEnd; oldAt++, newAt++) {
        origins[gap.newStart + newAt] = gap.oldStart + oldAt;
        removedBy[gap.oldStart + oldAt] = undefined;
      }
    };
    for (const inner of lineGaps(old, now)) {
      standUntil(inner.oldStart);
      oldAt = inner.oldEnd;
      newAt = inner.newEnd;
    }
    standUntil(old.length);
  }
  return { ...state, origins, removedBy };
}

/** How many characters both texts share at each end, cut back to whole lines. */
function sharedEnds(before: string, after: string): { readonly head: number; readonly tail: number } {
  const most = Math.min(before.length, after.length);
  let head = sharedLength(most, (from, to) => before.slice(from, to) === after.slice(from, to));
  head = head === 0 ? 0 : before.lastIndexOf("\n", head - 1) + 1;

  const room = most - head;
  const fromEnd = (text: string, from: number, to: number): string => text.slice(text.length - to, text.length - from);
  let tail = sharedLength(room, (from, to) => fromEnd(before, from, to) === fromEnd(after, from, to));
  const startsLine = (text: string): boolean => tail === text.length || text.charAt(text.length - tail - 1) === "\n";
  if (tail > 0 && !(startsLine(before) && startsLine(after))) {
    const newline = before.indexOf("\n", before.length - tail);
    tail = newline < 0 ? 0 : before.length - newline - 1;
  }
  return { head, tail };
}

const CHUNK = 4096;

/** How far two texts are the same, up to `most`. Whole chunks are compared at memory speed, then halves of the last. */
function sharedLength(most: number, same: (from: number, to: number) => boolean): number {
  let length = 0;
  for (let size = CHUNK; size > 0; ) {
    if (length + size <= most && same(length, length + size)) length += size;
    else size >>= 1;
  }
  return length;
}

/** The index of the line that starts at that character. */
function lineAt(lines: readonly string[], character: number): number {
  let line = 0;
  let at = 0;
  while (at < character) at += lines[line++]?.length ?? character;
  return line;
}
