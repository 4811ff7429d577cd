// The activity strip: a whole run as a few dozen bins, so that a reader sees where it wrote, failed and asked. A count
// per bin, never an average: one failure among ten thousand steps still shows.
import type { Gate, Run, StepEntry } from "../run/run.js";
import { isTrouble } from "./step-groups.js";

export interface Strip {
  /** The first step's number and the last one's; [0, 0] where there was none. */
  readonly steps: readonly [number, number];
  /** Epoch milliseconds of both. */
  readonly times: readonly [number, number];
  readonly bins: readonly Bin[];
}

export interface Bin {
  /** Steps, and those of them that changed files. */
  readonly steps: number;
  readonly writes: number;
  readonly failures: number;
  readonly gates: number;
}

/** As many as are told apart at the width of a side-by-side editor. */
export const MOST_BINS = 120;

export function strip(run: Run): Strip {
  const first = run.steps[0];
  const last = run.steps.at(-1);
  if (first === undefined || last === undefined) return { steps: [0, 0], times: [run.startedAt, run.lastAt], bins: [] };
  const span = last.step - first.step + 1;
  const bins = Array.from({ length: Math.min(MOST_BINS, span) }, () => ({ steps: 0, writes: 0, failures: 0, gates: 0 }));
  const at = (step: number): (typeof bins)[number] | undefined => bins[binOf(step, [first.step, last.step], bins.length)];
  const asked = new Set(run.gates.map((gate) => gate.call));
  const byCall = new Map<string, number>();
  for (const step of run.steps) {
    if (asked.has(step.call)) byCall.set(step.call, step.step);
    const bin = at(step.step);
    if (bin === undefined) continue;
    bin.steps += 1;
    if (step.changed.length > 0) bin.writes += 1;
    if (isTrouble(step)) bin.failures += 1;
  }
  for (const gate of run.gates) {
    const bin = at(stepOf(gate, byCall, run.steps) ?? first.step);
    if (bin !== undefined) bin.gates += 1;
  }
  return { steps: [first.step, last.step], times: [first.at, last.at], bins };
}

/** The bin that a step falls into, for marking a decision's part of the strip. */
export function binOf(step: number, [first, last]: Strip["steps"], bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(((step - first) * bins) / (last - first + 1))));
}

function stepOf(gate: Gate, byCall: ReadonlyMap<string, number>, steps: readonly StepEntry[]): number | undefined {
  return (gate.call === undefined ? undefined : byCall.get(gate.call)) ?? steps.findLast((step) => step.at <= gate.raisedAt)?.step;
}
