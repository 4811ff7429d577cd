import assert from "node:assert/strict";
import fc from "fast-check";
import { brief } from "../../src/core/run/brief.js";
import type { Run } from "../../src/core/run/run.js";
import { mergedDefaults } from "./policy-defaults.js";
import { decision, file, gate, OWNER, receipt, run, shaOf, step, verdict } from "./run-builder.js";

function check(parts: Partial<Run>, heading: string, expected: readonly string[] | undefined): void {
  const sections = brief(run(parts), { steering: [] }).split(/^# /mu).slice(1);
  const section = sections.find((one) => one.startsWith(`${heading}\n`));
  assert.deepEqual(section?.trimEnd().split("\n").slice(1), expected);
}

describe("the brief", () => {
  it("begins with the task and the person's plan, word for word", () => {
    const spec = { ...run().spec, task: "Do it", plan: "# Goal\nDo it\n# Do not touch\nsrc/billing" };
    assert.ok(brief(run({ spec }), { steering: [] }).startsWith("# Task\nDo it\n\n# The person's plan, word for word. It outranks your own goals.\n# Goal\nDo it\n# Do not touch\nsrc/billing\n"));
  });

  it("says what the stage means and which rules hold", () => {
    check({ stage: "read-only" }, "Stage: read-only", ["You look and propose. What a decision changes is kept as a proposal when it ends; the worktree itself stays as it is."]);
    const values = { ...mergedDefaults.values, requiredChecks: ["npm test"], hidden: [], protected: [".git/**"], "limits.usd": 10, commands: [{ match: "npm publish", decision: "deny" as const, reason: "release team" }] };
    check({ spec: { ...run().spec, policy: { values, origins: {} } } }, "Rules in force", [
      "- Checks that must be green before anything lands: npm test.",
      "- Protected, changed only after an approval of exactly that: .git/**.",
      '- Command "npm publish": deny, release team.',
      "- At most 10 US dollars.",
      "- A goal counts as stuck after 5 failed attempts.",
    ]);
  });

  it("names goals with what became of them", () => {
    check(
      {
        goals: [
          { id: "g1", title: "Prove it", required: true, ifParentAbandoned: "stop", doneWhen: "npm test" },
          { id: "g2", title: "Speed", required: false, parent: "g1", ifParentAbandoned: "stop" },
        ],
        abandoned: [{ afterStep: 0, goal: "g2", by: "agent", why: "no time", tried: ["a cache"] }],
      },
      "Goals",
      ['- g1: Prove it (required; in progress; done when "npm test" is green)', "- g2: Speed (part of g1; GIVEN UP, and it stays so)"],
    );
  });

  it("keeps every decision, and a rejected one with the person's words", () => {
    check(
      {
        decisions: [
          decision(1, { files: [file("a.ts")], verdicts: { d1: verdict("accept") } }),
          decision(2, { state: "dropped", verdicts: { d2: verdict("reject", { comment: "don't hide the test" }) } }),
          decision(3, { state: "discarded" }),
        ],
      },
      "Decisions so far",
      [
        "- d1 [kept; verdict: accept] Title 1",
        "  why: why 1",
        "  files: a.ts",
        "- d2 [TAKEN OUT after a rejection; verdict: reject] Title 2",
        "  why: why 2",
        '  Ada Lovelace on d2: reject: "don\'t hide the test"',
      ],
    );
  });

  it("remembers every approach that failed", () => {
    check(
      {
        decisions: [decision(1, { state: "discarded", outcomeText: "it only hid the race" })],
        abandoned: [{ afterStep: 0, goal: "g2", by: "rule", why: "five attempts", tried: ["a cache", "a lock"] }],
        receipts: [
          receipt("c1", "npm test", { outcome: "red" }),
          receipt("c2", "npm run lint", { outcome: "red" }),
          receipt("c3", "npm run lint", { outcome: "green" }),
          receipt("c4", "npm run e2e", { outcome: "unable", why: "no browser", on: { kind: "base", tree: shaOf(0) } }),
        ],
        violations: [{ id: "v1", step: 1, paths: ["x"], rule: "protected", patch: "c".repeat(64) }],
        gates: [gate("g1", { state: { kind: "answered", answer: "deny", forRun: false, comment: "not today", by: OWNER } })],
        steps: [step(1, "write", "a", { outcome: "denied", verdict: { kind: "deny", rule: "no decision is open" } }), step(2, "write", "a", { outcome: "denied", verdict: { kind: "deny", rule: "no decision is open" } })],
      },
      "What was tried and failed",
      [
        '- d1 "Title 1", tried and dropped: it only hid the race',
        "- goal g2, abandoned by rule: five attempts Tried: a cache; a lock.",
        '- check "npm test" is red on d1',
        '- check "npm run e2e" could not run (no browser) on the base',
        "- x: changed without permission and put back (protected)",
        '- g1 (command) npm publish: the release is part of the task. Denied by Ada Lovelace: "not today"',
        "- write a: refused by no decision is open",
      ],
    );
  });

  it("says what waits and where the run stands", () => {
    check({ gates: [gate("g1"), gate("g2", { state: { kind: "parked", why: "w" } })] }, "Questions that wait for a person. Go on with what does not depend on them.", [
      "- g1 (command) npm publish: the release is part of the task.",
      "- g2 (command) npm publish: the release is part of the task.",
    ]);
    check({ decisions: [decision(1, { state: "open" })], openDecision: "d1", spent: { ...run().spent, usd: 1.5, turns: 3, steps: 40, gates: 1, workedMs: 60_000 } }, "Where the run stands now", [
      '- Decision d1 "Title 1" is open; what you write belongs to it. End it with end_decision.',
      "- Spent: $1.50; 1 min 00 s of work; 40 tool calls; 1 approval asked for.",
    ]);
  });

  it("carries every word that people said, whatever they said", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 2_000 }), { maxLength: 5 }), fc.string({ minLength: 1 }), (steering, comment) => {
        const text = brief(run({ decisions: [decision(1, { state: "dropped", verdicts: { d1: verdict("reject", { comment }) } })] }), { steering });
        for (const said of [...steering, comment]) assert.ok(text.includes(said));
      }),
    );
  });

  it("changes only at its end while the run merely spends", () => {
    const early = brief(run(), { steering: ["keep out"] });
    const late = brief(run({ spent: { ...run().spent, usd: 5, turns: 100, steps: 900 } }), { steering: ["keep out"] });
    const shared = early.slice(0, early.indexOf("Spent:"));
    assert.ok(late.startsWith(shared) && early !== late);
  });

  it("stays short over hundreds of decisions", () => {
    const decisions = Array.from({ length: 500 }, (_, index) => decision(index + 1, { reason: { title: `Title ${String(index + 1)}`, why: "because ".repeat(500), insteadOf: [] } }));
    const text = brief(run({ decisions }), { steering: [] });
    assert.ok(text.length < 50_000, String(text.length));
    assert.ok(decisions.every((one) => text.includes(`- ${one.id} [kept]`)));
  });
});
