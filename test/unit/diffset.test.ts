import assert from "node:assert/strict";
import fc from "fast-check";
import { diffText } from "../../src/cli/diff-text.js";
import { PLAIN } from "../../src/cli/ink.js";
import { diffSet, NO_REASON, type DiffFile, type FileVersion } from "../../src/core/review/diff-set.js";
import { NO_NEWLINE } from "../../src/core/review/hunks.js";
import { unified } from "../../src/core/review/unified.js";
import type { Decision } from "../../src/core/run/run.js";
import { applied } from "./apply-hunks.js";
import { decision, shaOf } from "./run-builder.js";

type Step = readonly [owner: string, text: string | undefined];

function version(owner: string, text: string | undefined, parts: Partial<FileVersion> = {}): FileVersion {
  return { owner, text, mode: text === undefined ? "000000" : "100644", ...parts };
}

function setOf(files: Record<string, readonly FileVersion[]>, decisions: readonly Decision[] = [decision(1), decision(2), decision(3)]) {
  return diffSet({ base: shaOf(0), head: shaOf(9), decisions, files: Object.entries(files).map(([path, versions]) => ({ path, versions })) });
}

function onlyFile(base: string | undefined, steps: readonly Step[]): DiffFile | undefined {
  return setOf({ "src/a.ts": [version("base", base), ...steps.map(([owner, text]) => version(owner, text))] }).files[0];
}

/** The hunks as: where, who, and the lines. */
function check(base: string | undefined, steps: readonly Step[], expected: readonly (readonly [at: string, decisions: string, ...lines: string[]])[]): void {
  const hunks = (onlyFile(base, steps)?.hunks ?? []).map((hunk) => [
    `-${String(hunk.oldStart)},${String(hunk.oldLines)} +${String(hunk.newStart)},${String(hunk.newLines)}`,
    hunk.decisions.join(" "),
    ...hunk.lines,
  ]);
  assert.deepEqual(hunks, expected);
}

const numbered = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, n) => `${String(from + n)}\n`).join("");

