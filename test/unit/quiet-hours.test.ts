import assert from "node:assert/strict";
import { isQuiet } from "../../src/core/policy/quiet-hours.js";

describe("quiet hours", () => {
  const cases: readonly (readonly [hours: string, time: string, quiet: boolean])[] = [
    ["22:00-07:00", "21:59", false],
    ["22:00-07:00", "22:00", true],
    ["22:00-07:00", "00:00", true],
    ["22:00-07:00", "06:59", true],
    ["22:00-07:00", "07:00", false],
    ["12:30-13:15", "12:29", false],
    ["12:30-13:15", "13:14", true],
    ["12:30-13:15", "13:15", false],
    ["08:00-24:00", "23:59", true],
    ["08:00-08:00", "08:00", false],
    ["", "03:00", false],
    ["25:00-99:99", "03:00", false],
    ["at night", "03:00", false],
  ];
  for (const [hours, time, quiet] of cases) {
    it(`${hours === "" ? "none" : hours} ${quiet ? "hold" : "do not hold"} at ${time}`, () => {
      const [hour, minute] = time.split(":").map(Number);
      assert.equal(isQuiet(hours, hour ?? NaN, minute ?? NaN), quiet);
    });
  }
});
