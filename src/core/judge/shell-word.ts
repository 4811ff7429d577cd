// Reads one word of a bash line: quotes, escapes and expansions. What an expansion will become is never guessed: such a
// word is "open", and whoever matches it must assume anything.
import { decodeAnsiC } from "./ansi-c.js";

export interface Word {
  /** The text with quotes removed; variables stay in it as they were written. */
  readonly text: string;
  /** fixed: exactly this. glob: file names that match it. open: whatever its expansions give, even several words. */
  readonly kind: "fixed" | "glob" | "open";
  /** Unquoted letters at its start: reserved words and assignments count only there. */
  readonly bare: number;
}

/** A position in a text, moved by whoever reads. */
export class Cursor {
  at = 0;
  constructor(readonly text: string) {}
  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }
  ended(): boolean {
    return this.at >= this.text.length;
  }
  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }
}

/** What reading a word needs from the parser: commands inside `$(…)`, those in the text of backquotes, and hidden ones. */
export interface Substitutions {
  /** Reads commands up to and including the closing parenthesis. */
  list(cursor: Cursor): void;
  text(script: string): void;
  /** A quoted text with a substitution in it: bash evaluates some (`[[ 'a[$(x)]' -eq 0 ]]`, `test -v`, PS4), and nobody can tell which. */
  quoted(text: string): void;
}

/** The line is outside what is understood here. Caught by `parseShell`, never seen by others. */
export class Unparsed extends Error {}

/** As `Unparsed`, where bash may well understand what is not understood here: never to be taken for a text that is no script. */
export class Unreadable extends Unparsed {}

const ENDS_WORD = " \t\n;&|()<>";
const SUBSTITUTES = /`|\$[({]/u;

/** Reads up to the word's end. A word of no characters has an empty text and `bare` zero, and moves nothing. */
export function readWord(cursor: Cursor, inside: Substitutions): Word {
  let text = "";
  let bare = 0;
  let unquoted = true;
  let open = false;
  let glob = false;
  let braces = "";
  let quoted = "";
  while (!cursor.ended()) {
    const char = cursor.peek();
    if ((char === "<" || char === ">") && cursor.peek(1) === "(") {
      cursor.at += 2;
      inside.list(cursor);
      [open, unquoted] = [true, false];
      continue;
    }
    if (ENDS_WORD.includes(char)) break;
    if (char === "\\" && cursor.peek(1) === "\n") {
      cursor.at += 2;
      continue;
    }
    if (char === "\\" || char === "'" || char === '"' || char === "$" || char === "`") {
      unquoted = false;
      const part = readQuoted(cursor, inside);
      text += part.text;
      quoted += part.open ? " " : part.text;
      open ||= part.open;
      continue;
    }
    if (char === "*" || char === "?" || (char === "[" && (text !== "" || !ENDS_WORD.includes(cursor.peek(1) || " ")))) glob = true;
    if ("{},.".includes(char)) braces += char;
    if (unquoted) bare += 1;
    text += char;
    quoted += char;
    cursor.at += 1;
  }
  if (SUBSTITUTES.test(quoted)) inside.quoted(quoted);
  // A person's folder, or whatever HOME was just set to.
  if (bare > 0 && /^~[^/]*$/u.test(text)) open = true;
  // Brace expansion makes several words of one: {npm,publish}.
  if (makesSeveral(braces)) open = true;
  return { text, kind: open ? "open" : glob ? "glob" : "fixed", bare };
}

/** Of a word's braces, commas and dots: a comma or two dots between the first brace and the last. */
function makesSeveral(braces: string): boolean {
  const start = braces.indexOf("{");
  const end = braces.lastIndexOf("}");
  return start !== -1 && end > start && /,|\.\./u.test(braces.slice(start, end));
}

interface Part {
  readonly text: string;
  readonly open: boolean;
}

function readQuoted(cursor: Cursor, inside: Substitutions): Part {
  switch (cursor.peek()) {
    case "\\": {
      const escaped = cursor.peek(1);
      cursor.at += 2;
      return { text: escaped === "" ? "\\" : escaped, open: false };
    }
    case "'":
      return { text: upTo(cursor, 1, "'"), open: false };
    case '"':
      return readDouble(cursor, inside);
    case "`":
      return readBackquotes(cursor, inside, false);
    default:
      return readDollar(cursor, inside, false);
  }
}

/** The text between here plus `skip` and the closing mark, which is read too. */
function upTo(cursor: Cursor, skip: number, close: string): string {
  const end = cursor.text.indexOf(close, cursor.at + skip);
  if (end === -1) throw new Unparsed("a quote is not closed");
  const text = cursor.text.slice(cursor.at + skip, end);
  cursor.at = end + 1;
  return text;
}

function readDouble(cursor: Cursor, inside: Substitutions): Part {
  let text = "";
  let open = false;
  cursor.at += 1;
  while (!cursor.ended()) {
    const char = cursor.peek();
    if (char === '"') {
      cursor.at += 1;
      return { text, open };
    }
    if (char === "\\") {
      const next = cursor.peek(1);
      text += next === "\n" ? "" : '$`"\\'.includes(next) ? next : `\\${next}`;
      cursor.at += 2;
    } else if (char === "$" || char === "`") {
      const part = char === "$" ? readDollar(cursor, inside, true) : readBackquotes(cursor, inside, true);
      text += part.text;
      open ||= part.open;
    } else {
      text += char;
      cursor.at += 1;
    }
  }
  throw new Unparsed("a quote is not closed");
}

