// The help texts, made from the table of verbs. They teach by example; nothing is listed here that the table lacks.
import { GLOBAL_OPTIONS } from "./parse.js";
import { GROUPS, type Options, type Verb } from "./verb.js";

export const EXIT_CODES = [
  "0  the run ended: ready to review, landed, or with proposals",
  "1  it failed",
  "2  the command cannot be right as it was written",
  "3  a goal that was required has been abandoned",
  "4  stopped, paused, or waiting for a person",
] as const;

const INTRODUCTION = `Vigil hands a coding agent hours of work, and lets you answer for the result. A run works in
a worktree of its own, behind the walls of its stage; every change belongs to a decision with
a reason; nothing reaches a branch before it was accepted.

  vigil rehearse                        see a whole run, no model key needed
  vigil run "Fix the flaky date test"   start a run here and follow it
  vigil review last                     what it did and why, then --accept or --reject
  vigil land last                       put what was accepted on a new branch`;

export function overview(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map((verb) => verb.usage.length)) + 2;
  const groups = GROUPS.map((group) => {
    const rows = verbs.filter((verb) => verb.group === group).map((verb) => row(verb.usage, verb.about, Math.min(width, 34)));
    return `${capital(group)}\n${rows.join("\n")}`;
  });
  return [
    INTRODUCTION,
    ...groups,
    `With every verb\n${optionRows(GLOBAL_OPTIONS)}`,
    "RUN is a run's id, a part of its beginning or end that only one run has, or \"last\".",
    `Exit codes\n${EXIT_CODES.map((line) => `  ${line}`).join("\n")}`,
    "More about one verb: vigil help VERB",
  ].join("\n\n");
}

export function helpFor(verb: Verb): string {
  const parts = [`vigil ${verb.usage}\n\n${verb.about}.`];
  if (verb.detail !== undefined) parts.push(verb.detail);
  if (Object.keys(verb.options).length > 0) parts.push(`Options\n${optionRows(verb.options)}`);
  parts.push(`With every verb\n${optionRows(GLOBAL_OPTIONS)}`);
  parts.push(`Examples\n${verb.examples.map(([line, meaning]) => row(line, meaning, 44)).join("\n")}`);
  return parts.join("\n\n");
}

function optionRows(options: Options): string {
  return Object.entries(options)
    .map(([name, option]) => row(`--${name}${option.value === undefined ? "" : ` ${option.value}`}`, option.about, 22))
    .join("\n");
}

/** Two columns; a left side that is too long gets a line of its own. */
function row(left: string, right: string, width: number): string {
  return left.length > width - 2 ? `  ${left}\n  ${" ".repeat(width)}${right}` : `  ${left.padEnd(width)}${right}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
