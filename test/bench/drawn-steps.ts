// The steps of a played run: how much the agent says, how much its calls bring, what it refers back to, and when it is away
// longer than the service's cache remembers. Drawn from a seed, with the means and the 99th percentile of real runs.
import { chanceOf, type Chance } from "../chance.js";

export interface DrawnStep {
  /** Tokens. */
  readonly words: number;
  readonly input: number;
  readonly result: number;
  /** More than five minutes passed since the step before. */
  readonly late: boolean;
  /** So many steps ago was the result that the agent needs again now; undefined where it needs none. */
  readonly back: number | undefined;
}

const OUTPUT_MEAN = 224;
const RESULT_MEAN = 584;
/** Spread of the logarithms: with it a mean of 584 goes with a 99th percentile of 8,115. */
const RESULT_SPREAD = 1.94;
const OUTPUT_SPREAD = 1;
/** A tool cuts what is longer. */
const LONGEST_RESULT = 25_000;
/** The share that the measured cost of a full history with caching implies. */
const LATE_SHARE = 0.027;
/** Nobody has measured these two: one step in five looks back, ten steps on average and sometimes fifty. */
const BACK_SHARE = 0.2;
const BACK_MEAN = 10;
/** What of a reply is said; the rest is the call's input. */
const SAID_SHARE = 0.4;

export function drawnSteps(count: number, seed: number): readonly DrawnStep[] {
  const chance = chanceOf(seed);
  const outputs = drawn(count, OUTPUT_MEAN, OUTPUT_SPREAD, chance);
  const results = drawn(count, RESULT_MEAN, RESULT_SPREAD, chance);
  return outputs.map((output, at) => {
    const back = Math.ceil(-Math.log(1 - chance.next()) * BACK_MEAN);
    return {
      words: Math.round(output * SAID_SHARE),
      input: Math.round(output * (1 - SAID_SHARE)),
      result: results[at] ?? 0,
      late: chance.next() < LATE_SHARE,
      back: chance.next() < BACK_SHARE && back < at ? back : undefined,
    };
  });
}

/** Log-normal, brought to exactly the mean: of so wide a spread a thousand draws miss it by a fifth. */
function drawn(count: number, mean: number, spread: number, chance: Chance): readonly number[] {
  const raw = Array.from({ length: count }, () => Math.min(LONGEST_RESULT, mean * Math.exp(spread * normal(chance) - (spread * spread) / 2)));
  const factor = (mean * count) / raw.reduce((sum, one) => sum + one, 0);
  return raw.map((one) => Math.max(1, Math.round(one * factor)));
}

/** Box and Muller's. */
function normal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next());
}
