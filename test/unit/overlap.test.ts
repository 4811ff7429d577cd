// Files that several runs changed: which runs take part, and which files are shared.
import assert from "node:assert/strict";
import { changedPaths, overlaps } from "../../src/core/review/overlap.js";
import { overlapText } from "../../src/core/review/overlap-text.js";
import { decision, file, OWNER, run, step } from "./run-builder.js";

describe("an overlap", () => {
  const kept = decision(1, { files: [file("src/b.ts"), file("src/a.ts")] });

  it("is of what kept decisions changed, and of what the open one has changed so far", () => {
    const steps = [step(1, "edit", "x", { decision: "d2", changed: ["src/c.ts"] }), step(2, "edit", "x", { decision: "d1", changed: ["src/gone.ts"] })];
    assert.deepEqual(changedPaths(run({ decisions: [kept, decision(2, { state: "open", files: [] })], openDecision: "d2", steps })), ["src/a.ts", "src/b.ts", "src/c.ts"]);
  });

  it("is of nothing that was dropped, rejected, proposed or landed", () => {
    const verdict = { verdict: "reject", basis: "decision", comment: undefined, by: { kind: "person", person: OWNER }, at: 1, seq: 9 } as const;
    for (const parts of [{ state: "dropped" }, { state: "proposed" }, { state: "discarded" }, { verdicts: { d1: verdict } }] as const) assert.deepEqual(changedPaths(run({ decisions: [{ ...kept, ...parts }] })), []);
  });

  it("names for each run the others and the files of both", () => {
    const found = overlaps(new Map([["r1", ["a", "b"]], ["r2", ["b", "c"]], ["r3", ["a", "b"]], ["r4", ["d"]]]));
    assert.deepEqual([...found], [
      ["r1", [{ run: "r2", files: ["b"] }, { run: "r3", files: ["a", "b"] }]],
      ["r2", [{ run: "r1", files: ["b"] }, { run: "r3", files: ["b"] }]],
      ["r3", [{ run: "r1", files: ["a", "b"] }, { run: "r2", files: ["b"] }]],
      ["r4", []],
    ]);
  });

  it("reads as one line, whatever a file is called", () => {
    assert.equal(overlapText({ run: "r2", files: ["a", "b\n\u202e", "c", "d", "e"] }), "Also changed by the run r2: a, b ⏎ [U+202E], c and 2 more");
  });
});
