// What a person reads, as text: widths, tables, colours, questions, diffs. No process, no terminal.
import assert from "node:assert/strict";
import fc from "fast-check";
import { ago } from "../../src/cli/amounts.js";
import { cells, cut, pieces } from "../../src/cli/cells.js";
import { diffText } from "../../src/cli/diff-text.js";
import { gateText } from "../../src/cli/gate-text.js";
import { inHappening } from "../../src/cli/happening.js";
import { COLOURS, PLAIN, wantsColour } from "../../src/cli/ink.js";
import { withTrailersApart } from "../../src/cli/rehearsal-text.js";
import { reviewText } from "../../src/cli/review-text.js";
import { runsTable } from "../../src/cli/runs-table.js";
import { table } from "../../src/cli/table.js";
import { inTimeline } from "../../src/cli/timeline-ink.js";
import type { RunRow } from "../../src/client/list-runs.js";
import type { ShownGate } from "../../src/client/show-run.js";
import type { DiffSet } from "../../src/core/review/diff-set.js";
import { decision, file, receipt, run, shaOf, verdict } from "../unit/run-builder.js";

const bare = (text: string): string => text.replaceAll(/\u001b\[\d+m/gu, "");

describe("the width of a text", () => {
  it("counts wide letters twice and marks not at all", () => assert.deepEqual(["abc", "日本", "e\u0301", "🙂"].map(cells), [3, 4, 1, 2]));
  it("is never passed by what was cut, nor by a piece", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 2, max: 40 }), (text, most) => {
        assert.ok(cells(cut(text, most)) <= most);
        assert.equal(pieces(text, most).join(""), text);
        assert.deepEqual(pieces(text, most).filter((piece) => cells(piece) > most), []);
      }),
    );
  });
  it("shows that something was cut", () => assert.deepEqual([cut("abcdef", 4), cut("日本語", 4), cut("abc", 3), cut("abc", 0)], ["abc…", "日…", "abc", ""]));
});

describe("colours", () => {
  const check = (terminal: boolean, env: Record<string, string>, expected: boolean): void => assert.equal(wantsColour(terminal, env), expected);
  it("are for terminals", () => check(true, {}, true));
  it("are not for pipes", () => check(false, {}, false));
  it("are left out where NO_COLOR is set", () => check(true, { NO_COLOR: "1" }, false));
  it("are not left out where NO_COLOR is empty", () => check(true, { NO_COLOR: "" }, true));
  it("are left out on a terminal that knows none", () => check(true, { TERM: "dumb" }, false));
  it("end on the line they began on", () => assert.equal(COLOURS.red("a\n\nb"), "\u001b[31ma\u001b[39m\n\n\u001b[31mb\u001b[39m"));
  it("add nothing but themselves to what is told while a run works", () => {
    for (const line of ['d1: "One" (1 file, +1 −1)\n  the agent: "why"', "Refused: bash rm (rule)", "Ended (ready): done", "Landed on main.", "Started at gated-write: why\nNote: x"]) {
      assert.equal(inHappening(line, PLAIN), line);
      assert.equal(bare(inHappening(line, COLOURS)), line);
      assert.notEqual(inHappening(line, COLOURS), line);
    }
  });
  it("add nothing but themselves to a timeline", () => {
    const text = 'A task\nd1  "One" [check this]\n    the agent: "why"\n    verdict: none yet\n!   check red: x\n✓   landed: 1 commit';
    assert.equal(inTimeline(text, PLAIN), text);
    assert.equal(bare(inTimeline(text, COLOURS)), text);
  });
});

describe("a table", () => {
  it("aligns its columns and cuts only the last", () =>
    assert.deepEqual(table([[{ text: "d1" }, { text: "accepted" }, { text: "a title that is far too long for it" }], [{ text: "d10" }, { text: "no", ink: "red" }, { text: "short" }]], 40, PLAIN), [
      "  d1   accepted  a title that is far to…",
      "  d10  no        short",
    ]));
});

