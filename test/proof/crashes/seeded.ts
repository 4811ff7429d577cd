// Chance that can be had again: the same seed gives the same numbers.

export interface Chance {
  /** From 0 up to, and without, 1. */
  next(): number;
  /** A whole number from 0 up to, and without, `below`. */
  whole(below: number): number;
  pick<T>(from: readonly T[]): T;
}

/** Marsaglia's xorshift with 32 bits, after the seed was mixed so that neighbours differ. */
export function seeded(seed: number): Chance {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ 0x165667b1) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 0x1_0000_0000;
  };
  for (let n = 0; n < 8; n += 1) next();
  const whole = (below: number): number => Math.floor(next() * below);
  return {
    next,
    whole,
    pick(from) {
      const one = from[whole(from.length)];
      if (one === undefined) throw new Error("there is nothing to pick from");
      return one;
    },
  };
}
