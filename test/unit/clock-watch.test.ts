// A machine that slept, and a clock that was set, told apart by clocks that the test turns.
import assert from "node:assert/strict";
import { ClockWatch } from "../../src/runner/clock-watch.js";

describe("the clock watch", () => {
  const now = { wall: 1_000_000, running: 500, boot: 9_000 };
  let watch: ClockWatch;
  const pass = (wall: number, running: number, boot: number): readonly string[] => {
    now.wall += wall;
    now.running += running;
    now.boot += boot;
    return watch.look();
  };
  beforeEach(() => {
    watch = new ClockWatch({ wall: () => now.wall, running: () => now.running, boot: () => now.boot });
  });

  it("has nothing to say of time that passes, a second that is kept right, or a long stall under load", () => {
    assert.deepEqual([...pass(1_000, 1_000, 1_000), ...pass(3_000, 1_000, 1_010), ...pass(90_000, 90_000, 90_000)], []);
  });

  it("says how long the machine slept, once for each time", () => {
    assert.deepEqual(pass(7_501_000, 1_000, 7_501_000), ["The machine slept for 2 h 05 min. The run goes on; that time does not count as work."]);
    assert.deepEqual(pass(1_000, 1_000, 1_000), []);
    assert.equal(pass(61_000, 1_000, 61_000).length, 1);
  });

  it("says by how much the clock was set, in either direction", () => {
    assert.match(pass(3_601_000, 1_000, 1_000).join(), /^The machine's clock was set forward by 1 h 00 min /u);
    assert.match(pass(-3_599_000, 1_000, 1_000).join(), /^The machine's clock was set back by 1 h 00 min /u);
  });

  it("tells both where both happened", () => {
    assert.equal(pass(7_200_000 + 60_000, 0, 60_000).length, 2);
  });
});
