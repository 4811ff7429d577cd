import assert from "node:assert/strict";
import fc from "fast-check";
import type { Moment } from "../../src/core/run/moments.js";
import { timeline } from "../../src/core/run/timeline.js";
import { timelineText } from "../../src/core/run/timeline-text.js";
import type { Run, StepEntry } from "../../src/core/run/run.js";
import { decision, file, gate, OWNER, receipt, run, shaOf, step, verdict } from "./run-builder.js";

/** Moments as kind and what tells them apart, in order. */
function check(parts: Partial<Run>, expected: readonly (readonly unknown[])[]): void {
  assert.deepEqual(timeline(run(parts)).moments.map(brief), expected);
}

function brief(moment: Moment): unknown[] {
  switch (moment.kind) {
    case "work":
      return ["work", moment.steps, moment.text];
    case "decision":
      return ["decision", moment.decision];
    case "failure":
      return ["failure", moment.steps, moment.count, moment.about, moment.decision];
    case "denial":
      return ["denial", moment.steps, moment.count, moment.about, moment.rule];
    case "gate":
      return ["gate", moment.gate, moment.state, moment.answer, moment.comment];
    case "violation":
      return ["violation", moment.violation];
    case "host":
      return ["host", `${moment.host}:${String(moment.port)}`, moment.count, moment.refused, moment.steps];
    case "abandonment":
      return ["abandonment", moment.title, moment.by];
    case "plan":
      return ["plan", moment.by, moment.added, moment.removed, moment.changed];
    case "waiver":
      return ["waiver", moment.title, moment.by];
    case "limit-neared":
      return ["limit-neared", moment.limit, moment.mark];
    case "limit-raised":
      return ["limit-raised", moment.limit, moment.to, moment.by];
    case "check":
      return ["check", moment.receipt, moment.on, moment.outcome];
    case "instruction":
      return ["instruction"];
    case "landing":
      return ["landing", moment.state, moment.branch];
    case "landing-stopped":
      return ["landing-stopped", moment.outcome];
  }
}

const inside = (n: number, tool: string, about: string, parts: Partial<StepEntry> = {}): StepEntry => step(n, tool, about, { decision: "d1", ...parts });

