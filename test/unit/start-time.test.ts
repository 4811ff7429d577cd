// When a run shall start, from what a person wrote.
import assert from "node:assert/strict";
import { HumanError } from "../../src/core/error.js";
import { startTime } from "../../src/client/start-time.js";

describe("a start time", () => {
  const now = new Date(2026, 10, 26, 20, 30, 15);

  it("is the next such time of day: today's, or tomorrow's where that is past", () => {
    assert.equal(startTime("22:00", now), new Date(2026, 10, 26, 22, 0).getTime());
    assert.equal(startTime("6:05", now), new Date(2026, 10, 27, 6, 5).getTime());
    assert.equal(startTime("20:30", now), new Date(2026, 10, 27, 20, 30).getTime());
  });

  it("is a moment: local without a zone, and exact with one", () => {
    assert.equal(startTime("2026-11-27T06:30", now), new Date(2026, 10, 27, 6, 30).getTime());
    assert.equal(startTime("2026-11-28 06:30:10", now), new Date(2026, 10, 28, 6, 30, 10).getTime());
    assert.equal(startTime("2026-11-28T06:30Z", now), Date.UTC(2026, 10, 28, 6, 30));
    assert.equal(startTime("2026-11-28T06:30+02:00", now), Date.UTC(2026, 10, 28, 4, 30));
  });

  const refused: readonly (readonly [text: string, words: RegExp])[] = [
    ["", /no time/u],
    ["tonight", /no time/u],
    ["24:00", /no time/u],
    ["12:60", /no time/u],
    ["2026-11-31T10:00", /no time/u],
    ["2026-13-01T10:00", /no time/u],
    ["2026-11-27", /no time/u],
    ["2026-11-27T10:00+99:99", /no time/u],
    ["2026-11-26T20:30", /is past/u],
    ["2027-11-27T10:00", /more than 30 days/u],
  ];
  for (const [text, words] of refused) {
    it(`is not "${text}"`, () => {
      assert.throws(() => startTime(text, now), (error) => error instanceof HumanError && error.exit === 2 && words.test(error.message));
    });
  }
});
