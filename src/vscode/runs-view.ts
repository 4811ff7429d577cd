// The Runs view: the runs of the open folder's repository, newest first. It looks when it is shown and when a run's files
// change; what cannot be listed is said in the view itself, never swallowed.
import * as vscode from "vscode";
import type { RunRow } from "../client/list-runs.js";
import type { Place, Workspace } from "../client/open-repository.js";
import { HumanError } from "../core/error.js";
import { runItem, runTooltip } from "./run-item.js";

/** Milliseconds in which changes are gathered before the list is read again: a working run writes many times a second. */
const GATHER_MS = 300;

export class RunsView implements vscode.TreeDataProvider<RunRow>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<RunRow>;
  readonly #folders: vscode.Disposable;
  #workspace: Workspace | undefined;
  #watcher: vscode.Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly log: vscode.LogOutputChannel,
    readonly placeOf: (folder: string) => Place,
  ) {
    this.#view = vscode.window.createTreeView("vigil.runs", { treeDataProvider: this });
    this.#folders = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      this.#forget();
      this.refresh();
    });
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(parent?: RunRow): Promise<RunRow[]> {
    if (parent !== undefined) return [];
    const folder = vscode.workspace.workspaceFolders?.[0];
    if (folder === undefined) return [];
    try {
      const workspace = (this.#workspace ??= await this.#open(folder.uri.fsPath));
      const { listRuns } = await import("../client/list-runs.js");
      const rows = await listRuns(workspace.store);
      await this.#say("", rows.length > 0);
      return [...rows];
    } catch (error) {
      if (!(error instanceof HumanError)) this.log.error(error instanceof Error ? error : String(error));
      await this.#say(error instanceof HumanError ? error.message : vscode.l10n.t('The runs could not be listed. "Vigil: Show Log" has the details.'), false);
      return [];
    }
  }

  getTreeItem(row: RunRow): vscode.TreeItem {
    return runItem(row);
  }

  resolveTreeItem(item: vscode.TreeItem, row: RunRow): vscode.TreeItem {
    item.tooltip = runTooltip(row);
    return item;
  }

  dispose(): void {
    this.#forget();
    this.#folders.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  async #open(folder: string): Promise<Workspace> {
    // Loaded when somebody looks: what reads runs takes longer to load than the extension may take to activate.
    const { openRepository } = await import("../client/open-repository.js");
    const workspace = await openRepository(this.placeOf(folder));
    this.log.info(`Reading the runs in ${workspace.runsFolder}`);
    // The folder may not be there yet, so its parent's parent, which is, is watched. Each append moves a run's head.
    const heads = new vscode.RelativePattern(vscode.Uri.file(workspace.repository.commonDir), "vigil/runs/*/head");
    const watcher = vscode.workspace.createFileSystemWatcher(heads);
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) event(() => this.#gather());
    this.#watcher = watcher;
    return workspace;
  }

  #gather(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.refresh();
    }, GATHER_MS);
  }

  /** An empty `problem` takes an earlier one away. */
  async #say(problem: string, hasRuns: boolean): Promise<void> {
    this.#view.message = problem;
    await vscode.commands.executeCommand("setContext", "vigil.hasRuns", hasRuns);
    await vscode.commands.executeCommand("setContext", "vigil.isReady", problem === "");
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#watcher?.dispose();
    this.#watcher = undefined;
    this.#workspace = undefined;
  }
}
