// Inside the extension host: the extension starts without an error, and the Runs view's rows are the runs.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { z } from "zod";
import type { Contributions } from "../../../src/vscode/extension.js";

const runs = z.array(z.object({ task: z.string(), state: z.string() })).parse(JSON.parse(process.env["VSCODE_TEST_RUNS"] ?? "[]"));

describe("the extension", () => {
  it("activates, and registers every command that it contributes", async () => {
    await activated();
    const contributed = z.object({ contributes: z.object({ commands: z.array(z.object({ command: z.string() })) }) }).parse(extension().packageJSON).contributes.commands;
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(contributed.map(({ command }) => command).filter((command) => !registered.includes(command)), []);
  });

  it("lists the runs of the open repository newest first, each with its state", async () => {
    const { runsView: view } = await activated();
    const rows = await view.getChildren();
    const items = rows.map((row) => view.getTreeItem(row));
    assert.deepEqual(
      items.map((item) => [item.label, item.contextValue]),
      runs.map(({ task, state }, n) => [state === "unreadable" ? rows[n]?.row.id : task, `run.${state}`]),
    );
  });

  it("says the state in words beside the icon, with what waits and what was decided", async () => {
    const { runsView: view } = await activated();
    const texts = (await view.getChildren()).map((row) => [row.row.state, view.getTreeItem(row).description, (view.getTreeItem(row).iconPath as vscode.ThemeIcon).id]);
    assert.deepEqual(texts, [
      ["waiting", "Needs you, 3 approvals, 2 decisions", "bell-dot"],
      ["working", "Running, 1 decision", "loading~spin"],
      ["paused", "Paused, 2 approvals, 2 decisions", "debug-pause"],
      ["proposed", "Proposals to review, 2 decisions", "checklist"],
      ["ready", "Ready to review, 2 decisions", "checklist"],
      ["interrupted", "Interrupted, 1 decision", "warning"],
      ["stopped", "Stopped, 1 decision", "circle-slash"],
      ["failed", "Failed, 1 decision", "error"],
      ["unreadable", "Cannot be read", "question"],
      ["landed", "Landed, 2 decisions", "git-merge"],
    ]);
  });

  it("tells in the tooltip why a damaged run cannot be read", async () => {
    const { runsView: view } = await activated();
    const damaged = (await view.getChildren()).find(({ row }) => row.state === "unreadable");
    assert.ok(damaged !== undefined);
    const { tooltip } = view.resolveTreeItem(view.getTreeItem(damaged), damaged);
    assert.ok(typeof tooltip === "string", "text of a run must never be Markdown");
    assert.match(tooltip, /damaged/);
  });
});

function extension(): vscode.Extension<Contributions> {
  const found = vscode.extensions.getExtension<Contributions>("vigil.vigil");
  assert.ok(found !== undefined, "the workbench does not know the extension");
  return found;
}

async function activated(): Promise<Contributions> {
  return extension().activate();
}
