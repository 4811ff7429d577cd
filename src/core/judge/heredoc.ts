// Reads here-documents as bash does, whose end decides what is text and what is commands again. Where versions of bash or
// a trick with continued lines could disagree about that end, the whole line counts as not understood.
import { Cursor, readExpansions, Unparsed, Unreadable, type Substitutions, type Word } from "./shell-word.js";

export interface Heredoc {
  readonly end: string;
  readonly expands: boolean;
  readonly stripsTabs: boolean;
}

/** What `<<` or `<<-` and the word behind it announce. */
export function heredocOf(operator: "<<" | "<<-", target: Word): Heredoc {
  if (target.kind === "open") throw new Unreadable("the end of a here-document is an expansion");
  return { end: target.text, expands: target.bare === target.text.length, stripsTabs: operator === "<<-" };
}

/** Moves the cursor behind the document, and reads the substitutions in it. */
export function readHeredoc(cursor: Cursor, heredoc: Heredoc, inside: Substitutions): void {
  const plain = (line: string): string => (heredoc.stripsTabs ? line.replace(/^\t+/u, "") : line);
  let body = "";
  /** What bash has joined of the lines before, each with its last backslash taken off. */
  let before: string | undefined;
  for (;;) {
    if (cursor.ended()) throw new Unparsed("a here-document does not end");
    const line = readLine(cursor);
    const joined = `${before ?? ""}${plain(line)}`;
    if (before !== undefined && [joined, plain(joined), plain(line)].includes(heredoc.end)) throw new Unreadable("a continued line ends a here-document");
    if (joined === heredoc.end) break;
    before = heredoc.expands && isContinued(line) ? joined.slice(0, -1) : undefined;
    body += `${line}\n`;
  }
  if (heredoc.expands) readExpansions(new Cursor(body), inside);
}

/** An odd number of backslashes at its end: the last of them takes the line end away. */
function isContinued(line: string): boolean {
  return (/\\*$/u.exec(line)?.[0].length ?? 0) % 2 === 1;
}

function readLine(cursor: Cursor): string {
  const end = cursor.text.indexOf("\n", cursor.at);
  const line = cursor.text.slice(cursor.at, end === -1 ? undefined : end);
  cursor.at = end === -1 ? cursor.text.length : end + 1;
  return line;
}
