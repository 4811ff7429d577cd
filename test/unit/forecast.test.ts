// What earlier runs let one expect of the next: which ones count, and the figures.
import assert from "node:assert/strict";
import { forecast, forecastText, type Sample } from "../../src/core/run/forecast.js";

describe("a forecast", () => {
  const sample = (usd: number | null, stage: Sample["stage"] = "gated-write"): Sample => ({ stage, usd, workedMs: (usd ?? 1) * 60_000, steps: (usd ?? 1) * 10 });

  it("says nothing from fewer than three runs", () => {
    assert.equal(forecast([], "gated-write"), undefined);
    assert.equal(forecast([sample(1), sample(2)], "gated-write"), undefined);
  });

  it("takes runs of the same stage where there are three, and else all", () => {
    const mixed = [sample(1), sample(2), sample(9, "read-only")];
    assert.deepEqual(forecast(mixed, "gated-write"), { stage: null, runs: 3, usd: { median: 2, high: 9 }, workedMs: { median: 120_000, high: 540_000 }, steps: { median: 20, high: 90 } });
    assert.deepEqual(forecast([...mixed, sample(4)], "gated-write"), { stage: "gated-write", runs: 3, usd: { median: 2, high: 4 }, workedMs: { median: 120_000, high: 240_000 }, steps: { median: 20, high: 40 } });
  });

  it("gives the middle of an even number between its two, and the ninth of ten", () => {
    const ten = Array.from({ length: 10 }, (_, n) => sample(10 - n));
    assert.deepEqual(forecast(ten, "gated-write")?.usd, { median: 5.5, high: 9 });
  });

  it("leaves money out where fewer than three runs have a price", () => {
    const found = forecast([sample(1), sample(2), sample(null)], "gated-write");
    assert.equal(found?.usd, null);
    assert.equal(forecastText(found), "The last 3 runs here at gated-write came to, in the middle: 1 min 00 s of work, up to 2 min 00 s; 10 steps, up to 20 steps.");
  });

  it("reads as one line", () => {
    const found = forecast([sample(1), sample(2), sample(9, "read-only")], "gated-write");
    assert.equal(found === undefined ? "" : forecastText(found), "The last 3 runs here at any stage came to, in the middle: $2.00, 9 of 10 up to $9.00; 2 min 00 s of work, up to 9 min 00 s; 20 steps, up to 90 steps.");
  });
});
