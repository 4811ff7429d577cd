// The bundled rehearsal must stay true: its script is played on a copy of its sample project as the runner would play it
// (a write outside a decision is refused, a discarded decision is taken back), and every command ends as the script says.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseScript } from "../../src/agent/scripted/script.js";
import { parseInput } from "../../src/agent/tools.js";
import type { ToolInput } from "../../src/agent/tools.js";

const rehearsal = fileURLToPath(new URL("../../../media/rehearsal", import.meta.url));

/** What a play of the script leaves behind, as far as a reader of the rehearsal would notice. */
interface Play {
  readonly refused: readonly string[];
  /** Each command with its exit code, in order; claims are told apart by their prefix. */
  readonly commands: readonly string[];
  readonly decisions: readonly string[];
  readonly finished: boolean;
}

function play(project: string): Play {
  const refused: string[] = [];
  const commands: string[] = [];
  const decisions: string[] = [];
  const before = `${project}-before`;
  let open: string | undefined;
  let finished = false;
  const goals = new Map<string, { readonly doneWhen: string | undefined; readonly attempts: number; red: number }>();
  let goal: string | undefined;
  /** The files as they were before the first decision for a goal that is still to be reached. */
  const beforeGoal = `${project}-before-goal`;

  const run = (command: string): string => `${command} → ${String(spawnSync("bash", ["-c", command], { cwd: project, env: { PATH: process.env["PATH"] } }).status)}`;
  const change = (path: string, content: (old: string) => string): void => {
    if (open === undefined) {
      refused.push(path);
      return;
    }
    const file = join(project, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content(file));
  };
  const perform = (input: ToolInput): void => {
    if (input.tool === "bash" && input.command !== undefined) commands.push(run(input.command));
    if (input.tool === "read") readFileSync(join(project, input.file_path));
    if (input.tool === "write") change(input.file_path, () => input.content);
    if (input.tool === "edit") {
      change(input.file_path, (file) => {
        const parts = readFileSync(file, "utf8").split(input.old_string);
        assert.equal(parts.length, 2, `${input.file_path} must hold this once: ${input.old_string}`);
        return parts.join(input.new_string);
      });
    }
    if (input.tool === "begin_decision") {
      assert.equal(open, undefined);
      open = input.title;
      if (goal !== input.goal) cpSync(project, beforeGoal, { recursive: true, force: true });
      goal = input.goal;
      cpSync(project, before, { recursive: true });
    }
    if (input.tool === "end_decision") {
      assert.notEqual(open, undefined);
      for (const { command } of input.claims ?? []) commands.push(`claim: ${run(command)}`);
      decisions.push(`${input.discard === undefined ? "kept" : "discarded"}: ${open ?? ""}`);
      open = undefined;
      if (input.discard !== undefined) {
        rmSync(project, { recursive: true });
        cpSync(before, project, { recursive: true });
      }
      rmSync(before, { recursive: true });
      const its = goals.get(goal ?? "");
      if (input.discard === undefined && its?.doneWhen !== undefined) {
        const said = run(its.doneWhen);
        commands.push(`check of ${goal ?? ""}: ${said}`);
        if (!said.endsWith("→ 0")) its.red += 1;
        if (its.red >= its.attempts) {
          decisions.push(`given up: ${goal ?? ""}`);
          rmSync(project, { recursive: true });
          cpSync(beforeGoal, project, { recursive: true });
        }
      }
    }
    if (input.tool === "set_goals") for (const one of input.goals) goals.set(one.id, { doneWhen: one.done_when, attempts: one.abandon_when?.attempts ?? 5, red: 0 });
    finished ||= input.tool === "finish";
  };

  const script = parseScript(readFileSync(join(rehearsal, "script.json"), "utf8"));
  for (const block of script.turns.flatMap((turn) => turn.blocks)) {
    if (!("call" in block)) continue;
    assert.ok("input" in block.call);
    const parsed = parseInput(block.call.tool, block.call.input);
    if (parsed.kind === "invalid") assert.fail(parsed.problem);
    perform(parsed.input);
  }
  return { refused, commands, decisions, finished };
}

describe("the rehearsal", () => {
  it("plays on its sample project exactly as it tells the story", () => {
    const folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
    try {
      const project = join(folder, "project");
      cpSync(join(rehearsal, "project"), project, { recursive: true });
      assert.deepEqual(play(project), {
        refused: ["src/clock.js"],
        commands: [
          "node --test → 1",
          "node src/main.js country 07:30 → 0",
          "node --test && node src/main.js country 07:30 → 0",
          "claim: node --test → 0",
          "check of clock: node --test → 0",
          "claim: node --test test/evenings.test.js → 0",
          "check of clock: node --test → 0",
          "node --test && node src/main.js country 07:30 --cold → 0",
          "claim: node --test → 0",
          "claim: node src/main.js flatbread 08:00 --cold → 0",
          "check of cold: node src/main.js flatbread 08:00 --cold → 0",
          "node --test → 1",
          "check of quarters: node --test → 1",
          "check of quarters: node --test → 1",
          "node src/main.js flatbread 08:00 --cold → 0",
          "claim: node src/main.js flatbread 08:00 --cold | grep -qx '06:20  knead' → 0",
        ],
        decisions: [
          "kept: Write times before midnight as times of the evening before",
          "kept: Hold times that fall two evenings before",
          "kept: Plan for a cold kitchen with --cold",
          "kept: Round starting times to the nearest quarter hour",
          "kept: Round starting times down to quarter hours",
          "given up: quarters",
          "kept: Show --cold in the README by an example",
        ],
        finished: true,
      });
      const shown = /```\n\$ (node src\/main\.js flatbread 08:00 --cold)\n([^`]*)```/.exec(readFileSync(join(project, "README.md"), "utf8"));
      const printed = spawnSync("bash", ["-c", shown?.[1] ?? "false"], { cwd: project, encoding: "utf8" });
      assert.equal(printed.stdout, shown?.[2]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }).timeout(60_000);
});
