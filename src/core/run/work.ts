// Many steps in a few words: "12 reads, 3 searches, 2 commands". It counts; it never decides what may be left out.
import { count } from "./amounts.js";
import type { StepEntry } from "./run.js";

interface Kind {
  readonly noun: string;
  readonly plural?: string;
  readonly tools: readonly string[];
}

/** In the order of reading. The tools that open and end decisions are the frame, not the work. */
const KINDS: readonly Kind[] = [
  { noun: "edit", tools: ["edit", "write"] },
  { noun: "command", tools: ["bash"] },
  { noun: "read", tools: ["read"] },
  { noun: "search", plural: "searches", tools: ["glob", "grep"] },
  { noun: "set of goals", plural: "sets of goals", tools: ["set_goals"] },
  { noun: "goal given up", plural: "goals given up", tools: ["abandon_goal"] },
  { noun: "request for permission", plural: "requests for permission", tools: ["request_permission"] },
  { noun: "question", tools: ["ask_human"] },
  { noun: "closing account", tools: ["finish"] },
];
const FRAME: ReadonlySet<string> = new Set(["begin_decision", "end_decision"]);
const NOT_RUN: ReadonlySet<string | undefined> = new Set(["denied", "invalid", "skipped"]);

/** An empty text where there is nothing to count. Calls that never ran are not counted as work, but named after it. */
export function workText(steps: readonly StepEntry[]): string {
  const ran = steps.filter((step) => !NOT_RUN.has(step.outcome) && !FRAME.has(step.tool));
  const parts = KINDS.flatMap((kind) => {
    const n = ran.filter((step) => kind.tools.includes(step.tool)).length;
    return n === 0 ? [] : [count(n, kind.noun, kind.plural)];
  });
  const known = new Set(KINDS.flatMap((kind) => kind.tools));
  const others = ran.filter((step) => !known.has(step.tool)).length;
  if (others > 0) parts.push(count(others, "other call"));
  const said = (outcome: StepEntry["outcome"], word: string): void => {
    const n = steps.filter((step) => step.outcome === outcome).length;
    if (n > 0) parts.push(`${String(n)} ${word}`);
  };
  said("error", "failed");
  said("denied", "denied");
  said("invalid", "malformed");
  said("interrupted", "interrupted");
  said("skipped", "not run");
  return parts.join(", ");
}
