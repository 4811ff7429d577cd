// What policy and this machine allow, as documents to read. Both work in a workspace that nobody trusts: they only look.
import * as vscode from "vscode";
import { diagnose } from "../client/doctor.js";
import { openRepository } from "../client/open-repository.js";
import { policyReport } from "../client/policy-report.js";
import { HumanError } from "../core/error.js";
import { visible } from "../core/text/visible.js";
import type { Repositories } from "./repositories.js";

export async function showPolicy(repositories: Repositories, folder: string): Promise<void> {
  // As things stand now, not as when the folder was first looked at.
  const report = await policyReport(await openRepository(repositories.place(folder)));
  const keys = Object.entries(report.keys).map(([name, { value, from, heldBy }]) => `| vigil.policy.${name} | ${visible(JSON.stringify(value))} | ${from}${heldBy === undefined ? "" : `, held by ${heldBy}`} |`);
  const ladder = report.ladder.map(({ stage, state }) => `- **${stage}**: ${visible(state.why)}${state.kind === "closed" ? ` ${visible(state.edit)}` : ""}`);
  const content = `# ${vscode.l10n.t("Effective policy")}\n\n${vscode.l10n.t("A run started now takes the stage {0}.", report.stage)} ${visible(report.why)}\n\n${ladder.join("\n")}\n\n| key | value | from |\n| --- | --- | --- |\n${keys.join("\n")}\n`;
  await show(content);
}

/** The team's settings, at their policy where there is one. */
export async function editPolicy(folder: string): Promise<void> {
  const file = vscode.Uri.joinPath(vscode.Uri.file(folder), ".vscode", "settings.json");
  const there = await vscode.workspace.fs.stat(file).then(() => true, () => false);
  if (!there) throw new HumanError(vscode.l10n.t("This folder has no settings yet, so no team policy stands in them. Write the least one to begin with: Vigil: Set Up Team Policy."));
  const document = await vscode.workspace.openTextDocument(file);
  const at = document.positionAt(Math.max(0, document.getText().indexOf('"vigil.policy.')));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}

export async function showMachine(repositories: Repositories, folder: string): Promise<void> {
  const { findings, stages } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Checking this machine") }, () => diagnose(repositories.place(folder)));
  const lines = findings.map(({ ok, name, detail, remedy }) => `- ${ok ? "✓" : "✗"} **${visible(name)}**: ${visible(detail)}${remedy === undefined ? "" : `\n  - ${visible(remedy)}`}`);
  await show(`# ${vscode.l10n.t("What this machine can enforce")}\n\n${vscode.l10n.t("Stages: {0}", stages.length === 0 ? vscode.l10n.t("none with commands") : stages.join(", "))}\n\n${lines.join("\n")}\n`);
}

async function show(content: string): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "markdown", content }), { preview: true });
}
