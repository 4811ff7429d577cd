// One item: hidden while there is no run, and in the warning colour only while a question keeps a run from going on.
import * as vscode from "vscode";
import type { RunRow } from "../../client/list-runs.js";

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("vigil.status", vscode.StatusBarAlignment.Left, 50);

  constructor() {
    this.#item.name = "Vigil";
    this.#item.command = "vigil.openWhatMatters";
  }

  show(rows: readonly (RunRow & { readonly undecided: number })[]): void {
    const running = rows.filter((row) => ["preparing", "working", "waiting", "outage"].includes(row.state)).length;
    const waiting = rows.reduce((sum, row) => sum + row.waiting, 0);
    const toReview = rows.reduce((sum, row) => sum + (row.state === "ready" || row.state === "proposed" ? row.undecided : 0), 0);
    const queued = rows.filter((row) => row.state === "queued").length;
    const parts = [
      running > 0 ? vscode.l10n.t("{0} running", running) : undefined,
      queued > 0 ? vscode.l10n.t("{0} queued", queued) : undefined,
      waiting > 0 ? (waiting === 1 ? vscode.l10n.t("1 needs you") : vscode.l10n.t("{0} need you", waiting)) : undefined,
      toReview > 0 ? vscode.l10n.t("{0} to review", toReview) : undefined,
    ].filter((part) => part !== undefined);
    if (parts.length === 0) return this.#item.hide();
    this.#item.text = `${running > 0 || queued > 0 || waiting > 0 ? "$(eye)" : "$(checklist)"} ${parts.join(", ")}`;
    this.#item.tooltip = vscode.l10n.t("Vigil: {0}", parts.join(", "));
    this.#item.accessibilityInformation = { label: vscode.l10n.t("Vigil: {0}. Opens what matters most.", parts.join(", ")) };
    this.#item.backgroundColor = rows.some((row) => row.state === "waiting") ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
