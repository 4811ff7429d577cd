// Which stages are open, and the one edit that opens the next.
import assert from "node:assert/strict";
import fc from "fast-check";
import { mergePolicy } from "../../src/core/policy/merge.js";
import { openStage, stageLadder, type Circumstances } from "../../src/core/policy/open.js";
import type { PolicySettings } from "../../src/core/policy/schema.js";
import { STAGES, stageRank, type Stage } from "../../src/core/stage.js";

const waived = { "promotion.waived": { stage: "autonomous-with-summary", by: "lead@x", reason: "pilot" } } as const;
const autonomous: PolicySettings = { maxStage: "autonomous-with-summary", requiredChecks: ["npm test"], owner: "a@x", "landing.branch": "auto", ...waived };

function here(committed: PolicySettings, change: Partial<Circumstances> = {}, uncommitted: PolicySettings = {}): Circumstances {
  const policy = mergePolicy({ committed, trusted: "all", confirmed: false, others: [{ level: "checkout", settings: uncommitted }] });
  return { policy, hasCommittedPolicy: Object.keys(committed).length > 0, machine: { enforceable: STAGES }, landingBranch: {}, evidence: { kind: "none" }, ...change };
}

describe("the stage of a run that asks for none", () => {
  const check = (input: Circumstances, stage: Stage, why: RegExp) => {
    const opening = openStage(input);
    assert.deepEqual([opening.kind, opening.kind === "open" && opening.stage], ["open", stage]);
    assert.match(opening.why, why);
  };
  it("is gated-write without a committed policy", () => check(here({}), "gated-write", /Not bounded-write: No policy is committed here.* Commit "vigil\.policy\.maxStage": "bounded-write" in \.vscode\/settings\.json\.$/));
  it("is the committed ceiling", () => check(here({ maxStage: "read-only" }), "read-only", /Not gated-write: The committed policy's ceiling is read-only/));
  it("is gated-write where bounded-write lacks a scope", () => check(here({ maxStage: "bounded-write" }), "gated-write", /Commit "vigil\.policy\.scope": \["src\/\*\*"\]/));
  it("is bounded-write with a scope and a waiver", () => check(here({ maxStage: "bounded-write", scope: ["src/**"], ...waived }), "bounded-write", /waived by lead@x \(pilot\)/));
  it("is autonomous with all that it needs, without a scope", () => check(here(autonomous), "autonomous-with-summary", /^The highest stage that is open here, without a track record: waived by lead@x \(pilot\)\.$/));
  it("is what the machine can hold", () => check(here(autonomous, { machine: { enforceable: ["read-only"], why: "bubblewrap is missing." } }), "read-only", /Not gated-write: bubblewrap is missing\. Run vigil doctor/));
  it("names the level that holds it down", () => check(here({ maxStage: "gated-write" }, {}, { maxStage: "read-only" }), "read-only", /Narrowed by the uncommitted .*remove "vigil\.policy\.maxStage"/));
});

describe("a stage that was asked for and is closed", () => {
  const check = (input: Circumstances, requested: Stage, why: RegExp, edit: RegExp) => {
    const opening = openStage({ ...input, requested });
    assert.ok(opening.kind === "closed");
    assert.equal(opening.requested, requested);
    assert.match(opening.why, why);
    assert.match(opening.edit, edit);
  };
  it("names the waiver", () => check(here({ maxStage: "bounded-write", scope: ["src/**"], owner: "a@x" }), "bounded-write", /track record/, /"vigil\.policy\.promotion\.waived": \{"stage":"bounded-write","by":"a@x","reason":/));
  it("does not take a waiver for a lower stage", () => check(here({ ...autonomous, "promotion.waived": { stage: "bounded-write", by: "b", reason: "r" } }), "autonomous-with-summary", /track record/, /"stage":"autonomous-with-summary"/));
  it("names the checks", () => check(here({ ...autonomous, requiredChecks: [] }), "autonomous-with-summary", /checks/, /"vigil\.policy\.requiredChecks": \["npm test"\]/));
  it("names the landing branch that is in use", () => check(here(autonomous, { landingBranch: { checkedOutAt: "/home/a/repo" } }), "autonomous-with-summary", /auto is checked out at \/home\/a\/repo/, /Check out another branch there/));
  it("does not open by an uncommitted scope", () => check(here({ maxStage: "bounded-write", ...waived }, {}, { scope: ["**"] }), "bounded-write", /where it may write/, /counts only once it is committed/));
  it("is read-only itself where nothing can be confined", () => check(here({}, { machine: { enforceable: [] } }), "read-only", /cannot hold/, /vigil doctor/));
});

describe("the ladder", () => {
  it("agrees with opening each stage", () => {
    const keys = fc.subarray(Object.keys(autonomous));
    fc.assert(
      fc.property(keys, fc.subarray([...STAGES]), (kept, enforceable) => {
        const committed = Object.fromEntries(Object.entries(autonomous).filter(([key]) => kept.includes(key)));
        const input = here(committed, { machine: { enforceable } });
        const ladder = stageLadder(input);
        const open = ladder.filter((rung) => rung.state.kind === "open").map((rung) => rung.stage);
        assert.deepEqual(ladder.map((rung) => rung.stage), STAGES);
        assert.deepEqual(open, STAGES.filter((requested) => openStage({ ...input, requested }).kind === "open"));
        const best = openStage(input);
        assert.equal(best.kind === "open" ? best.stage : undefined, [...open].sort((a, b) => stageRank(b) - stageRank(a))[0]);
      }),
    );
  });
});
