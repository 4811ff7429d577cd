// Matches a command line against policy's rules. Not a boundary, which is the sandbox's part: it decides when a person is
// asked, so that what could match a rule that asks or denies counts as matching, and an allow rule means plain words only.
import type { CommandRule } from "../policy/schema.js";
import { wildcard } from "../text/wildcard.js";
import { baseName, programsOf } from "./programs.js";
import type { Word } from "./shell-word.js";
import { EXACT_ONLY, NEVER_SAFE } from "./wrappers.js";

export interface CommandVerdict {
  readonly kind: "allow" | "ask" | "deny";
  readonly rule: string;
}

const CONFINED = "no rule: confined";
/** A line an allow rule may match: no quotes, expansions, operators, assignments, or letters that only look like ASCII. */
const PLAIN = /^[A-Za-z0-9_.+-][A-Za-z0-9_@%+:,.\/-]*(?: [A-Za-z0-9_@%+:,.\/=-]+)*$/u;

/**
 * Deny beats ask beats allow. Deny and ask rules match every program that the line names, anywhere; where a line cannot
 * be read with certainty, rules that deny or ask make it a question. What no rule matches runs, because it is confined.
 */
export function judgeCommand(rules: readonly CommandRule[], line: string): CommandVerdict {
  const strict = rules.filter((rule) => rule.decision !== "allow");
  if (strict.length > 0) {
    const { named, unknown } = programsOf(line);
    for (const decision of ["deny", "ask"] as const) {
      const rule = strict.find((candidate) => candidate.decision === decision && named.some((words) => couldMatch(candidate.match, words)));
      if (rule !== undefined) return { kind: decision, rule: nameOf(rule) };
    }
    if (unknown !== undefined) return { kind: "ask", rule: `vigil.policy.commands: this line cannot be checked with certainty (${unknown})` };
  }
  const allowed = rules.find((rule) => rule.decision === "allow" && plainlyMatches(rule.match, line));
  return { kind: "allow", rule: allowed === undefined ? CONFINED : nameOf(allowed) };
}

function nameOf(rule: CommandRule): string {
  return `vigil.policy.commands "${rule.match}": ${rule.decision}${rule.reason === undefined ? "" : ` (${rule.reason})`}`;
}

/**
 * Whether a named program could be what the pattern means. Pattern words are matched in order; options anywhere, in any
 * spelling; more words may follow. Words known only at run time match anything.
 */
export function couldMatch(pattern: string, words: readonly Word[]): boolean {
  const [program = "*", ...expected] = pattern.trim().split(/\s+/u);
  const [first, ...rest] = words;
  if (first === undefined) return false;
  // A folder can be spelled in many ways, so that a program named with one is met by its name alone.
  if (!wildcard(baseName(program), baseName(first.text))) return false;
  const args = readArguments(rest);
  const options = expected.filter((word) => word.startsWith("-") && word !== "-" && word !== "--");
  const operands = withoutTrailingStar(expected.filter((word) => !options.includes(word) && word !== "--"));
  const anything = rest.some((word) => word.kind === "open");
  return (anything || options.every((option) => args.options.some((given) => optionMatches(option, given, args.letters)))) && operandsMatch(operands, args.operands);
}

interface Operand {
  readonly word: Word;
  /** It may be the value of the option before it, and so no operand at all. */
  readonly skippable: boolean;
}

interface Arguments {
  readonly options: readonly string[];
  /** Letters of all options together, in lower case: `rm -r --force` and `rm -rf` are the same. */
  readonly letters: ReadonlySet<string>;
  readonly operands: readonly Operand[];
}

function readArguments(rest: readonly Word[]): Arguments {
  const options: string[] = [];
  const operands: Operand[] = [];
  let onlyOperands = false;
  let afterOption = false;
  for (const word of rest) {
    if (!onlyOperands && word.kind !== "open" && word.text.startsWith("-") && word.text.length > 1) {
      onlyOperands = word.text === "--";
      options.push(word.text);
      afterOption = !onlyOperands && !word.text.includes("=");
    } else {
      operands.push({ word, skippable: afterOption });
      afterOption = false;
    }
  }
  return { options, letters: new Set(options.flatMap(lettersOf)), operands };
}

function lettersOf(option: string): readonly string[] {
  if (/^-[A-Za-z0-9]+$/u.test(option)) return Array.from(option.slice(1).toLowerCase());
  return Object.keys(LONG).filter((letter) => option.length > 3 && LONG[letter]?.startsWith(option) === true);
}

/** Long names that programs commonly give their single letters. */
const LONG: Readonly<Record<string, string>> = { f: "--force", r: "--recursive", a: "--all", d: "--delete", y: "--yes", g: "--global", n: "--dry-run", o: "--output" };

function optionMatches(expected: string, given: string, letters: ReadonlySet<string>): boolean {
  if (wildcard(expected, given) || given.startsWith(`${expected}=`)) return true;
  if (expected.startsWith("--")) {
    const short = Object.keys(LONG).find((letter) => LONG[letter] === expected);
    return (short !== undefined && letters.has(short)) || (given.startsWith("--") && given.length > 3 && expected.startsWith(given));
  }
  if (!/^-[A-Za-z0-9]+$/u.test(expected)) return false;
  return Array.from(expected.slice(1).toLowerCase()).every((letter) => letters.has(letter));
}

function operandsMatch(expected: readonly string[], given: readonly Operand[]): boolean {
  const [want, ...wants] = expected;
  if (want === undefined) return true;
  const [next, ...others] = given;
  if (next === undefined) return false;
  if (next.word.kind === "open") return true;
  if ((next.word.kind === "glob" || wildcard(want, next.word.text)) && operandsMatch(wants, others)) return true;
  return next.skippable && operandsMatch(expected, others);
}

function withoutTrailingStar(words: readonly string[]): readonly string[] {
  return words.at(-1) === "*" ? withoutTrailingStar(words.slice(0, -1)) : words;
}

/** An allow rule's exact reading: the same words, a wildcard only for tame ones, a last `*` for any number of them. */
function plainlyMatches(pattern: string, line: string): boolean {
  if (!PLAIN.test(line)) return false;
  const [program = "", ...given] = line.split(" ");
  const [expectedProgram = "", ...expected] = pattern.trim().split(/\s+/u);
  if (program !== expectedProgram || NEVER_SAFE.has(baseName(program))) return false;
  const open = expected.at(-1) === "*";
  const fixed = open ? expected.slice(0, -1) : expected;
  if (EXACT_ONLY.has(baseName(program)) && (open || fixed.some((word) => word.includes("*") || word.includes("?")))) return false;
  if (open ? given.length < fixed.length : given.length !== fixed.length) return false;
  return given.every((word, n) => word === fixed[n] || (isTame(word) && (n >= fixed.length || wildcard(fixed[n] ?? "", word))));
}

/** No option, nothing outside the folder: what a wildcard in an allow rule was surely meant for. */
function isTame(word: string): boolean {
  return !word.startsWith("-") && !word.startsWith("/") && !word.includes("=") && !word.split("/").includes("..");
}
