// Every program that a bash line names, also behind wrappers, shells and options that run another program. What cannot be
// named is said, so that the caller can assume the worst.
import { assigned } from "./assignment.js";
import { candidates, execOptions, filledIn, innerStart, possibleScripts, replacementMarks, scriptOptions } from "./running-words.js";
import { parseShell } from "./shell.js";
import type { Word } from "./shell-word.js";
import { ADDS_ARGUMENTS, JOINING, SHELLS } from "./wrappers.js";

export interface Programs {
  /** Each with its arguments; the first word is fixed. A wrapper and what it runs are both listed. */
  readonly named: readonly (readonly Word[])[];
  /** Why more may run than is named; undefined where everything is named. */
  readonly unknown: string | undefined;
}

/** The program's name without its folder, in lower case, because some file systems take any case. */
export function baseName(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1).toLowerCase();
}

const DEEPEST = 8;
const MOST = 400;
const MOST_EXEC = 16;
/** Characters that one line may make the judge read again, as scripts inside scripts. A model must not stall its judge. */
const READ = 300_000;
const ANYTHING: Word = { text: "", kind: "open", bare: 0 };

export function programsOf(line: string): Programs {
  const found: { named: (readonly Word[])[]; unknown: string | undefined } = { named: [], unknown: undefined };
  const doubt = (why: string) => {
    found.unknown ??= why;
  };

  let read = 0;

  function script(text: string, depth: number, certain = true): void {
    read += text.length;
    if (depth > DEEPEST || read > READ) return doubt("it nests too deeply");
    const shell = parseShell(text);
    if (shell.unparsed !== undefined && certain) doubt(shell.unparsed);
    for (const word of shell.assignments) assignment(word, depth);
    for (const words of shell.commands) command(words, depth);
  }

  function assignment(word: Word, depth: number): void {
    const meant = assigned(word);
    if (meant?.kind === "unknown") doubt(`${meant.name} decides what runs`);
    else if (meant !== undefined) scriptWord(meant.value, depth);
  }

  function scriptWord(word: Word, depth: number): void {
    if (word.kind !== "fixed") doubt("it runs a text that is put together at run time");
    script(word.text, depth + 1);
  }

  function command(words: readonly Word[], depth: number): void {
    const [program, ...rest] = words;
    if (program === undefined || (program.kind === "fixed" && program.text === "")) return;
    if (program.kind !== "fixed") return doubt("the name of a program is put together at run time");
    read += 8 * words.length;
    if (depth > DEEPEST || read > READ || found.named.length >= MOST) return doubt("it nests too deeply");
    found.named.push(words);
    // The running shell itself, or what somebody wrote into a descriptor.
    if (/^\/(?:proc|dev)\//u.test(program.text)) doubt("a program is named by a place that the kernel makes up");
    const name = baseName(program.text);
    for (const word of rest) assignment(word, depth);
    if (SHELLS.has(name)) return shell(rest, depth);
    if (name === "." || name === "source") return scriptFile(rest, depth);
    if (name === "hash" && rest.some((word) => /^-[A-Za-z]*p/u.test(word.text))) doubt("a program is given another name");
    if (JOINING.has(name)) joined(name, rest, depth);
    for (const inner of scriptOptions(name, rest)) {
      // env has escapes and variables of its own in there.
      if (name === "env" && /[\\$]/u.test(inner.text)) doubt("env puts a command line together");
      scriptWord(inner, depth);
    }
    for (const inner of possibleScripts(name, rest)) script(inner.text, depth + 1, false);
    const executed = execOptions(name, rest, MOST_EXEC + 1);
    if (executed.length > MOST_EXEC) doubt("it runs too many programs at once");
    for (const inner of executed) command(inner, depth + 1);
    wrapped(name, rest, depth);
  }

  function wrapped(name: string, rest: readonly Word[], depth: number): void {
    const from = innerStart(name, rest);
    if (from === undefined) return;
    const positions = candidates(rest, from, doubt);
    // parallel alone takes whole command lines from its input.
    if (positions.length === 0 && name === "parallel") doubt("it reads its commands from its input");
    const marks = replacementMarks(rest);
    for (const at of positions) {
      const inner = filledIn(rest.slice(at), ADDS_ARGUMENTS.has(name) ? marks : ["{}"]);
      command(ADDS_ARGUMENTS.has(name) ? [...inner, ANYTHING] : inner, depth + 1);
    }
  }

  function shell(rest: readonly Word[], depth: number): void {
    let takesScript = false;
    for (let n = 0; n < rest.length; n += 1) {
      const word = rest[n];
      if (word === undefined) break;
      if (/^[-+]/u.test(word.text) && word.kind === "fixed" && word.text !== "--") {
        if (/^-[A-Za-z]*c/u.test(word.text) || word.text === "--command") takesScript = true;
        const [, attached] = /^--command=(.*)$/su.exec(word.text) ?? [];
        if (attached !== undefined) return scriptWord({ ...word, text: attached }, depth);
        if (word.text === "--rcfile" || word.text === "--init-file") doubt("a shell reads a file of commands first");
        // Each o or O in it takes a word of its own.
        if (/^[-+][A-Za-z]+$/u.test(word.text)) n += word.text.replace(/[^oO]/gu, "").length;
      } else if (word.text !== "--") {
        return takesScript ? scriptWord(word, depth) : scriptFile(rest.slice(n), depth);
      }
    }
    doubt("a shell reads its commands from its input");
  }

  /** A file of commands with its arguments; the file counts as the program that it is. */
  function scriptFile(words: readonly Word[], depth: number): void {
    const [file] = words;
    if (file === undefined) return;
    if (file.kind !== "fixed") doubt("it runs a script whose name is put together at run time");
    command(words, depth + 1);
  }

  function joined(name: string, rest: readonly Word[], depth: number): void {
    if (rest.some((word) => word.kind === "open") && name !== "alias" && name !== "trap") doubt("it runs a text that is put together at run time");
    const words = rest[0]?.text === "--" ? rest.slice(1) : rest;
    // What will stand behind an alias belongs to its last command.
    if (name === "alias") for (const word of words) scriptWord({ ...word, text: `${word.text.slice(word.text.indexOf("=") + 1)} "$@"` }, depth);
    else if (name === "trap") for (const word of words.slice(0, 2)) scriptWord(word, depth);
    else if (name === "eval") script(words.map((word) => word.text).join(" "), depth + 1);
    else for (let n = 0; n < Math.min(words.length, 4); n += 1) script(words.slice(n).map((word) => word.text).join(" "), depth + 1);
  }

  script(line, 0);
  return found;
}