/** `quoted`: between double quotes, where the inner text has its own double quotes escaped. */
function readBackquotes(cursor: Cursor, inside: Substitutions, quoted: boolean): Part {
  const start = cursor.at;
  cursor.at += 1;
  let script = "";
  while (!cursor.ended()) {
    const char = cursor.peek();
    cursor.at += 1;
    if (char === "`") {
      inside.text(script);
      return { text: cursor.text.slice(start, cursor.at), open: true };
    }
    if (char === "\\" && (quoted ? '`\\$"' : "`\\$").includes(cursor.peek() || " ")) {
      script += cursor.peek();
      cursor.at += 1;
    } else script += char;
  }
  throw new Unparsed("a backquote is not closed");
}

/** The expansions in a text to its end. Quotes mean nothing in it; a backslash takes an expansion its meaning. */
export function readExpansions(cursor: Cursor, inside: Substitutions): void {
  while (!cursor.ended()) {
    const char = cursor.peek();
    if (char === "\\" && cursor.peek(1) !== "\n") cursor.at += 2;
    else if (char === "$") readDollar(cursor, inside, true);
    else if (char === "`") readBackquotes(cursor, inside, false);
    else cursor.at += 1;
  }
}

/** An expansion that begins with a dollar sign, or the sign itself. */
function readDollar(cursor: Cursor, inside: Substitutions, quoted: boolean): Part {
  const start = cursor.at;
  const next = cursor.peek(1);
  // bash joins the lines first, so that the next line's first character can make an expansion of this sign.
  if (cursor.startsWith("$\\\n")) throw new Unreadable("a line is continued inside of an expansion");
  if (next === "'" && !quoted) return readAnsiC(cursor);
  if (next === '"' && !quoted) {
    cursor.at += 1;
    return readDouble(cursor, inside);
  }
  if (cursor.startsWith("$((")) {
    cursor.at += 3;
    readArithmetic(cursor, inside);
  } else if (next === "(") {
    cursor.at += 2;
    inside.list(cursor);
  } else if (next === "{") {
    readParameter(cursor, inside, quoted);
  } else if (next === "[") {
    throw new Unreadable("$[ is old arithmetic");
  } else {
    const name = /^\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!_-])/u.exec(cursor.text.slice(start, start + 256));
    cursor.at += name === null ? 1 : name[0].length;
    if (name === null) return { text: "$", open: false };
  }
  return { text: cursor.text.slice(start, cursor.at), open: true };
}

function readAnsiC(cursor: Cursor): Part {
  const body = /^\$'((?:[^'\\]|\\[\s\S])*)'/u.exec(cursor.text.slice(cursor.at));
  if (body === null) throw new Unparsed("a quote is not closed");
  cursor.at += body[0].length;
  const decoded = decodeAnsiC(body[1] ?? "");
  // bash ends the text at a NUL; what follows would be shown here and not run.
  return { text: decoded.split("\u0000")[0] ?? "", open: false };
}

/** Reads past `))`. The cursor stands behind `((`. */
export function readArithmetic(cursor: Cursor, inside: Substitutions): void {
  let depth = 0;
  while (!cursor.ended()) {
    const char = cursor.peek();
    if (char === ")" && depth === 0) {
      // `((a); b)` is a subshell in a subshell, which only bash itself tells apart for certain.
      if (cursor.peek(1) !== ")") throw new Unparsed("(( is not closed by ))");
      cursor.at += 2;
      return;
    }
    if (char === "(") depth += 1;
    if (char === ")") depth -= 1;
    if (char === "'") throw new Unreadable("a quote inside of arithmetic");
    skipPart(cursor, inside);
  }
  throw new Unparsed("(( is not closed");
}

function readParameter(cursor: Cursor, inside: Substitutions, quoted: boolean): void {
  const start = cursor.at;
  if (/[\s|]/u.test(cursor.peek(2))) throw new Unreadable("${ runs commands in some shells");
  cursor.at += 2;
  while (!cursor.ended()) {
    const char = cursor.peek();
    if (char === "}") {
      if (cursor.text.slice(start, cursor.at).endsWith("@P")) throw new Unreadable("${…@P} runs the commands in a variable");
      cursor.at += 1;
      return;
    }
    // Between double quotes it depends on the operator whether a single quote means anything.
    if (quoted && (char === "'" || cursor.startsWith("$'"))) throw new Unreadable("a quote inside of a quoted ${");
    skipPart(cursor, inside);
  }
  throw new Unparsed("${ is not closed");
}

/** One quoted part, expansion or character inside arithmetic or a parameter. */
function skipPart(cursor: Cursor, inside: Substitutions): void {
  if (!"\\'\"$`".includes(cursor.peek())) {
    cursor.at += 1;
    return;
  }
  const part = readQuoted(cursor, inside);
  if (!part.open && SUBSTITUTES.test(part.text)) inside.quoted(part.text);
}
