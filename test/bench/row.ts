// A row of the bench: what is measured, beside what, and what the ratio should be. Nothing here decides whether a machine
// is fast: a target that is missed is a figure, never a failed test.
import type { Figures } from "./figures.js";

/** What a measurement is given. */
export interface Benching {
  /** A folder of this row's own; it exists, and is removed afterwards. */
  readonly folder: string;
  /** Sizes of the generated trees, in files. */
  readonly trees: readonly number[];
  /** Lengths of the generated logs, in events. */
  readonly events: readonly number[];
  /** How many random changes the fidelity row makes. */
  readonly changes: number;
  /** Everything that is left to chance follows from it. */
  readonly seed: number;
  /** Tells a person who waits how far it is. */
  readonly say: (text: string) => void;
}

/** One side beside ours. */
export interface Beside {
  /** Whose way it is. */
  readonly name: string;
  readonly figures: Figures;
  /** Its median through ours: above 1, ours is faster. */
  readonly ratio: number;
}

/** One line of the table. */
export interface Line {
  /** What varied: "28,000 files", "1e5 events". */
  readonly at: string;
  readonly unit: "ms" | "MB" | "trees" | "USD";
  readonly ours: Figures;
  readonly beside: readonly Beside[];
  /** Each target as it stands for this line, and whether it was met. */
  readonly targets: readonly { readonly target: string; readonly met: boolean }[];
  /** What a reader must know to take the figure for what it is. */
  readonly note?: string;
}

export type Measured = { readonly kind: "measured"; readonly lines: readonly Line[] } | { readonly kind: "not measured"; readonly why: string };

export interface BenchRow {
  /** A word for `--row`. */
  readonly id: string;
  readonly title: string;
  measure(benching: Benching): Promise<Measured>;
}
