// Every program that a bash line names, also behind wrappers, shells and options that run another program. What cannot be
// named is said, so that the caller can assume the worst.
import { parseShell } from "./shell.js";
import type { Word } from "./shell-word.js";
import { ADDS_ARGUMENTS, EXEC_OPTIONS, JOINING, RUNNING_SUBCOMMANDS, SCRIPT_OPTIONS, SHELLS, WRAPPERS } from "./wrappers.js";

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

  function script(text: string, depth: number): void {
    read += text.length;
    if (depth > DEEPEST || read > READ) return doubt("it nests too deeply");
    const shell = parseShell(text);
    if (shell.unparsed !== undefined) doubt(shell.unparsed);
    for (const words of shell.commands) command(words, depth);
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
    const name = baseName(program.text);
    if (SHELLS.has(name)) return shell(rest, depth);
    if (JOINING.has(name)) joined(name, rest, depth);
    for (const inner of scriptOptions(name, rest)) scriptWord(inner, depth);
    const executed = execOptions(name, rest);
    if (executed.length > MOST_EXEC) doubt("it runs too many programs at once");
    for (const inner of executed) command(inner, depth + 1);
    const from = innerStart(name, rest);
    if (from === undefined) return;
    for (const at of candidates(rest, from, WRAPPERS.get(name) ?? 0, doubt)) {
      const inner = rest.slice(at).map((word) => (word.text.includes("{}") ? { ...word, kind: "open" as const } : word));
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
        if (/^[-+][A-Za-z]*[oO]$/u.test(word.text) || word.text === "--rcfile" || word.text === "--init-file") n += 1;
      } else if (word.text !== "--") {
        if (takesScript) return scriptWord(word, depth);
        if (word.kind !== "fixed") doubt("it runs a script whose name is put together at run time");
        return;
      }
    }
    doubt("a shell reads its commands from its input");
  }

  function joined(name: string, rest: readonly Word[], depth: number): void {
    if (rest.some((word) => word.kind === "open") && name !== "alias" && name !== "trap") doubt("it runs a text that is put together at run time");
    if (name === "alias") for (const word of rest) scriptWord({ ...word, text: word.text.slice(word.text.indexOf("=") + 1) }, depth);
    else if (name === "trap") for (const word of rest.slice(0, 2)) scriptWord(word, depth);
    else if (name === "eval") script(rest.map((word) => word.text).join(" "), depth + 1);
    else for (let n = 0; n < Math.min(rest.length, 4); n += 1) script(rest.slice(n).map((word) => word.text).join(" "), depth + 1);
  }

  script(line, 0);
  return found;
}

/** Words that are a command line by themselves: `-S "…"`, `--exec=…`, the value of `-c key=value`. */
function scriptOptions(name: string, rest: readonly Word[]): readonly Word[] {
  const options = SCRIPT_OPTIONS.get(name);
  if (options === undefined) return [];
  return rest.flatMap((word, n) => {
    const option = options.find((candidate) => word.text === candidate || word.text.startsWith(`${candidate}=`) || (/^-[A-Za-z]$/u.test(candidate) && word.text.startsWith(candidate) && !word.text.startsWith("--")));
    if (option === undefined) return [];
    const attached = word.text.slice(option.length).replace(/^=/u, "");
    const value = attached === "" ? rest[n + 1] : { ...word, text: attached };
    if (value === undefined) return [];
    // git takes settings that name programs (`alias.x=!…`), tar an action (`exec=…`).
    const inner = name === "git" || name === "tar" ? value.text.replace(/^[A-Za-z0-9_.-]+=!?/u, "") : value.text;
    return [{ ...value, text: inner }];
  });
}

function execOptions(name: string, rest: readonly Word[]): readonly (readonly Word[])[] {
  const options = EXEC_OPTIONS.get(name);
  if (options === undefined) return [];
  return rest.flatMap((word, n) => (options.includes(word.text) ? [n] : [])).slice(0, MOST_EXEC + 1).map((n) => {
    const after = rest.slice(n + 1);
    const end = after.findIndex((candidate) => candidate.text === ";" || candidate.text === "+");
    const inner = end === -1 ? after : after.slice(0, end);
    // The file names that are put in can be anything.
    return inner.map((candidate) => (candidate.text.includes("{}") ? { ...candidate, kind: "open" as const } : candidate));
  });
}

/** Where the inner command of a wrapper may begin; undefined where this program runs none. */
function innerStart(name: string, rest: readonly Word[]): number | undefined {
  if (name === "command" && /^-[A-Za-z]*[vV]/u.test(rest[0]?.text ?? "")) return undefined;
  if (WRAPPERS.has(name)) return 0;
  const subcommands = RUNNING_SUBCOMMANDS.get(name);
  if (subcommands === undefined) return undefined;
  const at = rest.findIndex((word) => subcommands.includes(word.text));
  return at === -1 || (name === "git" && rest[at - 1]?.text !== "bisect") ? undefined : at + 1;
}

/**
 * Positions at which the inner command may stand. Whether a word after an option is its value cannot be known for every
 * program, so both readings count; the first word that can be neither option, value nor operand ends the search.
 */
function candidates(rest: readonly Word[], from: number, operands: number, doubt: (why: string) => void): readonly number[] {
  const positions: number[] = [];
  let plain = 0;
  let afterOption = false;
  for (let n = from; n < rest.length && plain <= operands; n += 1) {
    const word = rest[n];
    if (word === undefined) break;
    if (word.kind !== "fixed") {
      doubt("what a wrapper runs is put together at run time");
    } else if (word.text.startsWith("-")) {
      afterOption = word.text !== "--" && !word.text.includes("=");
      continue;
    } else if (!/^[A-Za-z_][A-Za-z0-9_]*=/u.test(word.text)) {
      positions.push(n);
      if (!afterOption) plain += 1;
    }
    afterOption = false;
  }
  return positions;
}
