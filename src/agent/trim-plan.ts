// When room is made in the conversation, and how much: the cheapest way that leaves the agent what it works with. Everything
// that is sent is paid for again with every turn, at the price of the cache, and everything after a change once more at the
// price of writing, so there is a best size. Pure.
import type { Round } from "./rounds.js";

export type TrimPlan =
  | { readonly kind: "none" }
  /** Large texts before `whole` are cut; nothing is left out. */
  | { readonly kind: "shorten"; readonly whole: number }
  /** What comes before `from` is left out as well. */
  | { readonly kind: "cut"; readonly from: number; readonly whole: number };

/** In characters: what the rounds may grow to, and what is kept of them then. */
export interface TrimLimits {
  readonly most: number;
  readonly least: number;
}

/** The newest rounds are never shortened: the agent has just asked for what is in them. */
const WHOLE_ROUNDS = 3;
/** Cutting less than this is not worth a line in the log. */
const LEAST_SAVING = 6_000;

export function planTrim(all: readonly Round[], whole: number, limits: TrimLimits): TrimPlan {
  const newest = all.at(-1);
  if (newest === undefined || newest.paused) return { kind: "none" };
  const wholeFrom = Math.max(whole, (all.at(-WHOLE_ROUNDS) ?? all[0] ?? newest).from);
  return sum(all.map((round) => round.size)) > limits.most ? cut(all, wholeFrom, limits) : shorten(all, wholeFrom);
}

function cut(all: readonly Round[], whole: number, limits: TrimLimits): TrimPlan {
  let size = 0;
  let first = all.length - 1;
  for (let at = all.length - 1; at >= 0; at -= 1) {
    size += sizeAfter(all[at], whole);
    if (size > limits.least) break;
    // The rest of a paused reply is no beginning.
    if (all[at - 1]?.paused !== true) first = at;
  }
  while (first > 0 && all[first - 1]?.paused === true) first -= 1;
  const from = all[first]?.from;
  return first === 0 || from === undefined ? shorten(all, whole) : { kind: "cut", from, whole: Math.max(whole, from) };
}

/** Worth it where it takes out more than has to be written to the cache again. */
function shorten(all: readonly Round[], whole: number): TrimPlan {
  const at = all.findIndex((round) => round.from < whole && round.size - round.short > 0);
  if (at < 0) return { kind: "none" };
  const saved = sum(all.map((round) => round.size - sizeAfter(round, whole)));
  const again = sum(all.slice(at).map((round) => sizeAfter(round, whole)));
  return saved >= LEAST_SAVING && saved >= again ? { kind: "shorten", whole } : { kind: "none" };
}

function sizeAfter(round: Round | undefined, whole: number): number {
  if (round === undefined) return 0;
  return round.from < whole ? round.short : round.size;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
