// Colours for a terminal. They only repeat what the words say already, so that nothing is lost without them; and they
// are put around text that passed the one sink, never inside it.

export interface Ink {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** Text as it is, for pipes, files and whoever set NO_COLOR. */
export const PLAIN: Ink = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

/** Select Graphic Rendition of ECMA-48; each ends only what it began. */
export const COLOURS: Ink = { bold: sgr(1, 22), dim: sgr(2, 22), red: sgr(31, 39), green: sgr(32, 39), yellow: sgr(33, 39), cyan: sgr(36, 39) };

/** True where colours are wanted: on a terminal that knows them, unless NO_COLOR is set (https://no-color.org). */
export function wantsColour(terminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  return terminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

function same(text: string): string {
  return text;
}

// Line by line: a pager, or a line that is cut, must not carry a colour on.
function sgr(on: number, off: number): (text: string) => string {
  return (text) => text.replace(/[^\n]+/gu, (line) => `\u001b[${String(on)}m${line}\u001b[${String(off)}m`);
}
