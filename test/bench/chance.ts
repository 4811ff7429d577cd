// Numbers that follow from a seed, so that a run of the bench can be had again.

/** The next number below `below`, 0 or more. */
export type Chance = (below: number) => number;

/** mulberry32: 32 bits of state, good enough to choose files with. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
