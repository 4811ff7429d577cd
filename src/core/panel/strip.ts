// The activity strip: a whole run as a few dozen bins, so that a reader sees where it wrote, failed and asked. A count
// per bin, never an average: one failure among ten thousand steps still shows.
import type { Run } from "../run/run.js";
import type { StepDigest } from "../run/digest-schema.js";
import { binOf, stepDigest, stepOfGate } from "../run/step-digest.js";

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

export function strip(run: Run, digest: StepDigest = stepDigest(run)): Strip {
  const { span } = digest;
  if (span === undefined) return { steps: [0, 0], times: [run.startedAt, run.lastAt], bins: [] };
  const steps = [span[0].step, span[1].step] as const;
  const gates = new Map<number, number>();
  for (const gate of run.gates) {
    const at = binOf(stepOfGate(gate, digest), steps, digest.bins.length);
    gates.set(at, (gates.get(at) ?? 0) + 1);
  }
  return { steps, times: [span[0].at, span[1].at], bins: digest.bins.map((bin, n) => ({ ...bin, gates: gates.get(n) ?? 0 })) };
}
