// What the tokens of a long run cost: a played run through the product's own conversation, beside the ways of others with the
// same steps, by one estimator and the list's prices. No model is asked and no process started.
import { costOf } from "../../../src/agent/prices.js";
import type { Usage } from "../../../src/core/log/parts.js";
import { drawnSteps } from "../drawn-steps.js";
import { figuresOf } from "../figures.js";
import { atTheLimit, compacted, withCache, withoutCache } from "../other-contexts.js";
import { playedContext, type PlayedContext } from "../played-context.js";
import type { BenchRow, Line } from "../row.js";

/** Three dollars a million, a tenth for what is read from the cache: the prices of the measured runs. */
const PRICED_AS = "claude-sonnet-4-6";
const DEFAULT = "claude-opus-5-5";

export const contextRow: BenchRow = {
  id: "context",
  title: "tokens of a long run",
  async measure({ seed, say }) {
    const lines: Line[] = [];
    const costs = new Map<number, number>();
    for (const count of [1_000, 3_000]) {
      const steps = drawnSteps(count, seed);
      const ours = await playedContext(steps);
      const { usage } = ours;
      say(`${count} steps: ${ours.trims} trims, ${ours.again} calls again, at most ${ours.largest} tokens, ${ours.constant} of them constant`);
      for (const model of count === 1_000 ? [PRICED_AS, DEFAULT] : [PRICED_AS]) {
        const own = usd(model, usage);
        if (model === PRICED_AS) costs.set(count, own);
        const beside = (name: string, other: Usage) => ({ name, figures: figuresOf([usd(model, other)]), ratio: usd(model, other) / own });
        const [plain, full, compaction] = [beside("full history, no cache", withoutCache(steps, ours.constant)), beside("full history, cached", withCache(steps, ours.constant)), beside("compaction at 167k", compacted(steps, ours.constant))];
        const limit = beside("the limit", atTheLimit(steps, ours.constant));
        const over = 1 / limit.ratio;
        lines.push({
          at: `${count.toLocaleString("en")} steps, priced as ${model}`,
          unit: "USD",
          ours: figuresOf([own]),
          beside: [plain, full, compaction, limit],
          targets:
            model !== PRICED_AS
              ? []
              : count === 1_000
                ? [
                    { target: `2.4× cheaper than compaction (${compaction.ratio.toFixed(2)}×)`, met: compaction.ratio >= 2.4 },
                    { target: `70× cheaper than no cache (${plain.ratio.toFixed(0)}×)`, met: plain.ratio >= 70 },
                    { target: `1.6× the limit (${over.toFixed(2)}×)`, met: over <= 1.6 },
                    ...shares(ours, count),
                  ]
                : [threefold(own, costs.get(1_000) ?? own), ...shares(ours, count)],
          note: `${ours.trims} trims, prompts of at most ${ours.largest.toLocaleString("en")} tokens. Sizes follow the means and the 99th percentile of real runs; how often a step needs an older result (one in five, ten steps back on average) is assumed.`,
        });
      }
    }
    return { kind: "measured", lines };
  },
};

function threefold(cost: number, ofThousand: number): { readonly target: string; readonly met: boolean } {
  const times = cost / ofThousand;
  return { target: `3.1× of 1,000 steps (${times.toFixed(2)}×)`, met: times <= 3.1 };
}

function shares({ usage, again }: PlayedContext, count: number): Line["targets"] {
  const cached = usage.cacheRead / (usage.input + usage.cacheRead + usage.cacheWrite);
  const read = again / count;
  return [
    { target: `93 % of input from the cache (${(cached * 100).toFixed(1)} %)`, met: cached >= 0.93 },
    { target: `5 % of steps read again (${(read * 100).toFixed(1)} %)`, met: read <= 0.05 },
  ];
}

function usd(model: string, usage: Usage): number {
  const cost = costOf(model, usage, {});
  if (cost.kind === "unknown") throw new Error(`${model} has no price`);
  return cost.usd;
}
