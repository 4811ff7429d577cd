import assert from "node:assert/strict";
import { cacheShareText } from "../../src/core/run/cache-share.js";

describe("the share of the cache", () => {
  const check = (input: number, cacheRead: number, cacheWrite: number, expected: string | undefined): void => assert.equal(cacheShareText({ input, output: 7, cacheRead, cacheWrite }), expected);

  it("is of all that was sent, with what was written to the cache", () => check(12_480, 70_000, 5_000, "80 % of 87,480 tokens sent came from the cache"));
  it("is rounded down", () => check(1, 9_999, 0, "99 % of 10,000 tokens sent came from the cache"));
  it("is none of one token, without a cache", () => check(1, 0, 0, "0 % of 1 token sent came from the cache"));
  it("is not said of nothing", () => check(0, 0, 0, undefined));
});
