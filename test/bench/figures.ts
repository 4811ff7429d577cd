// The bench's own arithmetic: medians, percentiles, ratios, and the order in which two sides take turns. Pure but for the
// clock that it is handed.

export interface Figures {
  readonly median: number;
  readonly p95: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** Of at least one sample, in any order. */
export function figuresOf(samples: readonly number[]): Figures {
  if (samples.length === 0) throw new Error("nothing was measured");
  const sorted = [...samples].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0, count: sorted.length };
}

/** Between the two samples around it, in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

/** How many times theirs ours fits into theirs, by medians. */
export const ratioOf = (theirs: Figures, ours: Figures): number => theirs.median / ours.median;

/** A side by its name. `run` is what is timed, once for each round, counted up from 0. */
export interface Side {
  readonly name: string;
  run(round: number): Promise<unknown>;
}

export interface Rounds {
  readonly rounds: number;
  /** Rounds before the first that counts. */
  readonly warm: number;
  /** Before every round, untimed: what all sides will meet. */
  readonly prepare?: (round: number) => Promise<void> | void;
  /** Milliseconds from anywhere, as `performance.now` has them. */
  readonly now: () => number;
}

/**
 * Times all sides in one run, each once a round. Who begins moves on by one with every round, so that no side always has
 * the warm cache or always the cold one. Samples are in milliseconds, by name.
 */
export async function alternately(sides: readonly Side[], { rounds, warm, prepare, now }: Rounds): Promise<ReadonlyMap<string, readonly number[]>> {
  const samples = new Map<string, number[]>(sides.map((side) => [side.name, []]));
  for (let round = 0; round < warm + rounds; round += 1) {
    await prepare?.(round);
    for (const side of turns(sides, round)) {
      const started = now();
      await side.run(round);
      const took = now() - started;
      if (round >= warm) samples.get(side.name)?.push(took);
    }
  }
  return samples;
}

/** The order of the sides in a round. */
export function turns<T>(sides: readonly T[], round: number): readonly T[] {
  if (sides.length === 0) return [];
  const first = round % sides.length;
  return [...sides.slice(first), ...sides.slice(0, first)];
}
