// How wide a text is on a terminal, in cells. Only for one line of text that passed the one sink.

/** East Asian Wide and Fullwidth blocks (UAX #11) and pictures take two cells, marks that sit on a letter none. */
const WIDE = /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE1F\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F000}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;
const NONE = /\p{M}|\uFE0F|\u200D/u;

export function cells(text: string): number {
  let sum = 0;
  for (const character of text) sum += widthOf(character);
  return sum;
}

/** The text in at most so many cells; where something is cut its end is an ellipsis. */
export function cut(text: string, most: number): string {
  if (cells(text) <= most) return text;
  if (most < 1) return "";
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > most) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The text in pieces of at most so many cells each: for lines of code, which are not broken at words. */
export function pieces(text: string, most: number): string[] {
  const all: string[] = [];
  let piece = "";
  let used = 0;
  for (const character of text) {
    const width = widthOf(character);
    if (used + width > most) {
      all.push(piece);
      piece = "";
      used = 0;
    }
    piece += character;
    used += width;
  }
  return [...all, piece];
}

/** Filled with spaces to so many cells. */
export function padded(text: string, to: number): string {
  return text + " ".repeat(Math.max(0, to - cells(text)));
}

function widthOf(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
