// The help texts, made from the table of verbs. They teach by example; nothing is listed here that the table lacks.
import { wrap } from "../core/run/wrap.js";
import { GLOBAL_OPTIONS } from "./parse.js";
import { GROUPS, type Options, type Verb } from "./verb.js";

export const EXIT_CODES = [
  "0  the run ended: ready to review, landed, or with proposals",
  "1  it failed",
  "2  the command cannot be right as it was written",
  "3  a goal that was required has been abandoned",
  "4  stopped, paused, or waiting for a person",
] as const;

const INTRODUCTION =
  "Vigil hands a coding agent hours of work, and lets you answer for the result. A run works in a worktree of its own, behind the walls of its stage; every change belongs to a decision with a reason; nothing reaches a branch before it was accepted.";

const FIRST_STEPS: readonly (readonly [string, string])[] = [
  ["vigil rehearse", "see a whole run, no model key needed"],
  ['vigil run "Fix the flaky date test"', "start a run here and follow it"],
  ["vigil show last", "how it stands, and what waits for you"],
  ["vigil review last", "what it did and why; then --accept, --reject"],
  ["vigil land last", "put what was accepted on a new branch"],
];

/** A line that is longer than this is no pleasure to read, however wide the terminal. */
const WIDEST = 100;

export function helpWidth(screen: { readonly columns: number }): number {
  return Math.min(screen.columns, WIDEST);
}

/** What stands on the screen of somebody who typed just `vigil`: enough to begin. */
export function welcome(verbs: readonly Verb[], width: number): string {
  const groups = GROUPS.map((group) => [`${capital(group)}:`.padEnd(18), verbs.filter((verb) => verb.group === group).map((verb) => verb.name).join(", ")].join(""));
  return [...opening(width), groups.map((line) => `  ${line}`).join("\n"), "All of it: vigil help   One verb: vigil help VERB"].join("\n\n");
}

export function overview(verbs: readonly Verb[], width: number): string {
  const groups = GROUPS.map((group) => {
    const rows = verbs.filter((verb) => verb.group === group).flatMap((verb) => row(verb.usage, verb.about, 30, width));
    return [capital(group), ...rows].join("\n");
  });
  return [
    ...opening(width),
    ...groups,
    ["With every verb", ...optionRows(GLOBAL_OPTIONS, width)].join("\n"),
    wrap("RUN is a run's id, a part of its beginning or end that only one run has, or \"last\".", width).join("\n"),
    ["Exit codes", ...EXIT_CODES.map((line) => `  ${line}`)].join("\n"),
    "More about one verb: vigil help VERB",
  ].join("\n\n");
}

export function helpFor(verb: Verb, width: number): string {
  const parts = [`vigil ${verb.usage}\n\n${verb.about}.`];
  if (verb.detail !== undefined) parts.push(...paragraphs(verb.detail, width));
  if (Object.keys(verb.options).length > 0) parts.push(["Options", ...optionRows(verb.options, width)].join("\n"));
  parts.push(["With every verb", ...optionRows(GLOBAL_OPTIONS, width)].join("\n"));
  parts.push(["Examples", ...verb.examples.flatMap(([line, meaning]) => row(line, meaning, 46, width))].join("\n"));
  return parts.join("\n\n");
}

function opening(width: number): string[] {
  return [wrap(INTRODUCTION, width).join("\n"), FIRST_STEPS.flatMap(([line, meaning]) => row(line, meaning, 40, width)).join("\n")];
}

/** In the sources a paragraph is broken for its reader there; here for this one. */
function paragraphs(text: string, width: number): string[] {
  return text.split("\n\n").map((paragraph) => wrap(paragraph.replaceAll("\n", " "), width).join("\n"));
}

function optionRows(options: Options, width: number): string[] {
  return Object.entries(options).flatMap(([name, option]) => row(`--${name}${option.value === undefined ? "" : ` ${option.value}`}`, option.about, 24, width));
}

/** Two columns, the right one wrapped; a left side that is too long gets a line of its own. */
function row(left: string, right: string, at: number, width: number): string[] {
  const [first = "", ...rest] = wrap(right, Math.max(width, at + 30), " ".repeat(at));
  return left.length > at - 4 ? [`  ${left}`, first, ...rest] : [`  ${left}`.padEnd(at) + first.trimStart(), ...rest];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
