// A run's record outside the timeline: whether it is whole, and a copy of it as a file of the person's choosing. Both only
// read the run, so both work in a workspace that nobody trusts.
import { join } from "node:path";
import * as vscode from "vscode";
import { ENDING_OF, exportRun, writeExport, type ExportFormat } from "../../client/export-run.js";
import { verifyRun } from "../../client/verify-run.js";
import { visible } from "../../core/text/visible.js";
import type { Repositories } from "../repositories.js";
import type { Shown } from "../timeline/timeline-panel.js";

export async function exportRecord(repositories: Repositories, { folder, run }: Shown): Promise<void> {
  const store = await repositories.runsOf(folder);
  const formats: readonly (vscode.QuickPickItem & { readonly format: ExportFormat })[] = [
    { format: "md", label: vscode.l10n.t("Markdown"), detail: vscode.l10n.t("The report and the timeline, to read or to attach") },
    { format: "jsonl", label: vscode.l10n.t("JSON Lines"), detail: vscode.l10n.t("Every event of the run, one on each line, for programs") },
    { format: "otlp", label: vscode.l10n.t("OpenTelemetry"), detail: vscode.l10n.t("Traces for a collector or a viewer: model turns, tool calls, decisions, approvals") },
  ];
  const picked = await vscode.window.showQuickPick(formats, { title: vscode.l10n.t("Export Run Record"), placeHolder: vscode.l10n.t("Titles, reasons, commands and paths are in each; what tools printed stays here") });
  if (picked === undefined) return;
  const name = `vigil-${run}.${ENDING_OF[picked.format]}`;
  const beside = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder))?.uri.fsPath;
  const to = await vscode.window.showSaveDialog({ title: vscode.l10n.t("Export Run Record"), saveLabel: vscode.l10n.t("Export"), ...(beside === undefined ? {} : { defaultUri: vscode.Uri.file(join(beside, name)) }) });
  if (to === undefined) return;
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Exporting the run") }, () => writeExport(to.fsPath, exportRun(store, run, picked.format)));
  const open = vscode.l10n.t("Open");
  if ((await vscode.window.showInformationMessage(vscode.l10n.t("The run was exported to {0}.", visible(to.fsPath)), open)) === open) await vscode.window.showTextDocument(to);
}

export async function verifyRecord(repositories: Repositories, { folder, run }: Shown): Promise<void> {
  const store = await repositories.runsOf(folder);
  const { ok, problems, proves } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Checking the record") }, () => verifyRun(store, run));
  if (ok) {
    void vscode.window.showInformationMessage(`${vscode.l10n.t("The record of this run is whole.")} ${proves}`);
    return;
  }
  const content = `# ${vscode.l10n.t("The record of run {0} is damaged", run)}\n\n${problems.map((one) => `- ${visible(one)}`).join("\n")}\n\n${vscode.l10n.t("What comes before the first damage can still be read. Take it back from a copy of the run's folder, {0}.", visible(store.open(run).folder))} ${proves}\n`;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "markdown", content }), { preview: true });
}