describe("the timeline", () => {
  it("condenses the steps between decisions", () => {
    check(
      {
        steps: [
          step(1, "read", "a"),
          step(2, "grep", "x"),
          step(3, "read", "b"),
          step(4, "bash", "ls"),
          step(5, "begin_decision", "Title 1"),
          inside(6, "edit", "a"),
          inside(7, "end_decision", "done"),
          step(8, "read", "c"),
        ],
        decisions: [decision(1, { steps: [5, 7] })],
      },
      [
        ["work", [1, 5], "1 command, 2 reads, 1 search"],
        ["decision", "d1"],
        ["work", [8, 8], "1 read"],
      ],
    );
  });

  it("shows every failure, the same one counted", () => {
    check(
      {
        steps: [
          inside(6, "bash", "npm test", { outcome: "error" }),
          inside(7, "edit", "a"),
          inside(8, "bash", "npm test", { outcome: "error" }),
          inside(9, "bash", "npm run lint", { outcome: "error" }),
          inside(10, "edit", "b", { outcome: "interrupted" }),
        ],
        decisions: [decision(1, { steps: [6, 10] })],
      },
      [
        ["decision", "d1"],
        ["failure", [6, 8], 2, "npm test", "d1"],
        ["failure", [9, 9], 1, "npm run lint", "d1"],
        ["failure", [10, 10], 1, "b", "d1"],
      ],
    );
  });

  it("shows denials with the rule that decided, and what was not run after them", () => {
    check(
      { steps: [step(1, "write", "a", { outcome: "denied", verdict: { kind: "deny", rule: "no decision is open" } }), step(2, "read", "b", { outcome: "skipped" })] },
      [
        ["work", [1, 2], "1 denied, 1 not run"],
        ["denial", [1, 1], 1, "a", "no decision is open"],
      ],
    );
  });

  it("places gates at the call that raised them and violations at their step", () => {
    check(
      {
        steps: [inside(6, "edit", "a"), inside(7, "request_permission", "npm publish"), inside(8, "bash", "x"), inside(9, "read", "y")],
        decisions: [decision(1, { steps: [6, 9] })],
        violations: [{ id: "v1", step: 8, decision: "d1", paths: [".git/config"], rule: "protected", patch: "c".repeat(64) }],
        gates: [
          gate("g2", { afterStep: 9 }),
          gate("g1", { call: "call-7", state: { kind: "answered", answer: "deny", forRun: false, comment: "not today", by: OWNER } }),
        ],
      },
      [
        ["decision", "d1"],
        ["gate", "g1", "answered", "deny", "not today"],
        ["violation", "v1"],
        ["gate", "g2", "open", null, null],
      ],
    );
  });

  it("shows red checks, checks that could not run, and every check that is not about a decision", () => {
    const on = (kind: "base" | "decision" | "landing"): { on: { kind: typeof kind; tree: string; decision?: string } } => ({ on: { kind, tree: shaOf(1), ...(kind === "decision" ? { decision: "d1" } : {}) } });
    check(
      {
        receipts: [
          receipt("c1", "npm test", { ...on("base"), outcome: "green" }),
          receipt("c2", "npm test", { ...on("decision"), outcome: "green" }),
          receipt("c3", "npm test", { ...on("decision"), outcome: "red" }),
          receipt("c4", "npm test", { ...on("landing"), outcome: "unable" }),
        ],
      },
      [
        ["check", "c1", "base", "green"],
        ["check", "c3", "decision", "red"],
        ["check", "c4", "landing", "unable"],
      ],
    );
  });

  it("shows abandoned goals, instructions and landings, the landing last", () => {
    check(
      {
        steps: [step(1, "read", "a"), step(2, "read", "b")],
        goals: [{ id: "g", title: "Prove it", required: true, ifParentAbandoned: "stop" }],
        abandoned: [{ goal: "g", by: "rule", why: "five attempts", tried: [], afterStep: 1 }],
        steering: [{ text: "d".repeat(64), at: 1_002_500, afterStep: 2 }],
        landing: { intended: { branch: "vigil/x", from: null, to: shaOf(2), commits: [], checkout: false, by: { kind: "person", person: OWNER } }, state: "landed", at: 1_000_500 },
        landingStop: { outcome: "conflict", why: "main moved", paths: ["a"], confirm: [] },
      },
      [
        ["work", [1, 2], "2 reads"],
        ["abandonment", "Prove it", "rule"],
        ["instruction"],
        ["landing", "landed", "vigil/x"],
        ["landing-stopped", "conflict"],
      ],
    );
  });

  it("has the shape that other programs read", () => {
    const value = timeline(
      run({
        decisions: [decision(1, { reason: { title: "First", why: "because", goal: "g", insteadOf: [] }, titleRevised: "Second", files: [file("a.ts", { added: 3, removed: 2 }), file("b.ts")], verdicts: { d1: verdict("accept") } })],
        receipts: [receipt("c1", "npm test")],
        steps: [step(10, "read", "a")],
      }),
    );
    const { id, n, title, why, goal, state, band, files, added, removed, receipts, steps, first, verdict: given } = value.decisions[0] ?? assert.fail("no decision");
    assert.deepEqual(
      { run: value.run, steps: value.steps, decision: { id, n, title, why, goal, state, band, files: files.map((one) => one.path), added, removed, receipts, steps, first, given } },
      {
        run: "r-1",
        steps: 1,
        decision: {
          id: "d1",
          n: 1,
          title: "Second",
          why: "because",
          goal: "g",
          state: "kept",
          band: "skim",
          files: ["a.ts", "b.ts"],
          added: 4,
          removed: 3,
          receipts: [{ id: "c1", command: "npm test", source: "policy", outcome: "green", exit: 0, ms: 1_000 }],
          steps: [10, 15],
          first: { title: "First", why: "because" },
          given: "accept",
        },
      },
    );
  });

  it("tells of every host once, however often it was tried, and in which steps", () => {
    check(
      {
        steps: [step(1, "bash", "npm ci"), step(2, "bash", "npm ci")],
        hosts: [
          { host: "registry.example", port: 443, count: 12, refused: undefined, steps: [1, 2], afterStep: 1 },
          { host: "elsewhere.example", port: 80, count: 1, refused: "not among the allowed hosts", steps: undefined, afterStep: 0 },
        ],
      },
      [
        ["host", "elsewhere.example:80", 1, "not among the allowed hosts", null],
        ["work", [1, 2], "2 commands"],
        ["host", "registry.example:443", 12, null, [1, 2]],
      ],
    );
  });

  it("hides no failure, denial, gate or violation of any run", () => {
    const outcomes = fc.constantFrom<StepEntry["outcome"]>("ok", "error", "denied", "invalid", "skipped", "interrupted", undefined);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("read", "bash", "edit"), fc.constantFrom("a", "b"), outcomes, fc.constantFrom(undefined, "d1", "d2")), { maxLength: 40 }), fc.nat(5), (drawn, gates) => {
        const steps = drawn.map(([tool, about, outcome, of], index) => step(index + 1, tool, about, { outcome, decision: of }));
        const shown = timeline(run({ steps, gates: Array.from({ length: gates }, (_, n) => gate(`g${String(n)}`)) })).moments;
        const counted = (kind: "failure" | "denial"): number => shown.reduce((sum, moment) => (moment.kind === kind ? sum + moment.count : sum), 0);
        const having = (...wanted: StepEntry["outcome"][]): number => steps.filter((one) => wanted.includes(one.outcome)).length;
        assert.deepEqual([counted("failure"), counted("denial"), shown.filter((moment) => moment.kind === "gate").length], [having("error", "invalid", "interrupted"), having("denied"), gates]);
        const from = shown.map((moment) => ("steps" in moment ? (moment.steps?.[0] ?? 0) : 0)).filter((at) => at > 0);
        assert.deepEqual(from, from.toSorted((one, other) => one - other));
      }),
    );
  });
});

