// Red and could-not-run are different words: which ends of a command say something about the code.
import assert from "node:assert/strict";
import { cappedOutput } from "../../src/sandbox/capped-output.js";
import type { CommandResult } from "../../src/sandbox/run-command.js";
import { couldNotRun } from "../../src/sandbox/verdict-of-check.js";

function check(ended: Partial<CommandResult> & { readonly text?: string }, expected: string | undefined): void {
  const { text = "", ...rest } = ended;
  const result: CommandResult = { exit: 0, signal: null, output: new TextEncoder().encode(text), truncated: false, timedOut: false, aborted: false, contacts: [], ms: 2000, ...rest };
  assert.equal(couldNotRun(result), expected);
}

describe("a check's end", () => {
  it("is a verdict when it is green", () => check({ text: "EROFS was handled" }, undefined));
  it("is a verdict when it is red", () => check({ exit: 1, text: "2 failing" }, undefined));
  it("is none when a tool is missing", () =>
    check({ exit: 127, text: "> test\n> vitest\n\nsh: 1: vitest: not found\n" }, "a program that it needs is missing in the sandbox: sh: 1: vitest: not found"));
  it("is none when a tool cannot be executed", () =>
    check({ exit: 126, text: "bash: ./x: Permission denied" }, "a program that it needs cannot be executed in the sandbox: bash: ./x: Permission denied"));
  it("is none when the sandbox refused a write", () =>
    check({ exit: 1, text: "Error: EROFS: read-only file system, open '/x'" }, "it wanted to write where the sandbox is read-only: Error: EROFS: read-only file system, open '/x'"));
  it("is none after a timeout", () => check({ exit: null, timedOut: true }, "it was ended after 2 s without a result"));
  it("is none when it never started", () => check({ exit: null, notStarted: "Install bubblewrap." }, "Install bubblewrap."));
  it("is none when it was killed", () => check({ exit: null, signal: "SIGKILL" }, "it was ended by SIGKILL"));
});

describe("capped output", () => {
  function capped(cap: number, ...chunks: readonly string[]): { readonly text: string; readonly cut: boolean } {
    const output = cappedOutput(cap);
    for (const chunk of chunks) output.add(new TextEncoder().encode(chunk));
    return { text: new TextDecoder().decode(output.bytes()), cut: output.isCut() };
  }
  it("is whole up to its cap", () => assert.deepEqual(capped(10, "abc", "", "defghij"), { text: "abcdefghij", cut: false }));
  it("keeps head and tail, and says what is missing", () =>
    assert.deepEqual(capped(6, "abcdef", "gh", "ij"), { text: "abc\n[4 bytes of output are not shown here]\nhij", cut: true }));
  it("keeps the end of a flood of small chunks", () =>
    assert.deepEqual(capped(4, ...Array.from({ length: 1000 }, () => "x"), "yz"), { text: "xx\n[998 bytes of output are not shown here]\nyz", cut: true }));
});
