import assert from "node:assert/strict";
import type { Cost, Usage } from "../../src/core/log/parts.js";
import { DEFAULT_MODEL, sizeOf } from "../../src/agent/models.js";
import { affordableTokens, costOf, listPrice, parsePrices, type Prices } from "../../src/agent/prices.js";

const million: Usage = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0 };

function check(model: string, usage: Partial<Usage>, expected: Cost, overrides: Prices = {}): void {
  const cost = costOf(model, { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, ...usage }, overrides);
  if (cost.kind === "unknown" || expected.kind === "unknown") assert.deepEqual(cost, expected);
  else assert.equal(cost.usd.toFixed(9), expected.usd.toFixed(9));
}

const usd = (amount: number): Cost => ({ kind: "known", usd: amount });

describe("what tokens cost", () => {
  it("adds up all four kinds of tokens", () =>
    check("claude-opus-5-5", { input: 1_000_000, output: 100_000, cacheRead: 1_000_000, cacheWrite: 200_000 }, usd(4 + 2 + 0.2 + 1)));
  it("knows a dated name by its model", () => check("claude-haiku-4-5-20251001", million, usd(1)));
  it("does not take a later version for an earlier one", () => check("claude-opus-5-9", million, { kind: "unknown" }));
  it("never says that an unknown model is free", () => check("llama", {}, { kind: "unknown" }));
  it("charges long prompts more where the model does", () => {
    check("claude-haiku-5-5", { input: 100_000 }, usd(0.01));
    check("claude-haiku-5-5", { input: 60_000, cacheRead: 50_000 }, usd(0.03 + 0.0025));
  });
  it("lets a person's own price win, and fills in the cache's", () => {
    const parsed = parsePrices({ llama: { input: 1, output: 2 } });
    assert.deepEqual(parsed, { kind: "ok", prices: { llama: { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 1.25 } } });
    if (parsed.kind === "ok") check("llama", { input: 1_000_000, output: 1_000_000, cacheRead: 1_000_000, cacheWrite: 1_000_000 }, usd(4.35), parsed.prices);
  });
  it("says what is wrong with a price", () => {
    const parsed = parsePrices({ llama: { input: -1, output: 2 } });
    assert.equal(parsed.kind === "invalid" && parsed.problem.startsWith("vigil.model.prices must map model names to"), true);
    assert.equal(parsed.kind === "invalid" && parsed.problem.includes("llama.input"), true);
  });
  it("has a price and a size for the default model", () => {
    assert.notEqual(listPrice(DEFAULT_MODEL, {}, 1), undefined);
    assert.equal(sizeOf(DEFAULT_MODEL).context, 1_000_000);
  });
  it("says how long a reply the rest of a budget pays for", () => {
    assert.equal(affordableTokens("claude-sonnet-5-5", 100_000, 0.35, {}), 9_999);
    assert.equal(affordableTokens("llama", 1, 1, {}), undefined);
  });
  it("guesses small for a model that it does not know", () => assert.deepEqual(sizeOf("llama"), { context: 200_000, output: 8_192 }));
});
