// Thousands of steps as a few groups: neighbours that did the same kind of thing stand together, and what a reader must
// not overlook stands alone. Every step is in exactly one group.
import { visible } from "../text/visible.js";
import { isTrouble } from "../run/step-digest.js";
import { workText } from "../run/work.js";
import type { StepEntry } from "../run/run.js";

export interface StepGroup {
  /** First and last step, both included. */
  readonly steps: readonly [number, number];
  readonly count: number;
  readonly text: string;
  /** Milliseconds that its steps took; those without a known end are left out. */
  readonly ms: number;
  /** Some of it failed, was denied or was interrupted. */
  readonly trouble: boolean;
}

export interface StepRow {
  readonly step: number;
  readonly tool: string;
  readonly about: string;
  readonly outcome: StepEntry["outcome"] | null;
  /** Paths that the step changed. */
  readonly changed: readonly string[];
  readonly at: number;
  readonly ms: number | null;
}

const READING: ReadonlySet<string> = new Set(["read", "glob", "grep"]);

export function stepGroups(steps: readonly StepEntry[]): readonly StepGroup[] {
  const groups: StepEntry[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && kindOf(last[0]) === kindOf(step)) last.push(step);
    else groups.push([step]);
  }
  return groups.flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [
      {
        steps: [first.step, last.step] as const,
        count: group.length,
        text: visible(group.length === 1 ? `${first.tool} ${first.about}` : textOf(group)),
        ms: group.reduce((sum, step) => sum + (step.ms ?? 0), 0),
        trouble: group.some(isTrouble),
      },
    ];
  });
}

export function stepRow(step: StepEntry): StepRow {
  return { step: step.step, tool: visible(step.tool), about: visible(step.about), outcome: step.outcome ?? null, changed: step.changed.map((path) => visible(path)), at: step.at, ms: step.ms ?? null };
}

/** Equal kinds stand together. The same command again and again is one group; two different ones are two. */
function kindOf(step: StepEntry): string {
  if (READING.has(step.tool)) return "reading";
  if (step.tool === "bash") return `bash ${step.about}`;
  if (step.tool === "edit" || step.tool === "write") return `change ${step.about}`;
  return step.tool;
}

function textOf(group: readonly StepEntry[]): string {
  const [first] = group;
  const work = workText(group);
  if (first === undefined || READING.has(first.tool)) return work;
  return work === "" ? `${first.tool}, ${String(group.length)} times` : `${work} (${first.about})`;
}