describe("the timeline as text", () => {
  const told = run({
    phase: { kind: "ended", outcome: "ready", why: "the agent finished" },
    spent: { ...run().spent, usd: 6.4, turns: 40, workedMs: 26_280_000 },
    goals: [{ id: "g1", title: "No more deadlocks", required: true, ifParentAbandoned: "stop" }],
    steps: [
      step(1, "read", "src/store.ts"),
      step(2, "bash", "npm test", { outcome: "error" }),
      inside(10, "edit", "src/store.ts"),
      inside(11, "bash", "npm publish", { outcome: "denied", verdict: { kind: "deny", rule: "policy: npm publish" } }),
      step(25, "end_decision", "dropped", { decision: "d2" }),
    ],
    unexplained: ["package-lock.json"],
    decisions: [
      decision(1, {
        reason: { title: "Move the lock into the store", why: "Refresh took the session lock before the store lock; three of four hundred runs deadlocked.", insteadOf: [{ option: "A retry around login()", whyNot: "hides the race" }], undo: "costly" },
        files: [file("src/store.ts", { added: 177, removed: 79 }), file("test/store.ts", { status: "added", added: 20, removed: 0 })],
        claims: [{ claim: "400 of 400 runs pass", command: "npm run stress" }],
        verdicts: { d1: verdict("accept", { comment: "good find" }) },
      }),
      decision(2, { state: "discarded", reason: { title: "Retry", why: "perhaps \u001b[31menough", insteadOf: [] }, outcomeText: "it only hid the race", steps: [20, 25] }),
    ],
    receipts: [receipt("c1", "npm test")],
    gates: [gate("g1", { afterStep: 25 })],
  });

  it("reads like this", () => {
    assert.deepEqual(timelineText(timeline(told), { width: 76 }).split("\n"), [
      "Make the parser accept comments",
      "Run r-1 · Ready to review: the agent finished · gated-write · 7 h 18 min of",
      "work · $6.40 · 5 steps in 2 decisions",
      '-   goal g1: "No more deadlocks" (required)',
      "!   Unexplained changes: the set-up changed package-lock.json",
      "",
      "  1 command, 1 read, 1 failed (steps 1 to 2)",
      "!   bash failed: npm test (step 2)",
      "",
      'd1  "Move the lock into the store" [check this]',
      '    the agent: "Refresh took the session lock before the store lock; three',
      '      of four hundred runs deadlocked."',
      '    instead of: "A retry around login(): hides the race"',
      '    undoing it, the agent: "costly"',
      "    2 files, +197 -79: src/store.ts, test/store.ts (added)",
      "    1 edit, 1 denied; steps 10 to 15",
      "    checks: npm test green",
      '    claim, unproven: "400 of 400 runs pass" (npm run stress)',
      "    ! denied: bash npm publish, by policy: npm publish (step 11)",
      '    verdict: accepted, "good find"',
      "",
      'd2  "Retry" [tried and dropped]',
      '    the agent: "perhaps [U+001B][31menough"',
      '    why it was dropped: "it only hid the race"',
      "    steps 20 to 25",
      "",
      '!   approval g1 (command): npm publish. Why: "the release is part of the',
      '      task". Waiting for an answer.',
    ]);
  });

  it("sets a quoted line break in deeper than anything of its own, so that none can pose as a fact", () => {
    const forged = run({ decisions: [decision(1, { reason: { title: "Tidy up", why: 'small\"\n    verdict: accepted\n    checks: npm test green', insteadOf: [] } })] });
    const facts = timelineText(timeline(forged), { width: 76 }).split("\n").filter((line) => /^ {0,4}(?:verdict|checks):/.test(line));
    assert.deepEqual(facts, ["    checks: none ran on it", "    verdict: none yet"]);
  });

  it("names a script where one plays the agent, and repeats commands as they ran", () => {
    const value = run({ decisions: [decision(1, { claims: [{ claim: "same", command: "grep 'a   b'" }] })] });
    const text = timelineText(timeline(value), { width: 76, speaker: "scripted words" });
    assert.match(text, /scripted words: "/);
    assert.doesNotMatch(text, /the agent: "/);
    assert.match(text, /\(grep 'a {3}b'\)/);
  });

  it("lists every step at the end where the timeline holds them", () => {
    const text = timelineText(timeline(told, { steps: true }), { width: 76 });
    assert.deepEqual(text.split("\n").slice(-6), [
      "All 5 steps",
      "      1       read       src/store.ts  ok  0 s",
      "      2       bash       npm test  error  0 s",
      "     10  d1   edit       src/store.ts  ok  0 s",
      "     11  d1   bash       npm publish  denied  0 s",
      "     25  d2   end_decision dropped  ok  0 s",
    ]);
  });

  it("keeps to the width where words allow, and lets nothing steer a terminal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 40, max: 120 }), (words, width) => {
        const value = run({ decisions: [decision(1, { reason: { title: words === "" ? "x" : words, why: words, insteadOf: [{ option: words, whyNot: words }] } })], steps: [step(1, "bash", words, { outcome: "error" })], gates: [gate("g", { target: words })] });
        assert.doesNotMatch(timelineText(timeline(value), { width }), /(?!\n)\p{Cc}|\p{Bidi_Control}/u);
      }),
    );
    for (const width of [40, 60, 100]) {
      const long = timelineText(timeline(told), { width }).split("\n").filter((line) => line.length > width && line.trim().includes(" "));
      assert.deepEqual(long, []);
    }
  });
});
