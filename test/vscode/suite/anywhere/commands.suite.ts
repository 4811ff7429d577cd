// Inside the extension host, in whatever window it is: every command that the palette offers either does its thing or says
// one sentence with a next step. None fails with an error of our own, and none does nothing at all.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { z } from "zod";

/** Milliseconds for a command to do its thing or to ask; what asks is closed then. */
const WAIT = 1_500;

/** They end the window, start another program, or were asked for by nobody in a test. */
const LEFT_OUT = new Set(["vigil.openWorktree", "vigil.rehearse"]);

const manifest = z.object({ contributes: z.object({ commands: z.array(z.object({ command: z.string() })), menus: z.object({ commandPalette: z.array(z.object({ command: z.string(), when: z.string() })) }) }) });

describe(`commands in a window ${process.env["VSCODE_TEST_STATE"] ?? "with runs"}`, function () {
  this.timeout(10 * 60_000);

  it("do their thing or say one sentence with a next step", async () => {
    const extension = vscode.extensions.getExtension("vigil.vigil");
    assert.ok(extension !== undefined);
    await extension.activate();
    assert.equal(vscode.workspace.isTrusted, process.env["VSCODE_TEST_STATE"] !== "in Restricted Mode");
    const { commands, menus } = manifest.parse(extension.packageJSON).contributes;
    const hidden = new Set(menus.commandPalette.filter(({ when }) => when === "false").map(({ command }) => command));
    const offered = commands.map(({ command }) => command).filter((command) => !hidden.has(command) && !LEFT_OUT.has(command));
    assert.ok(offered.length > 20);
    const said: string[] = [];
    for (const command of offered) {
      const before = logged().length;
      let threw: unknown;
      await Promise.race([vscode.commands.executeCommand(command).then(undefined, (error: unknown) => { threw = error; }), delay(WAIT)]);
      await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
      await delay(50);
      const lines = logged().slice(before);
      if (threw !== undefined) said.push(`${command} threw ${threw instanceof Error ? threw.message : "something that is no error"}`);
      for (const line of lines) {
        // A dialog asks; nobody answers it in a test.
        if (/refused to show dialog in tests/.test(line)) continue;
        if (/\[error\]/.test(line)) said.push(`${command}: ${line}`);
        // A sentence that only says no leaves a person where they are.
        else if (/\[warning\]/.test(line) && (line.match(/[.](?: |$)/g) ?? []).length < 2) said.push(`${command} says no next step: ${line}`);
      }
    }
    assert.deepEqual(said, []);
  });
});

/** The lines of Vigil's own log. */
function logged(): readonly string[] {
  const logs = process.env["VSCODE_TEST_LOGS"] ?? "";
  if (!existsSync(logs)) return [];
  return readdirSync(logs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /vigil\.vigil/i.test(entry.parentPath))
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8").split("\n"));
}
