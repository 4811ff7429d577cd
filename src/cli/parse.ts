// Reads a command line into a verb and its values. It never guesses: what it does not know is named, with the nearest
// thing that it does know.
import { parseArgs } from "node:util";
import { HumanError } from "../core/error.js";
import { closest } from "./closest.js";
import type { Options, ValuesOf, Verb } from "./verb.js";

export const GLOBAL_OPTIONS = {
  repo: { value: "DIR", about: "The repository, instead of the current folder" },
  json: { about: "stdout holds JSON and nothing else; an error is {\"error\": …, \"exit\": …}" },
  help: { about: "How to use a verb" },
  version: { about: "The version of this program" },
} as const satisfies Options;

export interface Parsed {
  readonly verb: Verb | undefined;
  readonly args: readonly string[];
  readonly values: ValuesOf<Options>;
  readonly global: { readonly repo: string | undefined; readonly json: boolean; readonly help: boolean; readonly version: boolean };
}

/** Throws HumanError (exit 2) on an unknown verb or option, a missing value, or too few or many arguments. */
export function parse(argv: readonly string[], verbs: readonly Verb[]): Parsed {
  const at = verbPosition(argv);
  const name = argv[at];
  const verb = name === undefined ? undefined : verbs.find((one) => one.name === name);
  if (name !== undefined && verb === undefined) throw unknownVerb(name, verbs);
  const rest = [...argv.slice(0, at), ...argv.slice(at + 1)];
  const known: Options = { ...verb?.options, ...GLOBAL_OPTIONS };
  const { values, args } = read(rest, known, verb);
  const global = {
    repo: typeof values["repo"] === "string" ? values["repo"] : undefined,
    json: values["json"] === true,
    help: values["help"] === true,
    version: values["version"] === true,
  };
  if (verb !== undefined && !global.help) countArguments(verb, args);
  // Each value is of the kind that its option's entry names: `read` made sure of it.
  return { verb, args, values: values as ValuesOf<Options>, global };
}

/** True when the line asks for JSON, even where the rest of it is wrong: an error must then be JSON too. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).includes("--json");
}

/** The first word that is neither an option nor the value of a global one. */
function verbPosition(argv: readonly string[]): number {
  let at = 0;
  while (at < argv.length && argv[at]?.startsWith("-") === true && argv[at] !== "--") at += argv[at] === "--repo" ? 2 : 1;
  return Math.min(at, argv.length);
}

function read(rest: readonly string[], known: Options, verb: Verb | undefined) {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, option]) => [name, { type: option.value === undefined ? ("boolean" as const) : ("string" as const) }]),
  );
  const { tokens } = parseArgs({
    args: [...rest],
    options: { ...options, h: { type: "boolean" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const args: string[] = [];
  const values: Record<string, string | boolean | undefined> = {};
  for (const [name, option] of Object.entries(known)) values[name] = option.value === undefined ? false : undefined;
  for (const token of tokens) {
    if (token.kind === "positional") args.push(token.value);
    if (token.kind !== "option") continue;
    const name = token.rawName === "-h" ? "help" : token.name;
    const option = token.rawName.startsWith("--") || name === "help" ? known[name] : undefined;
    if (option === undefined) throw unknownOption(token.rawName, known, verb);
    values[name] = valueOf(name, option.value, token.value, token.inlineValue === true);
  }
  return { args, values };
}

function valueOf(name: string, placeholder: string | undefined, value: string | undefined, joined: boolean): string | boolean {
  if (placeholder === undefined) {
    if (value !== undefined) throw new HumanError(`--${name} takes no value: write just --${name}.`, 2);
    return true;
  }
  // What follows with a dash of its own is the next option, and taking it for a value would hide both.
  const missing = value === undefined || value === "" || (!joined && value.startsWith("-"));
  if (missing) throw new HumanError(`--${name} needs a value: --${name} ${placeholder}.${value?.startsWith("-") === true ? ` A value that begins with a dash is joined to it: --${name}=${value}.` : ""}`, 2);
  return value;
}

function unknownVerb(name: string, verbs: readonly Verb[]): HumanError {
  const near = closest(name, verbs.map((verb) => verb.name));
  const hint = near === undefined ? "" : ` Did you mean "vigil ${near}"?`;
  const task = /\s/.test(name) ? ` To start a run with this task: vigil run "${name.slice(0, 60)}".` : "";
  return new HumanError(`There is no verb "${name.slice(0, 60)}".${hint}${task} "vigil help" lists the verbs.`, 2);
}

function unknownOption(raw: string, known: Options, verb: Verb | undefined): HumanError {
  const near = closest(raw.replace(/^-+/, ""), Object.keys(known));
  const hint = near === undefined ? "" : ` Did you mean --${near}?`;
  const where = verb === undefined ? "vigil" : `vigil ${verb.name}`;
  return new HumanError(`${where} has no option ${raw}.${hint} "vigil help${verb === undefined ? "" : ` ${verb.name}`}" lists the options; a text that begins with a dash goes after "--".`, 2);
}

function countArguments(verb: Verb, args: readonly string[]): void {
  if (args.length < verb.least) throw new HumanError(`Something is missing: vigil ${verb.usage}.${verb.usage.includes(" RUN") ? ' RUN is a run\'s id, a part of it, or "last".' : ""} "vigil help ${verb.name}" explains it.`, 2);
  if (args.length <= verb.most) return;
  const quote = verb.name === "run" || verb.name === "steer" ? " Put the text in quotes." : "";
  throw new HumanError(`That is more than "vigil ${verb.name}" takes ("${args[verb.most] ?? ""}"): vigil ${verb.usage}.${quote}`, 2);
}
