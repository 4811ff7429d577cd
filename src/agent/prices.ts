// What tokens cost, so that a budget can be kept. A model without a price is unknown: never free, never guessed.
import { z } from "zod";
import type { Cost, Usage } from "../core/log/parts.js";
import { undated } from "./models.js";

/** US dollars for a million tokens. `longPrompt` holds instead when the whole prompt has more than `above` tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** For the five-minute cache, the only one that this agent uses. */
  readonly cacheWrite: number;
  readonly longPrompt?: { readonly above: number; readonly times: number };
}

/** Prices by model name; a person's own settings take this shape. */
export type Prices = Readonly<Record<string, Price>>;

/**
 * List prices as of 2026-11-20, from the pricing and model pages of Anthropic's documentation; that of claude-fable-5-2
 * second-hand, from a tool that reads those pages. Names are without the date of a snapshot.
 */
const LIST: Prices = {
  "claude-fable-5-2": { input: 8, output: 40, cacheRead: 0.2, cacheWrite: 10 },
  "claude-fable-5-1": { input: 10, output: 50, cacheRead: 0.25, cacheWrite: 12.5 },
  "claude-mythos-5-1": { input: 10, output: 50, cacheRead: 0.25, cacheWrite: 12.5 },
  "claude-fable-5": { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5 },
  "claude-mythos-5": { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5 },
  "claude-opus-5-5": { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 },
  "claude-opus-5": { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  "claude-opus-4-8": { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  "claude-opus-4-7": { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  "claude-opus-4-6": { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  "claude-opus-4-5": { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  "claude-sonnet-5-5": { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 },
  "claude-sonnet-5": { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 },
  "claude-sonnet-4-6": { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  "claude-sonnet-4-5": { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  "claude-haiku-5-5": { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125, longPrompt: { above: 100_000, times: 5 } },
  "claude-haiku-4-5": { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 },
};

const MILLION = 1_000_000;

const dollars = z.number().min(0);

/** The setting `vigil.model.prices`: where a cache price is left out, the service's usual share of the input price holds. */
const pricesSchema = z
  .record(z.string(), z.object({ input: dollars, output: dollars, cacheRead: dollars.optional(), cacheWrite: dollars.optional() }))
  .transform((given): Prices =>
    Object.fromEntries(
      Object.entries(given).map(([model, price]) => [
        model,
        {
          input: price.input,
          output: price.output,
          cacheRead: price.cacheRead ?? price.input * 0.1,
          cacheWrite: price.cacheWrite ?? price.input * 1.25,
        },
      ]),
    ),
  );

/** Reads a person's own prices. `problem` is a sentence for them. */
export function parsePrices(value: unknown): { readonly kind: "ok"; readonly prices: Prices } | { readonly kind: "invalid"; readonly problem: string } {
  const parsed = pricesSchema.safeParse(value);
  if (parsed.success) return { kind: "ok", prices: parsed.data };
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  return { kind: "invalid", problem: `vigil.model.prices must map model names to {input, output, cacheRead?, cacheWrite?} in US dollars a million tokens${place}: ${issue?.message ?? "not readable"}.` };
}

/** The price in force for a prompt of this many tokens; undefined when nobody named one. */
export function listPrice(model: string, overrides: Prices, promptTokens: number): Price | undefined {
  const price = overrides[model] ?? overrides[undated(model)] ?? LIST[undated(model)];
  if (price?.longPrompt === undefined || promptTokens <= price.longPrompt.above) return price;
  const times = price.longPrompt.times;
  return { input: price.input * times, output: price.output * times, cacheRead: price.cacheRead * times, cacheWrite: price.cacheWrite * times };
}

/** What a turn cost, from the tokens that the service counted. */
export function costOf(model: string, usage: Usage, overrides: Prices): Cost {
  const price = listPrice(model, overrides, usage.input + usage.cacheRead + usage.cacheWrite);
  if (price === undefined) return { kind: "unknown" };
  const usd =
    (usage.input * price.input + usage.output * price.output + usage.cacheRead * price.cacheRead + usage.cacheWrite * price.cacheWrite) / MILLION;
  return { kind: "known", usd };
}

/**
 * How many tokens of a reply `usd` still pays for after the prompt, at the worst: nothing of it is in the cache. Zero or less
 * when not even the prompt is paid for; undefined when the price is unknown.
 */
export function affordableTokens(model: string, inputTokens: number, usd: number, overrides: Prices): number | undefined {
  const price = listPrice(model, overrides, inputTokens);
  if (price === undefined) return undefined;
  const left = usd - (inputTokens * Math.max(price.input, price.cacheWrite)) / MILLION;
  return price.output === 0 ? Number.MAX_SAFE_INTEGER : Math.floor((left * MILLION) / price.output);
}
