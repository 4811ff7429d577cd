// Chance that can be seen again: numbers that look random and follow from a seed alone.

export interface Dice {
  /** A whole number from 0 to below `sides`. */
  below(sides: number): number;
  pick<T>(from: readonly T[]): T;
  /** True once in `n` times. */
  oneIn(n: number): boolean;
}

/** The mulberry32 generator: 32 bits of state, and every seed gives a sequence of its own. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (sides: number): number => next() % sides;
  return {
    below,
    pick(from) {
      const found = from[below(from.length)];
      if (found === undefined) throw new Error("nothing to pick from");
      return found;
    },
    oneIn: (n) => below(n) === 0,
  };
}
