import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import { DaySpend, midnight } from "../../src/runner/day-spend.js";
import { fileStore } from "../../src/store/file-store.js";

const OWN = "20261122-130501-a1b2c3";
const OTHER = "20261122-130502-a1b2c3";
const DAY = 86_400_000;

const turn = (usd: number): RunEvent => ({ kind: "turn.discarded", turn: 1, why: "cut", usage: { input: 1, output: 0, cacheRead: 0, cacheWrite: 0 }, cost: { kind: "known", usd }, estimated: true });

/** What the day has cost, with turns of both runs, each some milliseconds after midnight; asked after each of the own run's. */
async function check(own: readonly (readonly [after: number, usd: number])[], other: readonly (readonly [after: number, usd: number])[], expected: readonly number[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "vigil-day-"));
  try {
    const store = fileStore(join(folder, "runs"));
    await store.create(OTHER);
    let at = midnight();
    const taken = await store.write(OTHER, () => at);
    if (taken.kind === "held") throw new Error("nobody else knows this run");
    for (const [after, usd] of other) {
      at = midnight() + after;
      await taken.writer.append(turn(usd));
    }
    await taken.writer.close();
    const day = new DaySpend(store, OWN);
    const events: LoggedEvent[] = [];
    const sums: number[] = [];
    for (const [after, usd] of own) {
      events.push({ ...turn(usd), seq: events.length + 1, at: midnight() + after });
      sums.push(await day.usd(events));
    }
    assert.deepEqual(sums, expected);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("what a day has cost", () => {
  it("counts this run and the others from midnight on", () => check([[-5, 64], [1, 1], [9, 2]], [[-9, 32], [5, 4]], [4, 5, 7]));
  it("forgets nothing of today when the clock was a day behind in between", () => check([[1, 1], [2 - DAY, 2], [3, 4]], [[1, 8], [2 - DAY, 16], [3, 32]], [41, 41, 45]));
  it("counts what was stamped with tomorrow until tomorrow is over", () => check([[1, 1], [2 + DAY, 2], [3, 4]], [], [1, 3, 7]));
});
