// What a run may come to, from what earlier ones came to: an expectation, never a limit. Too few say nothing.
import type { Stage } from "../stage.js";
import { count, duration } from "./amounts.js";

/** What one run that came to its end used. `usd` is null where a turn had no known price. */
export interface Sample {
  readonly stage: Stage;
  readonly usd: number | null;
  readonly workedMs: number;
  readonly steps: number;
}

export interface Range {
  readonly median: number;
  /** Nine of ten stayed at or below it. */
  readonly high: number;
}

export interface Forecast {
  /** The runs were of this stage; of any where null. */
  readonly stage: Stage | null;
  readonly runs: number;
  /** Null where fewer than three runs had known prices throughout. */
  readonly usd: Range | null;
  readonly workedMs: Range;
  readonly steps: Range;
}

const FEWEST = 3;

/** Of the same stage where there are three, else of any; undefined where there are not three at all. */
export function forecast(samples: readonly Sample[], stage: Stage): Forecast | undefined {
  const same = samples.filter((sample) => sample.stage === stage);
  const of = same.length >= FEWEST ? same : samples;
  if (of.length < FEWEST) return undefined;
  const priced = of.flatMap(({ usd }) => usd ?? []);
  return {
    stage: same.length >= FEWEST ? stage : null,
    runs: of.length,
    usd: priced.length < FEWEST ? null : rangeOf(priced),
    workedMs: rangeOf(of.map(({ workedMs }) => workedMs)),
    steps: rangeOf(of.map(({ steps }) => steps)),
  };
}

/** One line: "Like the last 5 runs at gated-write here: …". */
export function forecastText({ stage, runs, usd, workedMs, steps }: Forecast): string {
  const money = (amount: number): string => `$${amount.toFixed(2)}`;
  const parts = [
    ...(usd === null ? [] : [`${money(usd.median)}, 9 of 10 up to ${money(usd.high)}`]),
    `${duration(workedMs.median)} of work, up to ${duration(workedMs.high)}`,
    `${count(Math.round(steps.median), "step")}, up to ${count(Math.round(steps.high), "step")}`,
  ];
  return `The last ${count(runs, "run")} here${stage === null ? " at any stage" : ` at ${stage}`} came to, in the middle: ${parts.join("; ")}.`;
}

/** By nearest rank: a figure that some run really had, but for the median of an even number. */
function rangeOf(values: readonly number[]): Range {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (place: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, place))] ?? 0;
  const middle = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, high: at(Math.ceil(sorted.length * 0.9) - 1) };
}
