// The goals of a run as a document to edit, and the way back: what was edited goes to the run when a person sends it, and
// never by saving, which editors do by themselves.
import * as vscode from "vscode";
import { editedGoals, type EditedGoals } from "../../client/edited-goals.js";
import { changePlan } from "../../client/goal-commands.js";
import { requireRun } from "../../client/read-run.js";
import { HumanError } from "../../core/error.js";
import { planText } from "../../core/goals/plan-text.js";
import { count } from "../../core/run/amounts.js";
import { oneLine } from "../../core/text/one-line.js";
import type { Repositories } from "../repositories.js";
import type { Shown } from "../timeline/timeline-panel.js";
import { posted } from "./posted.js";

export class GoalDocuments implements vscode.CodeLensProvider, vscode.Disposable {
  /** By the document's address: the run that it is about. */
  readonly #runs = new Map<string, Shown>();
  readonly #ends: readonly vscode.Disposable[];

  constructor(readonly repositories: Repositories) {
    this.#ends = [
      vscode.languages.registerCodeLensProvider({ scheme: "untitled", language: "markdown" }, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (this.#runs.delete(uri.toString())) void this.#tellContext();
      }),
    ];
  }

  async open({ folder, run: id }: Shown): Promise<vscode.TextDocument> {
    const workspace = await this.repositories.acting(folder);
    const { run } = await requireRun(workspace.store, id);
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content: planText(run) });
    this.#runs.set(document.uri.toString(), { folder, run: id });
    await this.#tellContext();
    await vscode.window.showTextDocument(document);
    return document;
  }

  /** Asks once, with what changes. Throws HumanError where the document in front is not about a run's goals. */
  async send(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const shown = document === undefined ? undefined : this.#runs.get(document.uri.toString());
    if (document === undefined || shown === undefined) throw new HumanError(vscode.l10n.t('The document in front holds no goals of a run. "Vigil: Edit Goals…" opens them.'));
    const workspace = await this.repositories.acting(shown.folder);
    const { run } = await requireRun(workspace.store, shown.run);
    const edited = editedGoals(run, document.getText());
    const send = vscode.l10n.t("Send");
    const picked = await vscode.window.showWarningMessage(vscode.l10n.t("Make these {0} the run's?", count(edited.goals.length, "goal")), { modal: true, detail: detailOf(edited, run.gates.some((gate) => gate.type === "plan" && gate.state.kind === "open")) }, send);
    if (picked !== send) return;
    posted(await changePlan(workspace, shown.run, edited.goals), vscode.l10n.t("The goals are changed; the agent is told with its next turn."));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!this.#runs.has(document.uri.toString())) return [];
    return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title: vscode.l10n.t("$(check) Send These Goals to the Run"), command: "vigil.sendGoals" })];
  }

  dispose(): void {
    for (const end of this.#ends) end.dispose();
  }

  async #tellContext(): Promise<void> {
    await vscode.commands.executeCommand("setContext", "vigil.goalDocuments", [...this.#runs.keys()]);
  }
}

function detailOf({ added, removed }: EditedGoals, isPlanWaiting: boolean): string {
  const named = (titles: readonly string[]): string => titles.map((title) => `"${oneLine(title, 60)}"`).join(", ");
  return [
    ...(isPlanWaiting ? [vscode.l10n.t("The plan waits for your approval: sending these goals is the approval.")] : []),
    ...(added.length === 0 ? [] : [vscode.l10n.t("New: {0}.", named(added))]),
    ...(removed.length === 0 ? [] : [vscode.l10n.t("Gone: {0}.", named(removed))]),
    vscode.l10n.t("All of them are yours then and outrank the agent's, which is told with its next turn."),
  ].join("\n");
}
