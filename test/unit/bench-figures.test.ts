import assert from "node:assert/strict";
import { alternately, figuresOf, ratioOf, turns } from "../bench/figures.js";

describe("the bench's arithmetic", () => {
  it("takes the middle sample, or the middle of the two middle ones, in any order", () => {
    const medians = [[3], [9, 1, 5], [4, 1, 3, 2]].map((samples) => figuresOf(samples).median);
    assert.deepEqual(medians, [3, 5, 2.5]);
  });

  it("takes the 95th percentile between the samples around it", () => {
    const { p95, least, most, count } = figuresOf(Array.from({ length: 101 }, (_, n) => 100 - n));
    assert.deepEqual({ p95, least, most, count }, { p95: 95, least: 0, most: 100, count: 101 });
  });

  it("refuses to speak of no samples", () => assert.throws(() => figuresOf([]), /nothing was measured/));

  it("says how many times faster ours is", () => {
    assert.equal(ratioOf(figuresOf([100, 300, 200]), figuresOf([4, 4])), 50);
  });

  it("lets every side begin in its turn, and runs each once a round", async () => {
    const order: string[] = [];
    let clock = 0;
    const side = (name: string, cost: number) => ({ name, run: (round: number) => Promise.resolve(void (order.push(`${name}${round}`), (clock += cost))) });
    const samples = await alternately([side("a", 1), side("b", 10), side("c", 100)], { rounds: 2, warm: 1, prepare: (round) => void order.push(`p${round}`), now: () => clock });
    assert.deepEqual(order, ["p0", "a0", "b0", "c0", "p1", "b1", "c1", "a1", "p2", "c2", "a2", "b2"]);
    assert.deepEqual(Object.fromEntries(samples), { a: [1, 1], b: [10, 10], c: [100, 100] });
  });

  it("turns nothing into nothing", () => assert.deepEqual(turns([], 3), []));
});