describe("the diff set", () => {
  it("shows a change with three lines of context and its decision", () => {
    check(numbered(1, 9), [["d1", numbered(1, 9).replace("5\n", "five\n")]], [["-2,7 +2,7", "d1", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8"]]);
  });

  it("keeps near changes of one decision in one hunk", () => {
    check("1\n2\n3\n4\n", [["d1", "one\n2\n3\nfour\n"]], [["-1,4 +1,4", "d1", "-1", "+one", " 2", " 3", "-4", "+four"]]);
  });

  it("parts near changes of different decisions, the line between them going to the first", () => {
    check(
      "1\n2\n3\n",
      [["d1", "one\n2\n3\n"], ["d2", "one\n2\nthree\n"]],
      [
        ["-1,2 +1,2", "d1", "-1", "+one", " 2"],
        ["-3,1 +3,1", "d2", "-3", "+three"],
      ],
    );
  });

  it("names every decision of a hunk in which their lines touch, in the order of the run", () => {
    check("1\n2\n", [["d2", "1\nB\n"], ["d1", "A\nB\n"]], [["-1,2 +1,2", "d1 d2", "-1", "-2", "+A", "+B"]]);
  });

  it("says where a file ends without a newline, on each side", () => {
    check("1\n2", [["d1", "1\n2\n"]], [["-1,2 +1,2", "d1", " 1", "-2", NO_NEWLINE, "+2"]]);
    check("1", [["d1", "0\n1"]], [["-1,1 +1,2", "d1", "+0", " 1", NO_NEWLINE]]);
  });

  it("numbers a new file from nothing and a deleted one to nothing", () => {
    check(undefined, [["d1", "1\n"]], [["-0,0 +1,1", "d1", "+1"]]);
    check("1\n", [["d1", undefined]], [["-1,1 +0,0", "d1", "-1"]]);
  });

  it("leaves out a file that is its base again", () => {
    assert.equal(onlyFile("1\n", [["d1", "2\n"], ["d2", "1\n"]]), undefined);
    assert.equal(onlyFile("1\n", [["d1", undefined], ["d2", "1\n"]]), undefined);
    assert.equal(onlyFile(undefined, [["d1", "1\n"], ["d2", undefined]]), undefined);
  });

  it("gives the note on the path, else the revised reason, else the first", () => {
    const decisions = [
      decision(1, { notes: [{ path: "a", why: "the note" }, { path: "b", why: "elsewhere" }] }),
      decision(2, { whyRevised: "the revised reason", titleRevised: "New title" }),
      decision(3, { state: "proposed" }),
    ];
    const diff = setOf(
      {
        a: [version("base", "x\n"), version("d1", "1\n")],
        b: [version("base", "x\n"), version("d2", "2\n")],
        c: [version("base", "x\n"), version("d3", "3\n")],
        d: [version("base", "x\ny\n"), version("d1", "1\ny\n"), version("d3", "1\n3\n")],
      },
      decisions,
    );
    assert.deepEqual(
      diff.files.map(({ path, hunks }) => [path, ...hunks.map(({ why, proposed }) => ({ why, proposed }))]),
      [
        ["a", { why: "the note", proposed: false }],
        ["b", { why: "the revised reason", proposed: false }],
        ["c", { why: "why 3", proposed: true }],
        ["d", { why: "d1: why 1\nd3: why 3", proposed: true }],
      ],
    );
  });

  it("puts what no decision explains first and does not count it as explained", () => {
    const diff = setOf({
      a: [version("base", "1\n"), version("d1", "2\n")],
      z: [version("base", "1\n"), version("unexplained", "2\n"), version("d1", "2\n3\n")],
      y: [version("base", "1\n"), version("d99", "2\n")],
    });
    assert.deepEqual(
      { lines: diff.lines, explained: diff.explained, files: diff.files.map(({ path, unexplained, hunks }) => [path, unexplained, hunks[0]?.why, hunks[0]?.decisions]) },
      {
        lines: 7,
        explained: 3,
        files: [
          ["y", true, NO_REASON, []],
          ["z", true, `d1: why 1\n${NO_REASON}`, ["d1"]],
          ["a", false, "why 1", ["d1"]],
        ],
      },
    );
  });

  it("holds what has no lines: a mode, an empty file, bytes", () => {
    const binary = (owner: string, text: string | undefined): FileVersion => version(owner, text, { binary: true, mode: "100644" });
    const diff = setOf({
      "bin-changed": [binary("base", "id1"), binary("d1", "id2"), binary("d2", "id3")],
      "bin-deleted": [binary("base", undefined), version("d1", undefined)],
      "bin-same": [binary("base", "id1"), binary("d1", "id2"), binary("d2", "id1")],
      "bin-unexplained": [binary("base", "id1"), binary("unexplained", "id2"), binary("d2", "id3")],
      "empty-added": [version("base", undefined), version("d2", "")],
      "mode-only": [version("base", "1\n"), version("d1", "2\n"), version("d3", "1\n", { mode: "100755" })],
      "mode-restored": [version("base", "1\n"), version("d1", "1\n", { mode: "100755" }), version("d2", "1\n")],
      "to-binary": [version("base", "1\n"), binary("d3", "id")],
      "was-binary-between": [version("base", "1\n"), binary("d1", "id"), version("d2", "1\n2\n")],
    });
    assert.deepEqual(
      diff.files.map(({ path, status, binary: bytes, modes, decisions, unexplained, hunks }) => [path, status, bytes, modes[1], decisions.join(" "), unexplained, hunks.length]),
      [
        ["bin-unexplained", "modified", true, "100644", "d2", true, 0],
        ["bin-changed", "modified", true, "100644", "d2", false, 0],
        ["bin-deleted", "deleted", true, "000000", "d1", false, 0],
        ["empty-added", "added", false, "100644", "d2", false, 0],
        ["mode-only", "mode", false, "100755", "d3", false, 0],
        ["to-binary", "modified", true, "100644", "d3", false, 0],
        ["was-binary-between", "modified", false, "100644", "d2", false, 1],
      ],
    );
    assert.equal(diff.lines, 1);
  });

  it("gives exactly the head when its hunks are applied to the base, with every line counted and owned", () => {
    fc.assert(
      fc.property(fc.array(someText, { minLength: 2, maxLength: 6 }), fc.array(fc.constantFrom("d1", "d2", "d3", "unexplained"), { minLength: 5, maxLength: 5 }), (texts, owners) => {
        const [base, ...rest] = texts;
        const diff = setOf({ a: [version("base", base), ...rest.map((text, index) => version(owners[index] ?? "d1", text))] });
        const hunks = diff.files[0]?.hunks ?? [];
        assert.equal(applied(base ?? "", hunks), rest.at(-1) ?? "");
        const changed = hunks.flatMap((hunk) => hunk.lines.filter((line) => /^[-+]/u.test(line)));
        assert.equal(diff.lines, changed.length);
        assert.ok(diff.explained <= diff.lines);
        assert.equal(diff.explained === diff.lines, !hunks.some((hunk) => hunk.unexplained));
        for (const hunk of hunks) assert.ok(hunk.decisions.length > 0 || hunk.unexplained);
      }),
      { numRuns: 400 },
    );
  });
});

const someText = fc.option(
  fc
    .array(fc.constantFrom("a", "b", "c", "}", "", "x\r", "a longer line", "one", "two", "three"), { maxLength: 20 })
    .chain((lines) => fc.boolean().map((newline) => lines.join("\n") + (newline && lines.length > 0 ? "\n" : ""))),
  { nil: undefined, freq: 8 },
);

describe("a diff set as text", () => {
  const diff = setOf(
    {
      "src/a.ts": [version("base", numbered(1, 20)), version("d1", numbered(1, 20).replace("2\n", "two\n")), version("d2", numbered(1, 20).replace("2\n", "two\n").replace("15\n", "fifteen\n"))],
      'odd "name"\n.txt': [version("base", undefined), version("unexplained", "x")],
      "tool.sh": [version("base", "x\n"), version("d1", "x\n", { mode: "100755" })],
    },
    [decision(1, { whyRevised: "first line\n@@ -1 +1 @@\r+second" }), decision(2)],
  );

  it("carries the reasons as comments above each hunk, and no line of them as anything else", () => {
    assert.deepEqual(unified(diff).split("\n"), [
      String.raw`diff --git "a/odd \"name\"\n.txt" "b/odd \"name\"\n.txt"`,
      "new file mode 100644",
      "--- /dev/null",
      String.raw`+++ "b/odd \"name\"\n.txt"`,
      `# ${NO_REASON}`,
      "@@ -0,0 +1 @@",
      "+x",
      NO_NEWLINE,
      "diff --git a/src/a.ts b/src/a.ts",
      "--- a/src/a.ts",
      "+++ b/src/a.ts",
      "# d1 Title 1: first line",
      "#   @@ -1 +1 @@",
      "#   +second",
      "@@ -1,5 +1,5 @@",
      " 1",
      "-2",
      "+two",
      " 3",
      " 4",
      " 5",
      "# d2 Title 2: why 2",
      "@@ -12,7 +12,7 @@",
      " 12",
      " 13",
      " 14",
      "-15",
      "+fifteen",
      " 16",
      " 17",
      " 18",
      "diff --git a/tool.sh b/tool.sh",
      "old mode 100644",
      "new mode 100755",
      "# d1 Title 1: first line",
      "#   @@ -1 +1 @@",
      "#   +second",
      "",
    ]);
  });

  it("has room for a file of any number of lines", () => {
    const long = setOf({ "big.txt": [version("base", undefined), version("d1", numbered(1, 200_000))] }, [decision(1)]);
    assert.equal(unified(long).split("\n").length, 200_000 + 7);
    assert.equal(diffText(long, { ink: PLAIN, width: 80, speaker: "the agent" }).split("\n").length >= 200_000, true);
  });
});
