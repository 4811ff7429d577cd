// What the timeline panel is told of a run: bands with their facts, chapters, the strip, what may be done; and no character
// in it that could steer a screen.
import assert from "node:assert/strict";
import { fromPanelSchema } from "../../src/core/panel/messages.js";
import { panel, type Panel } from "../../src/core/panel/panel.js";
import { stepGroups, stepRow } from "../../src/core/panel/step-groups.js";
import { strip } from "../../src/core/panel/strip.js";
import { MOST_BINS } from "../../src/core/run/step-digest.js";
import type { Run } from "../../src/core/run/run.js";
import { decision, file, gate, receipt, run, step, verdict } from "./run-builder.js";

const ENDED = { kind: "ended", outcome: "ready", why: "ready to review" } as const;

function panelOf(of: Run, trusted = true): Panel {
  return panel({ run: of, diff: undefined, summary: undefined, shown: new Map(), trusted, scripted: false, interrupted: false });
}

describe("the panel", () => {
  it("groups decisions by how closely to look, the larger first, and says why by a fact", () => {
    const { groups, decisions } = panelOf(
      run({
        decisions: [
          decision(1, { files: [file("docs/a.md")] }),
          decision(2, { files: [file("src/a.ts", { added: 2 })] }),
          decision(3, { files: [file("src/b.ts", { added: 20 })] }),
          decision(4, { files: [file("test/a.test.ts", { status: "deleted", added: 0, removed: 9 })] }),
          decision(5, { state: "discarded" }),
          decision(6, { state: "empty" }),
        ],
      }),
    );
    assert.deepEqual(groups.map((group) => [group.heading, group.decisions]), [["Read these", ["d4"]], ["Check these", ["d3", "d2"]], ["Routine", ["d1"]], ["Tried and dropped", ["d5"]]]);
    assert.deepEqual(decisions.map((one) => [one.id, one.because]), [["d1", "documentation only"], ["d2", "code"], ["d3", "code"], ["d4", "takes tests away"], ["d5", "code"]]);
  });

  it("puts evidence beside the reason, and marks what is missing or red", () => {
    const [one, two] = panelOf(
      run({
        decisions: [decision(1, { files: [file("a.ts")], claims: [{ claim: "it is fast", command: "npm run bench" }] }), decision(2, { files: [file("b.ts")] })],
        receipts: [receipt("r1", "npm test", { outcome: "red", on: { kind: "decision", tree: "1".repeat(40), decision: "d1" } })],
      }),
    ).decisions;
    assert.deepEqual(one?.facts.filter((fact) => fact.bad).map((fact) => fact.text), ["npm test: RED", '"it is fast" (npm run bench): UNPROVEN: no check of it ran on what the decision left', "check red: npm test"]);
    assert.deepEqual(two?.facts.filter((fact) => fact.bad).map((fact) => fact.text), ["No check ran on it."]);
    assert.equal(one.facts[0]?.quoted, true);
  });

  it("has every decision in exactly one chapter", () => {
    const { chapters } = panelOf(
      run({
        goals: [{ id: "g1", title: "First", required: true, ifParentAbandoned: "stop" }],
        abandoned: [{ afterStep: 0, goal: "g1", by: "agent", why: "no way", tried: [] }],
        decisions: [decision(1, { reason: { title: "a", why: "b", insteadOf: [], goal: "g1" } }), decision(2), decision(3, { reason: { title: "a", why: "b", insteadOf: [], goal: "gone" } })],
      }),
    );
    assert.deepEqual(chapters.map(({ title, state, decisions }) => [title, state, decisions]), [["First", "abandoned", ["d1"]], ["Outside the plan", "open", ["d2", "d3"]]]);
  });

  it("says of a goal how it stands, what is near to giving it up, and what a person may do about it", () => {
    const goal = (id: string): Run["goals"][number] => ({ id, title: id, required: false, ifParentAbandoned: "stop" });
    const work = { usd: 0, tokens: 0, workedMs: 0, steps: 1, reached: undefined };
    const parts: Partial<Run> = {
      goals: ["g1", "g2", "g3", "g4", "g5"].map(goal),
      goalWork: { g1: { ...work, attempts: 4 }, g3: { ...work, attempts: 0, reached: "c1" } },
      abandoned: [{ afterStep: 0, goal: "g2", by: "rule", rule: "idle", why: "40 steps", tried: [], smallestUnblock: "Say more" }],
      course: [
        { kind: "goal.warned", goal: "g4", rule: "idle", text: "nothing moved", afterStep: 1 },
        { kind: "goal.warned", goal: "g5", rule: "circle", text: "circles", afterStep: 1 },
        { kind: "goal.waived", goal: "g5", rules: ["circle"], by: { name: "Ada", email: "a@b.c" }, afterStep: 2 },
      ],
    };
    const told = (run: Run, trusted = true) => panelOf(run, trusted).chapters.map(({ goal: id, standing, givenUp, unblock, near, can }) => [id, standing, givenUp, unblock, near, Object.entries(can).flatMap(([name, may]) => (may ? name : [])).join(" ")]);
    assert.deepEqual(told(run(parts)), [
      ["g1", "in progress, check red 4 of 5 times", "", null, "Its check may be red once more", "giveUp waive"],
      ["g2", "given up", "Given up by a rule: nothing moved for many steps", "Say more", null, "waive"],
      ["g3", "reached", "", null, null, ""],
      ["g4", "open", "", null, "The agent was warned that nothing moved", "giveUp waive"],
      ["g5", "open", "", null, null, "giveUp"],
    ]);
    assert.deepEqual(told(run(parts), false).map((one) => one.at(-1)), ["", "", "", "", ""]);
    assert.deepEqual(told(run({ ...parts, phase: ENDED })).map((one) => one.at(-1)), ["", "waive", "", "", ""]);
  });

  it("lets a task without goals be tried again that was given up as a whole", () => {
    const [whole, ...others] = panelOf(run({ phase: ENDED, abandoned: [{ afterStep: 0, goal: "task", by: "rule", rule: "idle", why: "40 steps", tried: [] }] })).chapters;
    assert.deepEqual([whole?.title, whole?.state, whole?.why, whole?.can.waive, others.length], ["The whole task", "abandoned", "40 steps", true, 0]);
  });

  it("lets limits be raised while they can hold anything back", () => {
    const may = (phase: Run["phase"], trusted = true) => panelOf(run({ phase }), trusted).can.raise;
    assert.deepEqual([may({ kind: "working" }), may({ kind: "working" }, false), may(ENDED), may({ kind: "ended", outcome: "stopped", why: "" })], [true, false, false, true]);
  });

  it("offers to land what is accepted, to undo what was decided, and nothing where nobody trusts the workspace", () => {
    const accepted = run({ phase: ENDED, decisions: [decision(1, { files: [file("a.ts")], verdicts: { d1: verdict("accept") } })] });
    assert.deepEqual(panelOf(accepted).can, { resume: false, rework: 0, land: true, unland: false, undo: true, adopt: false, review: true, raise: false });
    assert.deepEqual(panelOf(accepted, false).can, { resume: false, rework: 0, land: false, unland: false, undo: false, adopt: false, review: false, raise: false });
    const landed = { ...accepted, landing: { intended: { branch: "main", from: null, to: "1".repeat(40), commits: [], checkout: false, by: { kind: "person" as const, person: accepted.spec.owner } }, state: "landed" as const, at: 1 } };
    assert.deepEqual(panelOf(landed).can, { resume: false, rework: 0, land: false, unland: true, undo: false, adopt: false, review: false, raise: false });
    assert.equal(panelOf(landed).headline, "Landed on main");
    const asked = run({ phase: ENDED, unheardSince: 5, decisions: [decision(1, { files: [file("a.ts")], verdicts: { d1: verdict("change", { comment: "shorter", seq: 6 }) } })] });
    assert.deepEqual([panelOf(asked).can.rework, panelOf(asked, false).can.rework], [1, 0]);
  });

  it("offers to go on with a run whose process is gone, and says that nothing does so by itself", () => {
    const value = panel({ run: run(), diff: undefined, summary: undefined, shown: new Map(), trusted: true, scripted: false, interrupted: true });
    assert.deepEqual([value.can.resume, /nothing goes on by itself/.test(value.headline)], [true, true]);
  });

  it("offers nothing to do with a run whose record is damaged, and says up to where it is told", () => {
    const accepted = run({ phase: ENDED, decisions: [decision(1, { files: [file("a.ts")], verdicts: { d1: verdict("accept") } })] });
    const value = panel({ run: accepted, diff: undefined, summary: undefined, shown: new Map(), trusted: true, scripted: false, interrupted: false, damaged: "Event 26 was changed." });
    assert.deepEqual([Object.values(value.can).filter((can) => can !== false && can !== 0), value.headline], [[], "What its record tells up to where it is damaged. Event 26 was changed."]);
  });

  it("lets no character through that could steer a screen, except in the paths that name files to the program", () => {
    const evil = "a\u202Eb\u0007c\u200Bd\u001B[31m";
    const value = panelOf(
      run({
        phase: { kind: "ended", outcome: "failed", why: evil },
        goals: [{ id: "g", title: evil, required: true, ifParentAbandoned: "stop" }],
        decisions: [decision(1, { files: [file(evil)], reason: { title: evil, why: evil, insteadOf: [{ option: evil, whyNot: evil }] }, outcomeText: evil, claims: [{ claim: evil, command: evil }], verdicts: { d1: verdict("reject", { comment: evil }) } })],
        steps: [step(1, "bash", evil, { outcome: "error" })],
        gates: [gate("g1", { type: "command", target: evil, why: evil, ifDenied: evil, options: [evil] })],
        unexplained: [evil],
      }),
    );
    const shown = JSON.stringify({ ...value, decisions: value.decisions.map((one) => ({ ...one, files: one.files.map((each) => ({ ...each, path: "" })) })) });
    assert.doesNotMatch(shown, /\u202E|\u200B|\\u0007|\\u001b/u);
    const steps = JSON.stringify([stepGroups([step(1, "bash", evil, { changed: [evil] })]), stepRow(step(1, "bash", evil, { changed: [evil] }))]);
    assert.doesNotMatch(steps, /\u202E|\u200B|\\u0007|\\u001b/u);
  });
});

