// Inside the extension host: what a person says about goals and limits reaches the run's inbox as it was said. The run is
// held by another process, which folds nothing, so what was posted lies there to be read.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import type { Contributions } from "../../../src/vscode/extension.js";

describe("goals and limits in the editor", () => {
  let shown: { readonly folder: string; readonly run: string };

  before(async () => {
    const extension = vscode.extensions.getExtension<Contributions>("vigil.vigil");
    assert.ok(extension !== undefined);
    const { runs } = await extension.activate();
    const found = (await runs.look()).runs.find(({ row }) => row.state === "working");
    assert.ok(found !== undefined);
    shown = { folder: found.folder, run: found.row.id };
  });

  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
    for (const { path } of posted()) rmSync(path);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  const inbox = (): string => join(shown.folder, ".git", "vigil", "runs", shown.run, "inbox");

  function posted(): readonly { readonly path: string; readonly command: Record<string, unknown> }[] {
    return readdirSync(inbox()).filter((name) => !name.startsWith(".")).map((name) => {
      const path = join(inbox(), name);
      return { path, command: JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown> };
    });
  }

  /** What was posted once it is there; the boxes that ask on the way are answered as they stand. */
  async function answered(command: string, given: object): Promise<Record<string, unknown>> {
    void vscode.commands.executeCommand(command, { ...shown, ...given });
    for (let waited = 0; waited < 20_000; waited += 250) {
      await delay(250);
      const [one] = posted();
      if (one !== undefined) return one.command;
      await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    }
    return assert.fail(`${command} posted nothing`);
  }

  it("raises a limit to the amount in the box, which begins at twice of what it is", async () => {
    const command = await answered("vigil.raiseLimit", { limit: "usd" });
    assert.deepEqual([command["kind"], command["limit"], command["to"]], ["raise", "usd", 20]);
  });

  it("gives up the goal that it was asked for on", async () => {
    const command = await answered("vigil.giveUpGoal", { goal: "backfill" });
    assert.deepEqual([command["kind"], command["goal"], command["why"]], ["abandon", "backfill", undefined]);
  });

  it("lets the goal be tried again that was picked from the tree", async () => {
    const command = await answered("vigil.waiveGoal", {});
    assert.deepEqual([command["kind"], command["goal"], command["rules"]], ["waive", "schema", []]);
  });

  it("opens the goals as a plan, with the way back to the run above it", async () => {
    await vscode.commands.executeCommand("vigil.editGoals", shown);
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document !== undefined);
    assert.match(document.getText(), /# Must not be dropped\n\n- schema: The new column is there \(done when `npm run schema`\)\n {2}- backfill: Old rows are filled \(may be dropped; in any case\)\n/u);
    const lenses = await vscode.commands.executeCommand<readonly vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 10);
    assert.deepEqual(lenses.map(({ command }) => command?.command).filter((id) => id?.startsWith("vigil.")), ["vigil.sendGoals"]);
    const other = await vscode.workspace.openTextDocument({ language: "markdown", content: "# Goal\n\nAnother\n" });
    const none = await vscode.commands.executeCommand<readonly vscode.CodeLens[]>("vscode.executeCodeLensProvider", other.uri, 10);
    assert.deepEqual(none.filter(({ command }) => command?.command.startsWith("vigil.")), []);
  });
});
