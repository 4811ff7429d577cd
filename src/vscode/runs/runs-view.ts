// The Runs view: every run of the open folders, newest first. What cannot be listed is said in the view itself.
import * as vscode from "vscode";
import { runItem, runTooltip } from "./run-item.js";
import type { Known, Runs, ShownRun } from "./runs.js";

export class RunsView implements vscode.TreeDataProvider<ShownRun>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<ShownRun>;
  readonly #heard: vscode.Disposable;

  constructor(readonly runs: Runs) {
    this.#view = vscode.window.createTreeView("vigil.runs", { treeDataProvider: this });
    this.#heard = runs.onDidChange((known) => {
      this.#say(known);
      this.#changed.fire(undefined);
    });
  }

  async getChildren(parent?: ShownRun): Promise<ShownRun[]> {
    if (parent !== undefined) return [];
    const { known } = this.runs;
    // The first time somebody looks; later a change is what brings news.
    return [...(known.runs.length === 0 && known.problem === "" ? await this.runs.look() : known).runs];
  }

  getTreeItem({ folder, row }: ShownRun): vscode.TreeItem {
    const item = runItem(row);
    item.command = { command: "vigil.openTimeline", title: vscode.l10n.t("Open Decision Timeline"), arguments: [{ folder, run: row.id }] };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, { row }: ShownRun): vscode.TreeItem {
    item.tooltip = runTooltip(row);
    return item;
  }

  set badge(badge: vscode.ViewBadge | undefined) {
    this.#view.badge = badge;
  }

  dispose(): void {
    this.#heard.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  #say({ problem, runs }: Known): void {
    // Without runs the welcome text says it, with the next step.
    this.#view.message = runs.length === 0 ? "" : problem;
  }
}
