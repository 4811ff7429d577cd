import assert from "node:assert/strict";
import fc from "fast-check";
import { HumanError } from "../../src/core/error.js";
import { checkTargets, parseTarget, targetIn, type Target } from "../../src/core/review/target.js";
import { decision, file, run } from "./run-builder.js";

function check(id: string, expected: Target | undefined): void {
  assert.deepEqual(parseTarget(id), expected);
}

describe("the id of what a verdict is about", () => {
  it("names a decision, a file of it or a hunk of that", () => {
    check("d3", { kind: "decision", decision: "d3" });
    check("d3:src/a.ts", { kind: "file", decision: "d3", path: "src/a.ts" });
    check("d12:src/a.ts#2", { kind: "hunk", decision: "d12", path: "src/a.ts", hunk: 2 });
  });

  it("takes the last number sign for the hunk's", () => {
    check("d3:c#/a:b#1#2", { kind: "hunk", decision: "d3", path: "c#/a:b#1", hunk: 2 });
    check("d3:a#b", { kind: "file", decision: "d3", path: "a#b" });
    check("d3:a#1#0", { kind: "file", decision: "d3", path: "a#1" });
    check("d3:#1", { kind: "file", decision: "d3", path: "#1" });
  });

  it("is nothing else", () => {
    for (const id of ["", "3", "d", "d0", "d03", "d3:", "D3", " d3", "d3 ", "g1"]) check(id, undefined);
  });

  it("names any path: a hunk of it by its number, the file itself by #0", () => {
    const path = fc.oneof(fc.string({ minLength: 1 }), fc.tuple(fc.string({ minLength: 1 }), fc.nat(20)).map(([name, n]) => `${name}#${String(n)}`));
    fc.assert(
      fc.property(path, fc.integer({ min: 1, max: 99 }), (name, hunk) => {
        check(`d7:${name}#${String(hunk)}`, { kind: "hunk", decision: "d7", path: name, hunk });
        check(`d7:${name}#0`, { kind: "file", decision: "d7", path: name });
      }),
    );
  });

  it("means the file where only a file of exactly that name exists", () => {
    const one = decision(1, { files: [file("notes#2"), file("both"), file("both#1")] });
    assert.deepEqual(targetIn(one, "d1:notes#2"), { kind: "file", decision: "d1", path: "notes#2" });
    assert.deepEqual(targetIn(one, "d1:both#1"), { kind: "hunk", decision: "d1", path: "both", hunk: 1 });
    assert.equal(targetIn(one, "d2"), undefined);
  });
});

describe("checking ids", () => {
  const value = run({
    decisions: [
      decision(1, { files: [file("a.ts"), file("logo.png", { binary: true }), file("c#1")] }),
      decision(2, { state: "discarded" }),
      decision(3, { state: "proposed", files: [file("b.ts")] }),
      decision(4, { state: "dropped" }),
      decision(5, { state: "empty" }),
      decision(6, { state: "open" }),
    ],
  });
  const there = "Decisions to review in run r-1: d1, d3. Name one, one of its files (d1:path) or one hunk (d1:path#2).";

  function refused(ids: readonly string[], expected: string): void {
    assert.throws(
      () => { checkTargets(value, ids, (_, path) => (path === "a.ts" ? 2 : 0)); },
      (error) => error instanceof HumanError && error.exit === 2 && (assert.equal(error.message, `${expected} ${there}`), true),
    );
  }

  it("lets pass what there is", () => {
    checkTargets(value, ["d1", "d3", "d1:a.ts", "d1:a.ts#2", "d1:logo.png"], () => 2);
    checkTargets(value, ["d1:a.ts#7"]);
  });

  it("names every unknown one and says what there is", () => {
    refused(["d1", "d9", "d9:x", "first"], 'There is no decision d9. There is no decision d9 (in "d9:x"). "first" is not the id of a decision, a file or a hunk.');
    refused(["d1:c.ts"], 'Decision d1 does not change "c.ts"; its files are d1:a.ts, d1:logo.png, d1:c#1#0.');
    refused(["d1:a.ts#3"], '"a.ts" has 2 hunks in decision d1, not 3.');
    refused(["d1:logo.png#1"], '"logo.png" is binary and has no hunks: name the file.');
    refused(["d3:b.ts#1"], 'Decision d3 changes no line of "b.ts": name the file.');
  });

  it("says why a decision takes no verdict", () => {
    refused(["d2"], "Decision d2 was tried and dropped by the agent: nothing of it is left to review.");
    refused(["d4"], "Decision d4 fell with a rejection: nothing of it is left to review.");
    refused(["d5"], "Decision d5 changed no file.");
    refused(["d6"], "Decision d6 is still being worked on.");
  });

  it("says so when there is nothing to review", () => {
    assert.throws(() => { checkTargets(run(), ["d1"]); }, { message: "There is no decision d1. Run r-1 has no decision to review." });
  });
});