describe("the activity strip", () => {
  it("counts every step, write, failure and approval once, however long the run is", () => {
    const steps = Array.from({ length: 12_480 }, (_, n) => step(n + 1, "bash", "x", { ...(n % 100 === 0 ? { outcome: "error" } : {}), ...(n % 10 === 0 ? { changed: ["a"] } : {}) }));
    const { bins, steps: range } = strip(run({ steps, gates: [gate("g1", { call: steps[6_000]?.call ?? "" })] }));
    const sum = (of: "steps" | "writes" | "failures" | "gates"): number => bins.reduce((total, bin) => total + bin[of], 0);
    assert.deepEqual([bins.length, range, sum("steps"), sum("writes"), sum("failures"), sum("gates")], [MOST_BINS, [1, 12_480], 12_480, 1_248, 125, 1]);
  });

  it("has a bin for each step of a short run, and none for one without steps", () => {
    assert.equal(strip(run({ steps: [step(1, "read", "a"), step(2, "read", "b")] })).bins.length, 2);
    assert.deepEqual(strip(run()).bins, []);
  });
});

describe("groups of steps", () => {
  it("put neighbours of one kind together, keep other commands apart, and hold every step once", () => {
    const steps = [step(1, "read", "a"), step(2, "grep", "b"), step(3, "bash", "npm test"), step(4, "bash", "npm test", { outcome: "error" }), step(5, "bash", "ls"), step(6, "edit", "a.ts"), step(7, "edit", "a.ts")];
    assert.deepEqual(
      stepGroups(steps).map(({ steps: range, text, trouble }) => [range, text, trouble]),
      [
        [[1, 2], "1 read, 1 search", false],
        [[3, 4], "2 commands, 1 failed (npm test)", true],
        [[5, 5], "bash ls", false],
        [[6, 7], "2 edits (a.ts)", false],
      ],
    );
  });
});

describe("what a page may ask", () => {
  it("is parsed: anything else is refused", () => {
    assert.equal(fromPanelSchema.safeParse({ kind: "verdict", verdict: "accept", targets: ["d1"], opened: true }).success, true);
    for (const wrong of [{ kind: "verdict", verdict: "withdraw", targets: ["d1"], opened: true }, { kind: "verdict", verdict: "accept", targets: [], opened: true }, { kind: "run", command: "rm" }, "ready", null]) {
      assert.equal(fromPanelSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
    }
  });
});
