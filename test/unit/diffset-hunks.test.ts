import assert from "node:assert/strict";
import fc from "fast-check";
import { decisionHunks, withoutHunks, withPart } from "../../src/core/review/hunks.js";
import { applied } from "./apply-hunks.js";

function check(before: string | undefined, after: string | undefined, expected: readonly (readonly string[])[]): void {
  assert.deepEqual(decisionHunks(before, after).map((hunk) => [`${String(hunk.n)}: -${String(hunk.oldStart)},${String(hunk.oldLines)} +${String(hunk.newStart)},${String(hunk.newLines)}`, ...hunk.lines]), expected);
}

const all = (before: string | undefined, after: string | undefined): ReadonlySet<number> => new Set(decisionHunks(before, after).map((hunk) => hunk.n));

const someText = fc.option(
  fc.array(fc.constantFrom("a", "b", "c", "}", "", "x\r"), { maxLength: 30 }).chain((lines) => fc.boolean().map((newline) => lines.join("\n") + (newline && lines.length > 0 ? "\n" : ""))),
  { nil: undefined },
);

describe("a decision's own hunks", () => {
  it("are numbered from the top, without context", () => {
    check("1\n2\n3\n4\n5\n6\n", "one\n2\n3\n4\n5\n", [
      ["1: -1,1 +1,1", "-1", "+one"],
      ["2: -6,1 +5,0", "-6"],
    ]);
  });

  it("join changes with three or fewer lines between them", () => {
    check("1\n2\n3\n4\n5\n", "one\n2\n3\n4\nfive\n", [["1: -1,5 +1,5", "-1", "+one", " 2", " 3", " 4", "-5", "+five"]]);
  });

  it("are one for a file that comes or goes, and none for an empty one", () => {
    check(undefined, "1\n", [["1: -0,0 +1,1", "+1"]]);
    check("1\n", undefined, [["1: -1,1 +0,0", "-1"]]);
    check(undefined, "", []);
  });

  it("leave the others in place when one is rejected", () => {
    const [before, after] = ["1\n2\n3\n4\n5\n6\n7", "one\n2\n3\n4\n5\n6\nseven\n"];
    assert.equal(withoutHunks(before, after, new Set([1])), "1\n2\n3\n4\n5\n6\nseven\n");
    assert.equal(withPart(before, after, { without: [2] }), "one\n2\n3\n4\n5\n6\n7");
    assert.equal(withPart(before, after, { only: [2] }), "1\n2\n3\n4\n5\n6\nseven\n");
  });

  it("give the decision's text when none is rejected and the text before it when all are", () => {
    fc.assert(
      fc.property(someText, someText, (before, after) => {
        assert.equal(withoutHunks(before, after, new Set()), after);
        const every = all(before, after);
        if (every.size > 0) assert.equal(withoutHunks(before, after, every), before);
        assert.deepEqual([withPart(before, after, "all"), withPart(before, after, "none")], [after, before]);
      }),
    );
  });

  it("apply alone what a patch tool makes of the hunks that are left", () => {
    fc.assert(
      fc.property(someText, someText, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (before, after, draws) => {
        const hunks = decisionHunks(before, after);
        const kept = hunks.filter((hunk) => draws[hunk.n % 12] === true);
        const rejected = hunks.filter((hunk) => !kept.includes(hunk)).map((hunk) => hunk.n);
        const text = withPart(before, after, { without: rejected });
        assert.equal(text ?? "", applied(before ?? "", kept, false));
        assert.equal(withPart(before, after, { only: kept.map((hunk) => hunk.n) }), text);
      }),
    );
  });

  it("refuse a number that the file does not have", () => {
    assert.throws(() => withoutHunks("1\n", "2\n", new Set([2])), RangeError);
    assert.throws(() => withPart("1\n", "2\n", { only: [2] }), RangeError);
  });
});
