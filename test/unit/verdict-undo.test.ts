// Taking verdicts back: what held before holds again, as often as one likes, and never for what stands on a branch.
import assert from "node:assert/strict";
import type { EventOf, LoggedEvent } from "../../src/core/log/event.js";
import { lastGiven } from "../../src/core/review/undo.js";
import { effectiveVerdict } from "../../src/core/review/verdict.js";
import { evolve } from "../../src/core/run/evolve.js";
import type { Run } from "../../src/core/run/run.js";
import { decision, file, OWNER, run } from "./run-builder.js";

const FILES = [file("a.ts"), file("b.ts")];
const START = run({ decisions: [decision(1, { files: FILES }), decision(2, { files: FILES }), decision(3, { files: FILES })] });

type Given = readonly [verdict: EventOf<"verdict.given">["verdict"], ...targets: string[]];

function after(...given: readonly Given[]): Run {
  return given.reduce((soFar, [verdict, ...targets], n) => {
    const event: LoggedEvent = { kind: "verdict.given", targets, verdict, basis: "decision", by: { kind: "person", person: OWNER }, seq: 100 + n, at: 1 };
    return evolve(soFar, event);
  }, START);
}

function wholes(value: Run): (string | undefined)[] {
  return value.decisions.map((one) => effectiveVerdict(one).whole);
}

/** Takes back the newest verdict until none is left; what holds after each time. */
function allUndone(...given: readonly Given[]): (string | undefined)[][] {
  const seen: (string | undefined)[][] = [];
  const acts = [...given];
  for (let last = lastGiven(after(...acts)); last !== undefined; last = lastGiven(after(...acts))) {
    acts.push(["withdraw", ...last.targets]);
    seen.push(wholes(after(...acts)));
    assert.ok(seen.length <= given.length, "undoing never ends");
  }
  return seen;
}

describe("taking a verdict back", () => {
  it("leaves the target undecided where it was", () => {
    assert.deepEqual(wholes(after(["accept", "d1"], ["withdraw", "d1"])), [undefined, undefined, undefined]);
  });

  it("makes hold again what it had replaced", () => {
    assert.deepEqual(wholes(after(["accept", "d1"], ["reject", "d1"], ["withdraw", "d1"])), ["accept", undefined, undefined]);
  });

  it("touches no other target", () => {
    const value = after(["accept", "d1"], ["reject", "d1:a.ts"], ["withdraw", "d1"]);
    assert.deepEqual(effectiveVerdict(value.decisions[0] ?? decision(1)).files.map(({ verdict }) => verdict?.verdict), ["reject", undefined]);
  });

  it("of something that has none changes nothing", () => {
    assert.deepEqual(after(["withdraw", "d1"]).decisions, START.decisions);
  });

  it("goes back through all of them, newest first, one act at a time", () => {
    assert.deepEqual(allUndone(["accept", "d1"], ["reject", "d2"], ["accept", "d2", "d3"]), [
      ["accept", "reject", undefined],
      ["accept", undefined, undefined],
      [undefined, undefined, undefined],
    ]);
  });

  it("is not offered for what has landed, nor for what a policy accepted", () => {
    const intended = { branch: "b", from: null, to: "1".repeat(40), commits: [], checkout: false, by: { kind: "person" as const, person: OWNER } };
    assert.equal(lastGiven({ ...after(["accept", "d1"]), landing: { intended, state: "landed", at: 1 } }), undefined);
    const accepted: LoggedEvent = { kind: "verdict.given", targets: ["d1"], verdict: "accept", basis: "summary", by: { kind: "policy", digest: "p" }, seq: 9, at: 1 };
    assert.equal(lastGiven(evolve(START, accepted)), undefined);
  });
});
