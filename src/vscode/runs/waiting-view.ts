// What waits for a person, in all runs, oldest first: the number on Vigil's icon, and the two answers beside each row. The
// view is hidden while nothing waits.
import * as vscode from "vscode";
import type { Gate } from "../../core/run/run.js";
import { oneLine } from "../../core/text/one-line.js";
import { loudnessOf } from "./loudness.js";

export interface Waiting {
  readonly folder: string;
  readonly run: string;
  readonly task: string;
  readonly gate: Gate;
}

const ICON: Readonly<Record<Gate["type"], string>> = { decision: "checklist", write: "edit", command: "terminal", host: "globe", question: "question", landing: "git-merge", budget: "dashboard", refusal: "warning", plan: "list-tree" };

export class WaitingView implements vscode.TreeDataProvider<Waiting>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<Waiting>;
  #rows: readonly Waiting[] = [];

  constructor() {
    this.#view = vscode.window.createTreeView("vigil.waiting", { treeDataProvider: this });
  }

  get rows(): readonly Waiting[] {
    return this.#rows;
  }

  show(rows: readonly Waiting[]): void {
    this.#rows = rows.toSorted((one, other) => one.gate.raisedAt - other.gate.raisedAt);
    this.#view.badge = rows.length === 0 || loudnessOf("approval", new Date()) === "off" ? undefined : { value: rows.length, tooltip: rows.length === 1 ? vscode.l10n.t("1 approval waits for you") : vscode.l10n.t("{0} approvals wait for you", rows.length) };
    this.#changed.fire(undefined);
  }

  getChildren(parent?: Waiting): Waiting[] {
    return parent === undefined ? [...this.#rows] : [];
  }

  getTreeItem({ folder, run, task, gate }: Waiting): vscode.TreeItem {
    const item = new vscode.TreeItem(oneLine(`${TYPE[gate.type]}: ${gate.target}`, 80));
    const minutes = Math.max(0, Math.round((Date.now() - gate.raisedAt) / 60_000));
    item.id = `${run} ${gate.id}`;
    item.description = `${minutes < 60 ? vscode.l10n.t("{0} min", minutes) : vscode.l10n.t("{0} h", Math.round(minutes / 60))} · ${oneLine(task, 40)}`;
    item.iconPath = new vscode.ThemeIcon(ICON[gate.type]);
    item.contextValue = `approval.${gate.type}`;
    item.tooltip = `${oneLine(gate.target, 400)}\n${vscode.l10n.t("Why")}: ${oneLine(gate.why, 400)}`;
    item.command = { command: "vigil.openTimeline", title: vscode.l10n.t("Open"), arguments: [{ folder, run }] };
    return item;
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }
}

const TYPE: Readonly<Record<Gate["type"], string>> = { decision: "Approve", write: "Write", command: "Run", host: "Reach", question: "Asks", landing: "Land", budget: "Limit", refusal: "Refused", plan: "Plan" };
