import assert from "node:assert/strict";
import fc from "fast-check";
import { diffSet } from "../../src/core/review/diff-set.js";
import { report } from "../../src/core/review/report.js";
import { reportHtml } from "../../src/core/review/report-html.js";
import { reportMarkdown } from "../../src/core/review/report-markdown.js";
import { reportPullRequest } from "../../src/core/review/report-pull-request.js";
import type { Run } from "../../src/core/run/run.js";
import { mergedDefaults } from "./policy-defaults.js";
import { decision, file, gate, OWNER, receipt, run, shaOf, step, verdict } from "./run-builder.js";

const policy = { values: { ...mergedDefaults.values, requiredChecks: ["npm test", "npm run lint"] }, origins: {} };

/** A night's run that has something in every section. */
const night: Run = run({
  spec: { ...run().spec, policy, notices: ["2 files with uncommitted changes are not in this run."] },
  phase: { kind: "ended", outcome: "ready", why: "the agent finished" },
  tree: shaOf(3),
  lastAt: 1_000_000 + 26_280_000,
  spent: { ...run().spent, usd: 6.4, turns: 40, steps: 120, gates: 2, workedMs: 26_280_000, usage: { input: 12_480, output: 900, cacheRead: 70_000, cacheWrite: 5_000 } },
  decisions: [
    decision(1, { files: [file("docs/a.md", { added: 3, removed: 0 })], verdicts: { d1: verdict("accept", { basis: "summary" }) } }),
    decision(2, { files: [file("src/lock.ts", { added: 450, removed: 1 })], claims: [{ claim: "all pass", command: "npm test" }, { claim: "fast", command: "npm run bench" }], reason: { title: "Move the lock", why: "it *deadlocked*", insteadOf: [{ option: "a retry", whyNot: "hides it" }] }, whyRevised: "it deadlocked 3 times" }),
    decision(3, { state: "discarded", outcomeText: "made it worse" }),
    decision(4, { state: "dropped", verdicts: { d4: verdict("reject", { comment: "don't hide the test" }) } }),
  ],
  receipts: [
    receipt("c1", "npm test", { on: { kind: "base", tree: shaOf(0) }, outcome: "red" }),
    receipt("c2", "npm test", { on: { kind: "decision", tree: shaOf(2), decision: "d2" }, outcome: "green" }),
    receipt("c3", "npm run e2e", { source: "claim", on: { kind: "worktree", tree: shaOf(3) }, outcome: "unable", why: "no browser" }),
  ],
  gates: [gate("g1"), gate("g2", { target: "npm publish --tag next", state: { kind: "answered", answer: "deny", forRun: false, comment: "not today", by: OWNER } })],
  violations: [{ id: "v1", step: 30, paths: [".git/config"], rule: "protected", patch: "c".repeat(64) }],
  steps: [step(1, "write", "src/a.ts", { outcome: "denied", verdict: { kind: "deny", rule: "no decision is open" } })],
  goals: [{ id: "g", title: "Prove it", required: false, ifParentAbandoned: "stop" }],
  abandoned: [{ afterStep: 0, goal: "g", by: "rule", why: "five attempts", tried: [] }],
  finish: { summary: "e".repeat(64), done: ["the lock"], notDone: ["oauth still fails"], unsure: ["Safari"] },
});

const diff = diffSet({
  base: shaOf(0),
  head: shaOf(3),
  decisions: night.decisions,
  files: [
    { path: "package-lock.json", versions: [{ owner: "base", text: "1\n", mode: "100644" }, { owner: "unexplained", text: "2\n", mode: "100644" }] },
    { path: "docs/a.md", versions: [{ owner: "base", text: "1\n", mode: "100644" }, { owner: "d1", text: "1\n2\n", mode: "100644" }] },
  ],
});

