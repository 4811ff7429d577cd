// What is known about models by name: which one a run takes when nobody says, and how much fits into one. Never a price.

/** The model of a run for which neither settings nor the environment name one. */
export const DEFAULT_MODEL = "claude-opus-5-5";

/** Tokens. `context` holds the prompt and the reply together; `output` is the most that one reply may have. */
export interface ModelSize {
  readonly context: number;
  readonly output: number;
}

/** Small enough for any server that claims to be compatible. */
const SAFE: ModelSize = { context: 200_000, output: 8_192 };

const MILLION: ModelSize = { context: 1_000_000, output: 128_000 };
const CLASSIC: ModelSize = { context: 200_000, output: 64_000 };

/** From the model overviews in Anthropic's documentation, read in November 2026. */
const SIZES: Readonly<Record<string, ModelSize>> = {
  "claude-fable-5-2": MILLION,
  "claude-fable-5-1": MILLION,
  "claude-fable-5": MILLION,
  "claude-mythos-5-2": MILLION,
  "claude-mythos-5-1": MILLION,
  "claude-mythos-5": MILLION,
  "claude-opus-5-5": MILLION,
  "claude-opus-5": MILLION,
  "claude-opus-4-8": MILLION,
  "claude-opus-4-7": MILLION,
  "claude-opus-4-6": MILLION,
  "claude-sonnet-5-5": MILLION,
  "claude-sonnet-5": MILLION,
  "claude-sonnet-4-6": { context: 1_000_000, output: 64_000 },
  "claude-haiku-5-5": MILLION,
  "claude-opus-4-5": CLASSIC,
  "claude-sonnet-4-5": CLASSIC,
  "claude-haiku-4-5": CLASSIC,
};

/** The size of a model; a cautious guess where the name is not known. */
export function sizeOf(model: string): ModelSize {
  return SIZES[undated(model)] ?? SAFE;
}

/**
 * A model's name without the date of its snapshot: `claude-haiku-4-5-20251001` and `claude-haiku-4-5@20251001` become
 * `claude-haiku-4-5`. Only a whole date is taken off, so that a later version never passes for an earlier one.
 */
export function undated(model: string): string {
  return model.replace(/[-@]\d{8}$/, "").replace(/-latest$/, "");
}
