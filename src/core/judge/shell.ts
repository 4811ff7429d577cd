// Reads a bash line well enough to name every simple command in it. Anything it does not fully understand makes the whole
// line "unparsed"; it never guesses, never throws, and never runs anything.
import { isAssignment } from "./assignment.js";
import { heredocOf, readHeredoc, type Heredoc } from "./heredoc.js";
import { goesOn, type Compound } from "./reserved.js";
import { skipBlanks, skipLines } from "./shell-space.js";
import { Cursor, readArithmetic, readExpansions, readWord, Unparsed, Unreadable, type Substitutions, type Word } from "./shell-word.js";

/** `commands` are the words of every simple command found: in order, also those inside substitutions and functions. */
export interface ParsedShell {
  readonly commands: readonly (readonly Word[])[];
  /** Every assignment before or instead of a command, as one word: `NAME=value`. */
  readonly assignments: readonly Word[];
  /** Why the line was not understood to its end; undefined where it was. */
  readonly unparsed: string | undefined;
}

const LONGEST = 65_536;
const DEEPEST = 40;
const REDIRECTS = ["&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"] as const;

export function parseShell(line: string): ParsedShell {
  if (line.length > LONGEST) return { commands: [], assignments: [], unparsed: "it is too long" };
  const parser = new Parser();
  const { commands, assignments } = parser;
  try {
    // bash drops these from what it reads, so that they can take a name apart for everybody else.
    parser.text(line.replaceAll("\0", ""));
    return { commands, assignments, unparsed: undefined };
  } catch (error) {
    if (error instanceof Unparsed) return { commands, assignments, unparsed: error.message };
    throw error;
  }
}

class Parser implements Substitutions {
  readonly commands: (readonly Word[])[] = [];
  readonly assignments: Word[] = [];
  private heredocs: Heredoc[] = [];
  private depth = 0;

  text(script: string): void {
    this.nested(() => {
      this.commandsUntil(new Cursor(script), undefined);
      return script;
    });
  }

  list(cursor: Cursor): void {
    if (cursor.startsWith("\\\n")) throw new Unreadable("a line is continued inside of an expansion");
    const start = cursor.at;
    this.nested(() => {
      this.commandsUntil(cursor, ")");
      return cursor.text.slice(start, cursor.at);
    });
  }

  quoted(text: string): void {
    const [before, depth] = [this.heredocs, this.depth];
    try {
      readExpansions(new Cursor(text), this);
    } catch (error) {
      // Most quoted text is no script at all; what was found in it up to here still counts.
      if (!(error instanceof Unparsed) || error instanceof Unreadable) throw error;
      [this.heredocs, this.depth] = [before, depth];
    }
  }

  /** A script inside a script. What it says of here-documents must not reach the lines around it. */
  private nested(read: () => string): void {
    const outer = this.heredocs;
    this.heredocs = [];
    const script = this.deeper(read);
    if (this.heredocs.length > 0 || (outer.length > 0 && script.includes("\n"))) throw new Unreadable("a here-document and an expansion overlap");
    this.heredocs = outer;
  }

