import assert from "node:assert/strict";
import { parseInput, toolDefinitions, UNREADABLE_INPUT } from "../../src/agent/tools.js";

function check(tool: string, input: unknown, expected: unknown): void {
  const parsed = parseInput(tool, input);
  assert.deepEqual(parsed.kind === "ok" ? parsed.input : parsed.problem, expected);
}

describe("reading a call's input", () => {
  it("takes a command", () => check("bash", { command: "ls" }, { tool: "bash", command: "ls" }));
  it("takes a restart without a command", () => check("bash", { restart: true }, { tool: "bash", restart: true }));
  it("drops fields that the tool does not know", () => check("glob", { pattern: "*.ts", mood: "good" }, { tool: "glob", pattern: "*.ts" }));
  it("wants a command", () => check("bash", {}, "The input of bash does not fit: command is missing."));
  it("names each field that does not fit", () =>
    check(
      "edit",
      { file_path: "a", old_string: "", new_string: 3 },
      "The input of edit does not fit: old_string: Too small: expected string to have >=1 characters; new_string: Invalid input: expected string, received number.",
    ));
  it("refuses a path with a NUL", () => check("read", { file_path: "a\0b" }, "The input of read does not fit: file_path: a path cannot hold a NUL character."));
  it("refuses an input that is no object", () => check("finish", "done", "The input of finish does not fit: Invalid input: expected object, received string."));
  it("says when the JSON could not be read", () =>
    check("bash", { [UNREADABLE_INPUT]: '{"command": "ls' }, "The input of this bash call was not valid JSON. Send the call again with correctly escaped JSON."));
  it("says which tools there are", () => {
    const parsed = parseInput("toString", {});
    assert.equal(parsed.kind === "invalid" && parsed.problem.startsWith("There is no tool named toString. The tools are bash, read, write, edit, glob, grep, set_goals,"), true);
  });
  it("takes a whole decision", () => {
    const input = { title: "t", why: "w", goal: "g1", instead_of: [{ option: "o", why_not: "n" }], confidence: "high", undo: "easy" };
    check("begin_decision", input, { tool: "begin_decision", ...input });
  });
});

describe("declaring the tools", () => {
  it("keeps their names and order", () =>
    assert.deepEqual(
      toolDefinitions().map((tool) => tool.name),
      ["bash", "read", "write", "edit", "glob", "grep", "set_goals", "begin_decision", "end_decision", "abandon_goal", "request_permission", "ask_human", "finish"],
    ));
  it("gives the same bytes every time", () => assert.equal(JSON.stringify(toolDefinitions()), JSON.stringify(toolDefinitions())));
  it("declares exactly the fields of the toolset", () => {
    const fields = Object.fromEntries(toolDefinitions().map((tool) => [tool.name, [Object.keys(tool.input_schema["properties"] ?? {}), tool.input_schema["required"] ?? []]]));
    assert.deepEqual(fields["bash"], [["command", "restart", "timeout_ms"], []]);
    assert.deepEqual(fields["read"], [["file_path", "view_range"], ["file_path"]]);
    assert.deepEqual(fields["edit"], [
      ["file_path", "old_string", "new_string", "replace_all"],
      ["file_path", "old_string", "new_string"],
    ]);
    assert.deepEqual(fields["request_permission"], [
      ["kind", "target", "why", "if_denied"],
      ["kind", "target", "why", "if_denied"],
    ]);
  });
});