describe("a while ago", () => {
  const check = (minutes: number, expected: string): void => assert.equal(ago(minutes * 60_000), expected);
  it("is just now within a minute", () => check(0.9, "just now"));
  it("is minutes within an hour", () => check(59, "59 min ago"));
  it("is hours within two days", () => check(47 * 60, "47 h ago"));
  it("is days after that", () => check(49 * 60, "2 days ago"));
  it("is never in the future, whatever two clocks say", () => check(-5, "just now"));
});

describe("the list of runs", () => {
  const row = (parts: Partial<RunRow>): RunRow => ({ id: "20261122-130501-a1b2c3", task: "Make it fast", state: "ready", stage: "gated-write", base: null, decisions: 2, usd: 0.5, startedAt: 0, waiting: 0, undecided: 0, overlaps: [], ...parts });
  const check = (rows: readonly RunRow[], width: number, expected: readonly string[]): void => assert.deepEqual(runsTable(rows, { ink: PLAIN, width, now: 3_600_000 }), expected);
  it("says what waits, how old it is and what it cost", () =>
    check([row({ state: "waiting", waiting: 2 }), row({ id: "20261121-090000-a9b9c9", usd: null })], 120, [
      "  20261122-130501-a1b2c3  Needs you (2)    1 h ago  $0.50         2 dec.  gated-write  Make it fast",
      "  20261121-090000-a9b9c9  Ready to review  1 h ago  cost unknown  2 dec.  gated-write  Make it fast",
    ]));
  it("leaves out what a narrow terminal has no room for", () => check([row({})], 80, ["  20261122-130501-a1b2c3  Ready to review  1 h ago  $0.50  Make it fast"]));
  it("says why a run cannot be read", () => check([row({ state: "unreadable", task: "", startedAt: null, problem: "The log is damaged." })], 80, ["  20261122-130501-a1b2c3  Cannot be read", "    The log is damaged."]));
});

