// The Changes view: the decisions of the run that is open, by how closely to look, with their files. A checkbox means
// "viewed"; the two buttons of a row are verdicts.
import * as vscode from "vscode";
import { band, type Band } from "../../core/review/band.js";
import { effectiveVerdict, undecided } from "../../core/review/verdict.js";
import { VERDICT_TEXT } from "../../core/review/verdict-text.js";
import type { Decision, Run } from "../../core/run/run.js";
import { oneLine } from "../../core/text/one-line.js";

export type ChangeRow =
  | { readonly kind: "group"; readonly band: Band }
  | { readonly kind: "decision"; readonly decision: Decision }
  | { readonly kind: "file"; readonly decision: Decision; readonly path: string };

export interface Reviewed {
  readonly folder: string;
  readonly run: Run;
}

const HEADING: Readonly<Record<Band, string>> = { read: "Read these", skim: "Check these", routine: "Routine" };

export class ChangesView implements vscode.TreeDataProvider<ChangeRow>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<ChangeRow>;
  readonly #viewed = new Set<string>();
  #reviewed: Reviewed | undefined;

  constructor() {
    this.#view = vscode.window.createTreeView("vigil.changes", { treeDataProvider: this, manageCheckboxStateManually: true });
    this.#view.onDidChangeCheckboxState(({ items }) => {
      for (const [row, state] of items) this.#mark(row, state === vscode.TreeItemCheckboxState.Checked);
      this.#changed.fire(undefined);
    });
  }

  get reviewed(): Reviewed | undefined {
    return this.#reviewed;
  }

  async show(reviewed: Reviewed | undefined): Promise<void> {
    if (reviewed?.run.id !== this.#reviewed?.run.id) this.#viewed.clear();
    this.#reviewed = reviewed;
    if (reviewed === undefined) this.#view.message = "";
    else {
      const all = standing(reviewed.run).length;
      const open = undecided(reviewed.run).length;
      this.#view.description = oneLine(reviewed.run.spec.task, 40);
      this.#view.message = all === 0 ? vscode.l10n.t("No decision changed anything yet.") : open === 0 ? vscode.l10n.t("All {0} decided.", all) : vscode.l10n.t("{0} of {1} undecided", open, all);
    }
    await vscode.commands.executeCommand("setContext", "vigil.reviewOpen", reviewed !== undefined);
    this.#changed.fire(undefined);
  }

  getChildren(parent?: ChangeRow): ChangeRow[] {
    const run = this.#reviewed?.run;
    if (run === undefined) return [];
    const decisions = standing(run);
    if (parent === undefined) return (["read", "skim", "routine"] as const).filter((kind) => decisions.some((decision) => band(decision) === kind)).map((kind) => ({ kind: "group", band: kind }));
    if (parent.kind === "group") return decisions.filter((decision) => band(decision) === parent.band).map((decision) => ({ kind: "decision", decision }));
    if (parent.kind === "decision") return parent.decision.files.map((file) => ({ kind: "file", decision: parent.decision, path: file.path }));
    return [];
  }

  getTreeItem(row: ChangeRow): vscode.TreeItem {
    if (row.kind === "group") return groupItem(row.band, this.getChildren(row).length);
    return row.kind === "decision" ? this.#decisionItem(row.decision) : this.#fileItem(row.decision, row.path);
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }

  #mark(row: ChangeRow, isViewed: boolean): void {
    const keys = row.kind === "file" ? [keyOf(row.decision, row.path)] : row.kind === "decision" ? row.decision.files.map((file) => keyOf(row.decision, file.path)) : [];
    for (const key of keys) {
      if (isViewed) this.#viewed.add(key);
      else this.#viewed.delete(key);
    }
  }

  #decisionItem(decision: Decision): vscode.TreeItem {
    const verdict = effectiveVerdict(decision).whole;
    const item = new vscode.TreeItem(`${String(decision.n)} ${oneLine(decision.titleRevised ?? decision.reason.title, 70)}`, vscode.TreeItemCollapsibleState.Collapsed);
    const [added, removed] = [decision.files.reduce((sum, file) => sum + file.added, 0), decision.files.reduce((sum, file) => sum + file.removed, 0)];
    item.id = decision.id;
    item.description = `${verdict === undefined ? "" : `${VERDICT_TEXT[verdict]} · `}+${String(added)} −${String(removed)}`;
    item.iconPath = new vscode.ThemeIcon(verdictIcon(verdict));
    item.contextValue = `decision.${verdict === undefined || verdict === "later" || verdict === "mixed" ? "undecided" : "decided"}.${band(decision)}`;
    item.tooltip = oneLine(decision.whyRevised ?? decision.reason.why, 600);
    item.checkboxState = decision.files.every((file) => this.#viewed.has(keyOf(decision, file.path))) ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
    item.command = { command: "vigil.openDecision", title: vscode.l10n.t("Open"), arguments: [{ decision: decision.id }] };
    return item;
  }

  #fileItem(decision: Decision, path: string): vscode.TreeItem {
    const change = decision.files.find((file) => file.path === path);
    const verdict = effectiveVerdict(decision).files.find((file) => file.path === path);
    const item = new vscode.TreeItem(vscode.Uri.file(`/${path}`), vscode.TreeItemCollapsibleState.None);
    item.id = keyOf(decision, path);
    item.label = path;
    item.description = `${verdict?.verdict === undefined ? "" : `${VERDICT_TEXT[verdict.verdict.verdict]} · `}+${String(change?.added ?? 0)} −${String(change?.removed ?? 0)}`;
    item.contextValue = `file.${verdict?.verdict === undefined ? "undecided" : "decided"}`;
    item.checkboxState = this.#viewed.has(item.id) ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
    item.command = { command: "vigil.openDecision", title: vscode.l10n.t("Open"), arguments: [{ decision: decision.id, path }] };
    return item;
  }
}

function standing(run: Run): readonly Decision[] {
  return run.decisions.filter((decision) => decision.state === "kept" || decision.state === "proposed");
}

function keyOf(decision: Decision, path: string): string {
  return `${decision.id}:${path}`;
}

function groupItem(kind: Band, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(`${HEADING[kind]} (${String(count)})`, vscode.TreeItemCollapsibleState.Expanded);
  item.id = kind;
  item.contextValue = `group.${kind}`;
  return item;
}

function verdictIcon(verdict: ReturnType<typeof effectiveVerdict>["whole"]): string {
  switch (verdict) {
    case undefined:
      return "circle-large-outline";
    case "accept":
    case "acknowledge":
      return "pass";
    case "reject":
    case "dispute":
      return "circle-slash";
    case "change":
      return "comment-unresolved";
    case "later":
      return "clock";
    case "mixed":
      return "color-mode";
  }
}