  private deeper<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new Unreadable("it nests too deeply");
    const result = read();
    this.depth -= 1;
    return result;
  }

  private commandsUntil(cursor: Cursor, close: ")" | undefined): void {
    const open: Compound[] = [];
    // After a compound command only a redirect, a separator or a reserved word may follow.
    let closed = false;
    // Behind a redirect no word is reserved any more.
    let redirected = false;
    for (;;) {
      skipBlanks(cursor);
      if (cursor.ended()) {
        if (close !== undefined || open.length > 0) throw new Unparsed("it ends in the middle");
        return;
      }
      const char = cursor.peek();
      if (char === ")") {
        if (close === undefined || open.length > 0) throw new Unparsed("a parenthesis is closed that was not opened");
        cursor.at += 1;
        return;
      }
      if (char === "\n") {
        cursor.at += 1;
        this.readHeredocs(cursor);
        closed = false;
      } else if (cursor.startsWith(";;") || cursor.startsWith(";&")) {
        if (open.at(-1) !== "case") throw new Unparsed(";; outside of case");
        cursor.at += cursor.startsWith(";;&") ? 3 : 2;
        closed = this.readPatterns(cursor, open);
      } else if (this.readRedirect(cursor)) {
        redirected = true;
        continue;
      } else if (char === ";" || char === "&" || char === "|") {
        cursor.at += cursor.startsWith("&&") || cursor.startsWith("||") || cursor.startsWith("|&") ? 2 : 1;
        closed = false;
      } else if (char === "(") {
        if (closed) throw new Unparsed("a parenthesis in the wrong place");
        cursor.at += 1;
        if (cursor.peek() === "(") {
          cursor.at += 1;
          readArithmetic(cursor, this);
        } else this.deeper(() => this.commandsUntil(cursor, ")"));
        closed = true;
      } else closed = this.readCommand(cursor, open, closed, redirected);
      redirected = false;
    }
  }

  /** One simple command, or one reserved word. True where a compound command ended with it. */
  private readCommand(cursor: Cursor, open: Compound[], closed: boolean, redirected: boolean): boolean {
    const first = this.word(cursor);
    const reserved = !redirected && first.kind !== "open" && first.bare === first.text.length ? first.text : "";
    const compound = this.readReserved(reserved, cursor, open);
    if (compound !== undefined) return compound === "closed";
    if (closed) throw new Unparsed("a word in the wrong place");
    const words: Word[] = [];
    let word: Word | undefined = first;
    while (word !== undefined) {
      if (words.length === 0 && isAssignment(word)) {
        this.assignments.push(word);
        this.readArray(cursor, word);
      } else if (!(isRedirectNumber(word) && this.readRedirect(cursor))) words.push(word);
      skipBlanks(cursor);
      while (this.readRedirect(cursor)) skipBlanks(cursor);
      if (cursor.peek() === "(" && words.length === 1 && words[0] === first) {
        cursor.at += 1;
        skipBlanks(cursor);
        if (cursor.peek() !== ")") throw new Unparsed("a parenthesis in the wrong place");
        cursor.at += 1;
        return false;
      }
      if (cursor.peek() === "(") throw new Unparsed("a parenthesis in the wrong place");
      word = cursor.ended() || "\n;&|)".includes(cursor.peek()) ? undefined : this.word(cursor);
    }
    if (words.length > 0) this.commands.push(words);
    return false;
  }

  /** `open`: the next thing is a command again. `closed`: a compound command ended. Undefined: no reserved word. */
  private readReserved(word: string, cursor: Cursor, open: Compound[]): "open" | "closed" | undefined {
    const going = goesOn(word, open);
    if (going !== undefined) return going;
    switch (word) {
      case "coproc":
        // A name may stand before a compound command, and only there.
        cursor.at += /^[ \t]+[A-Za-z_][A-Za-z0-9_]*(?=[ \t]+(?:\{|\(|\[\[|(?:if|while|until|for|case|select)[ \t]))/u.exec(cursor.text.slice(cursor.at))?.[0].length ?? 0;
        return "open";
      case "!":
        return "open";
      case "time":
        skipBlanks(cursor);
        cursor.at += /^(?:-p[ \t]+)?(?:--(?=[ \t]))?/u.exec(cursor.text.slice(cursor.at))?.[0].length ?? 0;
        return "open";
      case "if":
      case "while":
      case "until":
      case "{":
        open.push(word);
        return "open";
      case "for":
      case "select":
        this.readFor(cursor);
        open.push("for");
        return "open";
      case "case":
        this.word(cursor);
        this.expect(cursor, "in");
        open.push("case");
        return this.readPatterns(cursor, open) ? "closed" : "open";
      case "function":
        this.word(cursor);
        skipBlanks(cursor);
        if (/^\([ \t]*\)/u.test(cursor.text.slice(cursor.at))) cursor.at = cursor.text.indexOf(")", cursor.at) + 1;
        return "open";
      case "[[":
        this.readTest(cursor);
        return "closed";
      default:
        return undefined;
    }
  }

  private readFor(cursor: Cursor): void {
    skipBlanks(cursor);
    if (cursor.startsWith("((")) {
      cursor.at += 2;
      readArithmetic(cursor, this);
      return;
    }
    this.word(cursor);
    const before = cursor.at;
    skipLines(cursor);
    if (cursor.ended() || ";&|()<>".includes(cursor.peek())) return;
    const next = this.word(cursor);
    if (next.text !== "in" || next.bare !== 2) {
      cursor.at = before;
      return;
    }
    for (skipBlanks(cursor); !cursor.ended() && !"\n;".includes(cursor.peek()); skipBlanks(cursor)) this.word(cursor);
  }

  /** The patterns of one branch of a case, or its end, which is true. */
  private readPatterns(cursor: Cursor, open: Compound[]): boolean {
    skipLines(cursor);
    if (cursor.peek() === "(") cursor.at += 1;
    for (;;) {
      skipBlanks(cursor);
      const pattern = this.word(cursor);
      if (pattern.text === "esac" && pattern.bare === 4) {
        open.pop();
        return true;
      }
      skipBlanks(cursor);
      const next = cursor.peek();
      if (next !== "|" && next !== ")") throw new Unparsed("a case without a pattern");
      cursor.at += 1;
      if (next === ")") return false;
    }
  }

  private readTest(cursor: Cursor): void {
    for (;;) {
      skipLines(cursor);
      if (cursor.ended() || cursor.peek() === ";") throw new Unparsed("[[ is not closed");
      if ("&|()<>".includes(cursor.peek()) && !/^[<>]\(/u.test(cursor.text.slice(cursor.at, cursor.at + 2))) {
        cursor.at += 1;
        continue;
      }
      const word = this.word(cursor);
      if (word.text === "]]" && word.bare === 2) return;
    }
  }

  private readArray(cursor: Cursor, word: Word): void {
    if (cursor.peek() !== "(" || !word.text.endsWith("=")) return;
    cursor.at += 1;
    for (skipLines(cursor); cursor.peek() !== ")"; skipLines(cursor)) this.word(cursor);
    cursor.at += 1;
  }

  /** Reads a redirect that begins here; false where none does. */
  private readRedirect(cursor: Cursor): boolean {
    const operator = REDIRECTS.find((candidate) => cursor.startsWith(candidate));
    if (operator === undefined || /^[<>]\(/u.test(cursor.text.slice(cursor.at, cursor.at + 2))) return false;
    cursor.at += operator.length;
    if (cursor.startsWith("\\\n")) throw new Unreadable("a line is continued inside of an operator");
    skipBlanks(cursor);
    const target = this.word(cursor);
    if (operator === "<<" || operator === "<<-") this.heredocs.push(heredocOf(operator, target));
    return true;
  }

  private readHeredocs(cursor: Cursor): void {
    const pending = this.heredocs;
    this.heredocs = [];
    for (const heredoc of pending) readHeredoc(cursor, heredoc, this);
  }

  private expect(cursor: Cursor, text: string): void {
    skipLines(cursor);
    if (this.word(cursor).text !== text) throw new Unparsed(`${text} is missing`);
  }

  private word(cursor: Cursor): Word {
    skipBlanks(cursor);
    const before = cursor.at;
    const word = readWord(cursor, this);
    if (cursor.at === before) throw new Unparsed("a word is missing");
    return word;
  }
}

/** `2>file`, `{fd}>file`: the number is no argument. The redirect must follow at once, which the caller tries. */
function isRedirectNumber(word: Word): boolean {
  return word.bare === word.text.length && /^(?:[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})$/u.test(word.text);
}