describe("a question", () => {
  const gate = (parts: Partial<ShownGate>): ShownGate => ({ id: "g1", kind: "command", target: "npm publish", why: "rule", state: "open", shown: "The agent wants to run:\nnpm publish", ifDenied: null, options: [], raisedAt: 0, ...parts });
  const check = (of: ShownGate, expected: readonly string[]): void => assert.deepEqual(gateText("R", of, { ink: PLAIN, width: 60, lines: 3, now: 240_000 }).split("\n"), expected);
  const answers = ["  Yes:  vigil answer R g1 allow", '  No:   vigil answer R g1 deny --comment "why not"'];

  it("shows the whole command and the commands that answer it", () =>
    check(gate({ ifDenied: "I go on without it." }), ["Approval g1 (command): a command that needs you, asked 4 min ago", "  │ The agent wants to run:", "  │ npm publish", "  If you deny: I go on without it.", ...answers]));
  it("never cuts a command, however long, and lets none of its lines out from behind the bar", () =>
    check(gate({ shown: `${"x".repeat(100)}\n2\n3\n4\n  Yes:  vigil answer R g9 allow` }), [
      "Approval g1 (command): a command that needs you, asked 4 min ago",
      `  │ ${"x".repeat(56)}`,
      `  │ ${"x".repeat(44)}`,
      "  │ 2",
      "  │ 3",
      "  │ 4",
      "  │   Yes:  vigil answer R g9 allow",
      ...answers,
    ]));
  it("cuts a decision's diff and says where the rest is", () =>
    check(gate({ kind: "decision", target: "d1", shown: "d1: A\n\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a" }), ["Approval g1 (decision): your verdict on a decision, asked 4 min ago", "  │ d1: A", "  │", "  │ --- a/x", "  … 3 more lines: vigil show R --full", ...answers]));
  it("spells out what could steer a terminal", () => assert.match(gateText("R", gate({ shown: "rm\u001b[2K -rf" }), { ink: PLAIN, width: 60, lines: 3, now: 0 }), /rm\[U\+001B\]\[2K -rf/));
  it("is asked by its target where what it showed is gone", () => check(gate({ shown: null, state: "parked" }), ["Approval g1 (command): a command that needs you, skipped for now, asked 4 min ago", "  │ npm publish", "  │", "  │ rule", ...answers]));
  it("takes an answer in words where it asks for one", () =>
    check(gate({ kind: "question", shown: "Which?" }), ["Approval g1 (question): a question, asked 4 min ago", "  │ Which?", '  Yes, or your answer:  vigil answer R g1 allow --comment "your answer"', "  No:                   vigil answer R g1 deny"]));
});

describe("a diff to read", () => {
  const hunk = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ["-a", "+b\u202e"], decisions: ["d1"], why: "w", proposed: false, unexplained: false, reasons: [{ decision: "d1", title: "Say b", why: "It was a.\n+forged" }] };
  const set: DiffSet = {
    base: "0".repeat(40),
    head: "1".repeat(40),
    lines: 2,
    explained: 2,
    files: [{ path: "x.js", status: "modified", binary: false, modes: ["100644", "100644"], added: 1, removed: 1, decisions: ["d1"], reasons: hunk.reasons, unexplained: false, hunks: [hunk, { ...hunk, reasons: [], unexplained: true, lines: ["+c"] }] }],
  };
  const expected = ["x.js  changed, +1 −1", '# d1 "Say b"', '#    the agent: "It was a.', '#    +forged"', "@@ -1,1 +1,1 @@", "-a", "+b[U+202E]", "# Unexplained: no decision of this run covers this change.", "@@ -1,1 +1,1 @@", "+c"];
  it("has each hunk's reason above it, quoted, on lines that cannot pose as code", () => assert.deepEqual(diffText(set, { ink: PLAIN, width: 80, speaker: "the agent" }).split("\n"), expected));
  it("says the same in colours", () => assert.deepEqual(bare(diffText(set, { ink: COLOURS, width: 80, speaker: "the agent" })).split("\n"), expected));
});

describe("decisions to review", () => {
  it("come by how closely to look, each with its checks, and what does not count last", () => {
    const value = run({ decisions: [decision(1, { state: "discarded" }), decision(2, { files: [file("README.md")] }), decision(3, { files: [file("src/a.ts")], verdicts: { d3: verdict("accept") } })], receipts: [receipt("c1", "npm test", { on: { kind: "decision", tree: shaOf(3), decision: "d3" } })] });
    const lines = reviewText(value, { ink: PLAIN, width: 80 }).split("\n").filter((line) => /^\S/.test(line) || /^ {4}(?:checks|verdict)/.test(line));
    assert.deepEqual(lines.map((line) => line.replace(/ {2}".*" /u, " ")), [
      "Check these (1)", "d3 [check this]", "    checks: npm test green", "    verdict: accepted",
      "Routine (1)", "d2 [routine]", "    checks: none ran on it", "    verdict: none yet",
      "Not part of the result (1)", "d1 [tried and dropped]",
      "1 decision without a verdict.",
    ]);
  });
});

describe("landed commits in a rehearsal", () => {
  it("have their trailers at the line's beginning, and nothing that the agent said", () =>
    assert.equal(
      withTrailersApart("commit 1\n\n    Fix: a thing\n    \n    The agent's reason: Vigil-Decision: d9\n    \n    Vigil-Run: r\n    Vigil-Decision: d1\n\n x | 1 +\n\ncommit 2\n\n    B\n    \n    Vigil-Decision: d2\n"),
      "commit 1\n\n    Fix: a thing\n    \n    The agent's reason: Vigil-Decision: d9\n    \nVigil-Run: r\nVigil-Decision: d1\n\n x | 1 +\n\ncommit 2\n\n    B\n    \nVigil-Decision: d2",
    ));
});
