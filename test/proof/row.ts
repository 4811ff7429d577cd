// A row of the proof's table: what is claimed, and how it is measured against the product itself.

/** What a measurement is given. */
export interface Proving {
  /** `quick` is a part that takes at most some 20 seconds and runs with every `npm test`; `whole` is the figure that is published. */
  readonly size: "quick" | "whole";
  /** Everything that is left to chance follows from it, so that a failure can be seen again. */
  readonly seed: number;
  /** Only what has this in its name, of rows that can be narrowed; whoever mends one thing need not wait for all. */
  readonly only?: string | undefined;
  /** A folder of this row's own; it exists, and is removed afterwards. */
  readonly folder: string;
  /** Tells a person who waits how far it is. */
  say(text: string): void;
}

export type Outcome =
  | {
      readonly kind: "shown";
      /** What was counted, in the words of the target: "103 of 103 live · 0 live". */
      readonly figure: string;
      readonly met: boolean;
      /** Each case that falls short, by name and why. Empty exactly when the target is met. */
      readonly short: readonly string[];
      /** More, for the JSON. */
      readonly details?: unknown;
    }
  /** This machine cannot show it, which counts as not shown: never as passed. */
  | { readonly kind: "not shown"; readonly why: string };

export interface Row {
  /** A word for `--row`. */
  readonly id: string;
  /** What is tested. */
  readonly title: string;
  /** What passes. */
  readonly target: string;
  /** Why no part of it runs with `npm test`. */
  readonly notWithTests?: string;
  measure(proving: Proving): Promise<Outcome>;
}
