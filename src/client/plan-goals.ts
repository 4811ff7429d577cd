// A person's plan as a tree of goals with their checks and the rules by which they are given up. What no rule can be made of
// stays what it is: told to the agent, and said to the person not to be enforced.
import type { Goal } from "../core/log/goals.js";
import { sectionOf, taskOf } from "./plan-file.js";

export interface PlanGoals {
  /** Empty where the plan says no more than what to do. */
  readonly goals: readonly Goal[];
  /** What stands under "Stop if" and "Done when" that no rule and no check could be made of. */
  readonly advice: readonly string[];
}

/** The goal above all others: the task itself. */
const MAIN = "main";
type When = NonNullable<Goal["abandonWhen"]>;

interface Item {
  readonly depth: number;
  readonly text: string;
}

export function planGoals(plan: string): PlanGoals {
  const parts = [...partsUnder(plan, "Must not be dropped", true), ...partsUnder(plan, "May be dropped", false)];
  const done = items(sectionOf(plan, "Done when"));
  const stop = items(sectionOf(plan, "Stop if"));
  const checks = done.flatMap((item) => commandsIn(item.text));
  const rules = stop.map((item) => criteriaIn(item.text));
  const advice = [...done.filter((item) => commandsIn(item.text).length === 0), ...stop.filter((_, n) => rules[n] === undefined)].map((item) => item.text);
  const abandonWhen = Object.assign({}, ...rules.toReversed()) as When;
  if (parts.length === 0 && checks.length === 0 && Object.keys(abandonWhen).length === 0) return { goals: [], advice };
  const main: Goal = {
    id: MAIN,
    title: taskOf(plan) ?? "The task",
    required: true,
    ifParentAbandoned: "stop",
    by: "person",
    ...(checks.length === 0 ? {} : { doneWhen: checks.length === 1 ? checks[0] : checks.map((check) => `(${check})`).join(" && ") }),
    ...(Object.keys(abandonWhen).length === 0 ? {} : { abandonWhen }),
  };
  return { goals: [main, ...numbered(parts)], advice };
}

interface Part {
  readonly depth: number;
  readonly goal: Omit<Goal, "id" | "parent">;
  readonly id: string | undefined;
}

function partsUnder(plan: string, heading: "Must not be dropped" | "May be dropped", required: boolean): readonly Part[] {
  return items(sectionOf(plan, heading)).map(({ depth, text }) => part(depth, text, required));
}

/** `parser: Port the parser (done when `npm test`; at most 2 hours; in any case)` */
function part(depth: number, text: string, required: boolean): Part {
  const [, id, rest = text] = /^([A-Za-z][\w-]{0,39}):\s+(.+)$/su.exec(text) ?? [];
  const notes = [...rest.matchAll(/\(([^()]*)\)/gu)].map(([, note = ""]) => note).filter((note) => isNote(note));
  const said = notes.join("; ");
  const doneWhen = /done when:?\s+`([^`]+)`/iu.exec(rest)?.[1]?.trim();
  const abandonWhen = criteriaIn(said);
  const title = notes.reduce((left, note) => left.replace(`(${note})`, ""), rest).replace(/,?\s*done when:?\s+`[^`]+`\.?/iu, "").replace(/\s+/gu, " ").trim();
  return {
    depth,
    id,
    goal: {
      title: title === "" ? rest.trim() : title,
      // The list that it stands in says so, unless it says so itself.
      required: /\bmust not be dropped\b/iu.test(said) || (required && !/\bmay be dropped\b/iu.test(said)),
      ifParentAbandoned: /\bin any case\b/iu.test(said) ? "finish" : "stop",
      by: "person",
      ...(doneWhen === undefined ? {} : { doneWhen }),
      ...(abandonWhen === undefined ? {} : { abandonWhen }),
    },
  };
}

function isNote(note: string): boolean {
  return /done when|in any case|(?:may|must not) be dropped/iu.test(note) || criteriaIn(note) !== undefined;
}

/** Each under the last one before it that stands less deep; those at the margin under the task. */
function numbered(parts: readonly Part[]): readonly Goal[] {
  const goals: Goal[] = [];
  const line: { readonly depth: number; readonly id: string }[] = [];
  const taken = new Set(parts.flatMap(({ id }) => id ?? []));
  let n = 0;
  const next = (): string => (taken.has(`p${String((n += 1))}`) ? next() : `p${String(n)}`);
  for (const { depth, id, goal } of parts) {
    while ((line.at(-1)?.depth ?? -1) >= depth) line.pop();
    const name = id ?? next();
    goals.push({ id: name, parent: line.at(-1)?.id ?? MAIN, ...goal });
    line.push({ depth, id: name });
  }
  return goals;
}

/** List items, each with the lines that belong to it; without any list each line is one. */
function items(section: string): readonly Item[] {
  const found: { depth: number; text: string }[] = [];
  const lines = section.split("\n").filter((line) => line.trim() !== "");
  const isList = lines.some((line) => BULLET.test(line));
  for (const line of lines) {
    const [, indent = "", text = ""] = BULLET.exec(line) ?? [];
    const last = found.at(-1);
    if (text !== "") found.push({ depth: indent.replaceAll("\t", "    ").length, text: text.trim() });
    else if (isList && last !== undefined) last.text += ` ${line.trim()}`;
    else if (!isList) found.push({ depth: 0, text: line.trim() });
  }
  return found;
}

const BULLET = /^(\s*)(?:[-*+]|\d+[.)])\s+(.+)$/u;

function commandsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/gu)].map(([, command = ""]) => command.trim()).filter((command) => command !== "");
}

const NUMBER = String.raw`(\d+(?:[.,]\d+)*)`;
const COUNTED: readonly (readonly [name: keyof When, pattern: RegExp, times: number])[] = [
  ["attempts", new RegExp(`${NUMBER}\\s*(?:failed |more )?(?:attempts?|tries)\\b`, "iu"), 1],
  ["minutes", new RegExp(`${NUMBER}\\s*(?:hours?|h)\\b`, "iu"), 60],
  ["minutes", new RegExp(`${NUMBER}\\s*(?:minutes?|min)\\b`, "iu"), 1],
  ["usd", new RegExp(`\\$\\s*${NUMBER}`, "u"), 1],
  ["usd", new RegExp(`${NUMBER}\\s*(?:us )?(?:dollars?|usd)\\b`, "iu"), 1],
  ["tokens", new RegExp(`${NUMBER}\\s*million tokens\\b`, "iu"), 1_000_000],
  ["tokens", new RegExp(`${NUMBER}\\s*tokens\\b`, "iu"), 1],
  ["idleSteps", new RegExp(`${NUMBER}\\s*steps?\\b.*\\b(?:without|no)\\b`, "iu"), 1],
];

/** The rules that a sentence names; undefined where it names none above zero. */
function criteriaIn(text: string): When | undefined {
  const found: When = {};
  for (const [name, pattern, times] of COUNTED) {
    const value = Number(pattern.exec(text)?.[1]?.replaceAll(",", "") ?? NaN) * times;
    if (value > 0 && found[name] === undefined) found[name] = value;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}
