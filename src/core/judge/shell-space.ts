// What separates the words of a bash line without meaning anything itself.
import type { Cursor } from "./shell-word.js";

/** Spaces, tabs, continued lines, and a comment up to the end of its line. */
export function skipBlanks(cursor: Cursor): void {
  for (;;) {
    if (cursor.peek() === " " || cursor.peek() === "\t") cursor.at += 1;
    else if (cursor.startsWith("\\\n")) cursor.at += 2;
    else if (cursor.peek() === "#" && /^$|[\s;&|()]/u.test(cursor.text.charAt(cursor.at - 1))) cursor.at = endOfLine(cursor);
    else return;
  }
}

/** Blanks and line ends. */
export function skipLines(cursor: Cursor): void {
  for (skipBlanks(cursor); cursor.peek() === "\n"; skipBlanks(cursor)) cursor.at += 1;
}

function endOfLine(cursor: Cursor): number {
  const end = cursor.text.indexOf("\n", cursor.at);
  return end === -1 ? cursor.text.length : end;
}
