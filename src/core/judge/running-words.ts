// Where among a program's words another program stands: behind a wrapper, an option, a subcommand. Tables say which
// programs do so; this file only looks for the places, and runs into none of them.
import type { Word } from "./shell-word.js";
import { EXEC_OPTIONS, INNER_SCRIPT, LOADERS, RUNNING_SUBCOMMANDS, SCRIPT_OPTIONS, WRAPPERS } from "./wrappers.js";

/** Programs whose one-letter options are commonly written together, so that the script's letter may come last. */
const CLUSTERS: ReadonlySet<string> = new Set(["env", "script", "su", "runuser", "sg", "flock", "npx", "rsync", "tar", "mapfile", "readarray", "entr"]);

/** Words that are a command line by themselves: `-S "…"`, `--exec=…`, the value of `-c key=value`. */
export function scriptOptions(name: string, rest: readonly Word[]): readonly Word[] {
  const options = SCRIPT_OPTIONS.get(name);
  if (options === undefined) return [];
  return rest.flatMap((word, n) => {
    const attached = options.map((option) => attachedTo(name, option, word.text, n)).find((text) => text !== undefined);
    if (attached === undefined) return [];
    const value = attached === "" ? rest[n + 1] : { ...word, text: attached };
    if (value === undefined) return [];
    // git takes settings that name programs (`alias.x=!…`), tar an action (`exec=…`).
    const inner = name === "git" || name === "tar" ? value.text.replace(/^[A-Za-z0-9_.-]+=!?/u, "") : value.text;
    return [{ ...value, text: inner }];
  });
}

/** What stands behind the option in its own word; empty where the next word is meant, undefined where it is another option. */
function attachedTo(name: string, option: string, word: string, n: number): string | undefined {
  if (word === option) return "";
  if (option.startsWith("--")) return word.startsWith(`${option}=`) ? word.slice(option.length + 1) : undefined;
  if (word.startsWith(option)) return word.slice(option.length).replace(/^=/u, "");
  if (!CLUSTERS.has(name)) return undefined;
  // tar's first word needs no dash.
  const letters = name === "tar" && n === 0 ? /^-?[A-Za-z]+$/u : /^-[A-Za-z]/u;
  const at = letters.test(word) && !word.startsWith("--") ? word.indexOf(option.slice(1)) : -1;
  return at === -1 ? undefined : word.slice(at + 1);
}

/** Words that may be a command line, and are none as often: they are looked into, and raise no doubt. */
export function possibleScripts(name: string, rest: readonly Word[]): readonly Word[] {
  const subcommands = INNER_SCRIPT.get(name);
  if (subcommands === undefined) return [];
  const at = subcommands.length === 0 ? -1 : rest.findIndex((word) => subcommands.includes(word.text));
  if (at === -1 && subcommands.length > 0) return [];
  return rest.slice(at + 1).map((word) => ({ ...word, text: word.text.replace(/^!/u, "") }));
}

export function execOptions(name: string, rest: readonly Word[], most: number): readonly (readonly Word[])[] {
  const options = EXEC_OPTIONS.get(name);
  if (options === undefined) return [];
  return rest.flatMap((word, n) => (options.includes(word.text) ? [n] : [])).slice(0, most).map((n) => {
    const after = rest.slice(n + 1);
    const end = after.findIndex((candidate) => candidate.text === ";" || candidate.text === "+");
    return filledIn(end === -1 ? after : after.slice(0, end), ["{}"]);
  });
}

/** The words as somebody fills them in who puts a text of his own where `marks` stand: those can be anything. */
export function filledIn(words: readonly Word[], marks: readonly string[]): readonly Word[] {
  return words.map((word) => (marks.some((mark) => word.text.includes(mark)) ? { ...word, kind: "open" as const } : word));
}

/** What xargs and parallel replace in the command: `{}`, and whatever -I, -i or --replace names. */
export function replacementMarks(rest: readonly Word[]): readonly string[] {
  const named = rest.flatMap((word, n) => {
    const [, attached] = /^(?:-[A-Za-z0-9]*[IiJU]|--replace=?)(.*)$/su.exec(word.text) ?? [];
    return attached === undefined ? [] : [attached, rest[n + 1]?.text ?? ""];
  });
  return ["{}", ...named.filter((mark) => mark !== "")];
}

export interface Inner {
  readonly from: number;
  /** Words before the inner command that are not options. */
  readonly operands: number;
}

/** Where the inner command of a wrapper may begin; undefined where this program runs none. */
export function innerStart(name: string, rest: readonly Word[]): Inner | undefined {
  if (name === "command" && /^-[A-Za-z]*[vV]/u.test(rest[0]?.text ?? "")) return undefined;
  const operands = WRAPPERS.get(name) ?? (LOADERS.test(name) ? 0 : undefined);
  if (operands !== undefined) return { from: 0, operands };
  const running = RUNNING_SUBCOMMANDS.get(name);
  if (running === undefined) return undefined;
  const at = rest.findIndex((word) => running.words.includes(word.text));
  return at === -1 || (name === "git" && rest[at - 1]?.text !== "bisect") ? undefined : { from: at + 1, operands: running.operands };
}

/**
 * Positions at which the inner command may stand. Whether a word after an option is its value cannot be known for every
 * program, so both readings count; the first word that can be neither option, value nor operand ends the search.
 */
export function candidates(rest: readonly Word[], { from, operands }: Inner, doubt: (why: string) => void): readonly number[] {
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
    } else if (!word.text.includes("=")) {
      // With that sign in it env would take any text for an assignment.
      positions.push(n);
      if (!afterOption) plain += 1;
    }
    afterOption = false;
  }
  return positions;
}