/** The lines of one section of the Markdown. */
function check(value: Run, heading: string, expected: readonly string[] | undefined): void {
  const sections = reportMarkdown(report(value, diff, { summary: "Lock order fixed." })).split(/^## /mu);
  const found = sections.find((section) => section.startsWith(`${heading}\n`));
  assert.deepEqual(found?.trimEnd().split("\n").slice(2), expected);
}

describe("the morning report", () => {
  it("has its sections in reading order", () => {
    const headings = [...reportMarkdown(report(night, diff)).matchAll(/^## (.*)$/gmu)].map((match) => match[1]);
    assert.deepEqual(headings, ["Outcome", "Waiting for you", "Unexplained changes", "Read these \\(1\\)", "Routine \\(1\\)", "Checks", "Violations", "Denied", "Not done", "Unsure", "Tried and dropped", "Left out of this run", "What it cost", "Owner and approvals"]);
  });

  it("begins with what came of it, the agent's account in quotes", () => {
    check(night, "Outcome", [
      '- Ready to review: "the agent finished"',
      "- Stage: gated-write. 7 h 18 min of work, \\$6.40.",
      "- 2 decisions explain 1 of 3 changed lines.",
      '- The agent: "Lock order fixed."',
      '- Done, the agent says: "the lock"',
    ]);
  });

  it("says what waits and what nobody explains", () => {
    check(night, "Waiting for you", ['- Approval g1 \\(command\\): `npm publish` "the release is part of the task"', "- 1 decision without a verdict: d2."]);
    check(night, "Unexplained changes", ["- No decision explains these. Read them first:", "  - `package-lock.json`"]);
  });

  it("gives each decision with its reasons as the agent's, and marks what is unproven", () => {
    check(night, "Read these \\(1\\)", [
      '- d2 "Move the lock"',
      '  - Why, the agent says: "it deadlocked 3 times"',
      '  - At first: "Move the lock: it \\*deadlocked\\*"',
      '  - Instead of: "a retry", because "hides it"',
      "  - 1 file, +450 -1: `src/lock.ts`",
      "  - Checks:",
      "    - `npm test`: green",
      '  - Claim, proven: "all pass" `npm test`',
      '  - Claim, UNPROVEN: "fast" `npm run bench`',
      "  - Verdict: none yet.",
    ]);
  });

  it("hides no check that is red, could not run or never ran, and says when a green one is old", () => {
    check(night, "Checks", [
      "- `npm run lint`: NOT RUN \\(required\\)",
      '- `npm run e2e`: COULD NOT RUN \\(the agent\'s own check; on the worktree\\) "no browser"',
      "- `npm test`: green \\(required; on d2; the files changed since; red 1 time before\\)",
    ]);
  });

  it("tells violations, denials, what is not done, unsure, dropped", () => {
    check(night, "Violations", ["- v1: taken out again, by `protected`: `.git/config`"]);
    check(night, "Denied", [
      '- approval g2 \\(command\\): npm publish --tag next. Why: "the release is part of the task". Denied by Ada Lovelace: "not today".',
      "- denied: write src/a.ts, by no decision is open \\(step 1\\)",
    ]);
    check(night, "Not done", ['- Goal `g` "Prove it": given up by a rule', '  - Why: "five attempts"', '- The agent: "oauth still fails"']);
    check(night, "Unsure", ['- The agent: "Safari"']);
    check(night, "Tried and dropped", ['- d3 "Title 3": the agent dropped it, "made it worse"', '- d4 "Title 4": fell with a rejection, "don\'t hide the test"']);
  });

  it("tells of each goal that was not reached, what was required first, with the account of those given up", () => {
    const goal = (id: string, parts: Partial<Run["goals"][number]> = {}): Run["goals"][number] => ({ id, title: `Title ${id}`, required: false, ifParentAbandoned: "stop", ...parts });
    const missed = run({
      goals: [goal("top"), goal("g1", { doneWhen: "npm run docs", parent: "top" }), goal("g2"), goal("g3", { required: true, doneWhen: "npm test" }), goal("g4", { required: true }), goal("g5", { required: true, doneWhen: "npm run lint" }), goal("g6")],
      goalWork: { g1: { usd: 0, tokens: 10, workedMs: 61_000, steps: 2, attempts: 0, reached: undefined }, g3: { usd: 0.31, tokens: 10, workedMs: 240_000, steps: 12, attempts: 2, reached: undefined }, g5: { usd: 0, tokens: 0, workedMs: 0, steps: 0, attempts: 0, reached: "c1" } },
      decisions: [decision(1, { reason: { title: "t", why: "w", insteadOf: [], goal: "g6" }, files: [file("a")] })],
      abandoned: [
        { afterStep: 0, goal: "g2", by: "agent", why: "no browser here", tried: [] },
        { afterStep: 0, goal: "g4", by: "rule", rule: "attempts", why: "red 5 times", tried: ["a mock", "a stub"], smallestUnblock: "Open port 80", takenOut: ["d3"], kept: ["d2"] },
      ],
    });
    check(missed, "Not done", [
      '- Goal `g4` "Title g4", required: given up by a rule, because its check was red too often',
      '  - Why: "red 5 times"',
      "  - Tried:",
      '    - "a mock"',
      '    - "a stub"',
      '  - Would unblock it: "Open port 80"',
      "  - Taken out again: d3.",
      "  - What stays of it: d2.",
      '- Goal `g3` "Title g3", required: open, check red 2 of 5 times',
      "  - Done when this is green: `npm test`",
      "  - What went into it: 12 steps, 4 min 00 s, \\$0.31.",
      '- Goal `g2` "Title g2": given up by the agent',
      '  - Why, the agent says: "no browser here"',
      '- Goal `g1` "Title g1": in progress',
      "  - Done when this is green: `npm run docs`",
      "  - What went into it: 2 steps, 1 min 01 s.",
      "- Worked on, but without a check, so nothing proves that they are reached:",
      '  - Goal `top` "Title top"',
      '  - Goal `g6` "Title g6"',
    ]);
  });

  it("tells of a task without goals that was given up as a whole", () => {
    check(run({ abandoned: [{ afterStep: 0, goal: "task", by: "rule", rule: "idle", why: "40 steps", tried: [] }] }), "Not done", ["- The whole task: given up by a rule, because nothing moved for many steps", '  - Why: "40 steps"']);
  });

  it("says what it cost, and how much of what was sent came from the cache", () => {
    check(night, "What it cost", [
      "- \\$6.40 for 40 turns of `a-model`.",
      "- 12,480 tokens in, 70,000 read from cache, 5,000 written to it, 900 out.",
      "- 80 % of 87,480 tokens sent came from the cache.",
      "- 120 steps, 2 approvals asked for, 7 h 18 min of work between 1970-01-01 00:16 UTC and 1970-01-01 07:34 UTC.",
    ]);
  });

  it("says who answers for it and who approved, having looked at what", () => {
    check(night, "Owner and approvals", ["- Owner: Ada Lovelace `ada@team.example`", "- Started by: Ada Lovelace `ada@team.example`", "- d1: accepted by Ada Lovelace, having seen the summary."]);
  });

  it("says None where a reader must know that there is none", () => {
    for (const heading of ["Waiting for you", "Checks", "Violations", "Denied", "Not done", "Unsure", "Tried and dropped"]) check(run(), heading, ["- None."]);
  });

  it("takes no claim for proven that was checked on other files", () => {
    const claims = [{ claim: "c", command: "npm test", receipt: "c1" }];
    const proven = (receipts: Run["receipts"]) => report(run({ decisions: [decision(1, { claims, files: [file("a")] })], receipts })).decisions[0]?.claims.map((claim) => claim.standing);
    assert.deepEqual(proven([receipt("c1", "npm test")]), ["proven"]);
    assert.deepEqual(proven([receipt("c1", "npm test", { on: { kind: "decision", tree: shaOf(7), decision: "d1" } })]), ["unproven"]);
    assert.deepEqual(proven([receipt("c1", "npm test"), receipt("c2", "npm test", { outcome: "red" })]), ["red"]);
    assert.deepEqual(proven([receipt("c1", "true")]), ["unproven"]);
  });
});

describe("the body of a pull request", () => {
  it("tells what was accepted and leaves out what was not", () => {
    const body = reportPullRequest(report(night, diff));
    assert.deepEqual([...body.matchAll(/^## (.*)$/gmu)].map((match) => match[1]), ["What this is", "Unexplained changes", "Routine \\(1\\)", "Checks", "Not done", "Unsure", "Owner and approvals"]);
    assert.equal(body.includes("Move the lock"), false);
  });
});

/** The night with one hostile text wherever somebody else's words can stand. */
function saying(words: string): Run {
  const text = words === "" ? "x" : words;
  return run({
    spec: { ...run().spec, task: text, notices: [text] },
    phase: { kind: "ended", outcome: "failed", why: text },
    decisions: [decision(1, { reason: { title: text, why: text, insteadOf: [{ option: text, whyNot: text }] }, files: [file(text)], outcomeText: text, claims: [{ claim: text, command: text }], verdicts: { d1: verdict("accept", { comment: text }) } })],
    receipts: [receipt("c1", text, { why: text, outcome: "unable" })],
    gates: [gate("g1", { target: text, why: text })],
    violations: [{ id: "v1", step: 1, paths: [text], rule: text, patch: "c".repeat(64) }],
    goals: [{ id: text, title: text, required: true, ifParentAbandoned: "stop" }, { id: `2${text}`, title: text, doneWhen: text, required: false, ifParentAbandoned: "stop" }],
    abandoned: [{ afterStep: 0, goal: text, by: "agent", why: text, tried: [text], smallestUnblock: text }],
    finish: { summary: "e".repeat(64), done: [text], notDone: [text], unsure: [text] },
    notes: [text],
  });
}

const HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=1>", "![x](https://evil.example/p.png)", "[x](javascript:1)", "https://evil.example", "www.evil.example", "@everyone", "fixes #12", "org/repo#7", "GH-9", "a@evil.example", "# heading", "- item", "1. item", "```\n## Checks\n- all green\n```", "`` ` ``", "\u202egnp.exe", "\u001b[2J", "&lt;b&gt;", "\\[x](y)", "$x$"];

describe("words of others in a report", () => {
  const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.array(fc.oneof(fc.constantFrom(...HOSTILE, "\n", " ", "`", "\\"), fc.string()), { maxLength: 5 }).map((parts) => parts.join("")));

  it("are text in HTML: only our own tags and no address anywhere", () => {
    fc.assert(
      fc.property(hostile, (words) => {
        const html = reportHtml(report(saying(words), undefined, { summary: words }));
        const tags = new Set([...html.matchAll(/<\/?([a-z0-9!]+)/giu)].map((match) => match[1]));
        const ours = new Set(["!doctype", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "section", "ul", "li", "q", "code"]);
        assert.deepEqual([...tags].filter((tag) => tag === undefined || !ours.has(tag)), []);
        assert.doesNotMatch(html, /(?!\n)\p{Cc}|\p{Bidi_Control}/u);
        // Should a tag ever slip through, its page still loads and runs nothing.
        assert.match(html, /<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">/);
      }),
    );
  });

  it("are text in Markdown: no line, link, mention or tag of their own", () => {
    fc.assert(
      fc.property(hostile, (words) => {
        const value = report(saying(words), undefined, { summary: words });
        const markdown = reportMarkdown(value) + reportPullRequest(value);
        // What is left after code spans and our comments are gone must hold nothing that Markdown or a host acts on.
        const outside = markdown.replace(/(?<![`\\])(`+)(?!`)(?:[\s\S]*?[^`])\1(?!`)/gu, "code").replaceAll("<!-- -->", "\u0000");
        const bare = outside.replace(/\\[!-/:-@[-`{-~]/gu, "");
        assert.doesNotMatch(bare, /[<>[\]`*_]|@(?!\u0000)|:\/\/|www\.|#\d|GH-\d/iu);
        for (const line of bare.split("\n")) assert.match(line, /^(?:# |## |Run code on code$| *- |$)/u);
      }),
    );
  });
});
