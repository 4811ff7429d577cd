// All runs of the open folders, as the views show them. It looks when a view asks or a run's head moves, reads only what
// moved, and starts no process for runs that have ended.
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import type { FoundRuns } from "../../client/find-runs.js";
import type { RunRow } from "../../client/list-runs.js";
import { HumanError } from "../../core/error.js";
import type { Waiting } from "./waiting-view.js";

/** Milliseconds in which changes are gathered before they are read: a working run writes many times a second. */
const GATHER_MS = 300;

/** How often the heads of runs that have not ended are looked at besides, in milliseconds: a watcher may miss a change. */
const CHECK_MS = 2_000;

/** How often a window says that it is there, in milliseconds: well within what a runner takes for its absence. */
const SAY_MS = 20_000;

export interface ShownRun {
  readonly folder: string;
  readonly row: RunRow;
}

export interface Known {
  readonly runs: readonly ShownRun[];
  readonly waiting: readonly Waiting[];
  /** Why some runs could not be read, for the view itself. */
  readonly problem: string;
}

type Store = FoundRuns["store"];

interface Read {
  readonly moved: number;
  readonly row: RunRow;
  readonly changed: readonly string[];
  readonly waiting: readonly Waiting[];
}

export class Runs implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Known>();
  readonly onDidChange = this.#changed.event;
  readonly #watchers = new Map<string, vscode.Disposable>();
  readonly #read = new Map<string, Read>();
  #known: Known = { runs: [], waiting: [], problem: "" };
  #looking: Promise<Known> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #check: NodeJS.Timeout | undefined;
  #said = 0;

  constructor(readonly log: vscode.LogOutputChannel) {}

  get known(): Known {
    return this.#known;
  }

  /** Reads what moved since the last time; several that ask at once are answered by one reading. */
  look(): Promise<Known> {
    if (this.#looking !== undefined) {
      this.#again = true;
      return this.#looking;
    }
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#again) this.#gather();
      this.#again = false;
      this.#checkLater();
    });
    return this.#looking;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#check);
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#changed.dispose();
  }

  async #look(): Promise<Known> {
    const runs: ShownRun[] = [];
    const waiting: Waiting[] = [];
    let problem = "";
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      try {
        for (const { row, waiting: gates } of await this.#inFolder(uri.fsPath)) {
          runs.push({ folder: uri.fsPath, row });
          waiting.push(...gates);
        }
      } catch (error) {
        if (!(error instanceof HumanError)) this.log.error(error instanceof Error ? error : String(error));
        problem = error instanceof HumanError ? error.message : vscode.l10n.t('The runs could not be listed. "Vigil: Show Log" has the details.');
      }
    }
    this.#known = { runs: runs.toSorted((one, other) => (one.row.id < other.row.id ? 1 : -1)), waiting, problem };
    this.#changed.fire(this.#known);
    return this.#known;
  }

  async #inFolder(folder: string): Promise<readonly Pick<Read, "row" | "waiting">[]> {
    const { findRuns } = await import("../../client/find-runs.js");
    const found = await findRuns(folder);
    if (found === undefined) throw new HumanError(vscode.l10n.t("Vigil needs a git repository, because each run works in its own worktree: {0} is in none. Open a repository, or make one there (git init, then a first commit).", folder));
    this.#watch(found.commonDir);
    const ids = await found.store.list();
    const there = new Set(ids.map((id) => found.store.open(id).folder));
    for (const known of this.#read.keys()) if (!there.has(known) && dirname(known) === join(found.commonDir, "vigil", "runs")) this.#read.delete(known);
    const read: Read[] = [];
    // One after the other: all at once would hold the editor's thread for as long as all of them take.
    for (const id of ids) read.push(await this.#readOne(found.store, folder, id));
    const { withOverlaps } = await import("../../client/list-runs.js");
    return withOverlaps(read).map((row, at) => ({ row, waiting: read[at]?.waiting ?? [] }));
  }

  async #readOne(store: Store, folder: string, id: string): Promise<Read> {
    const key = store.open(id).folder;
    const moved = await movedAt(key);
    const known = this.#read.get(key);
    // What has not ended can change without a word in its log: its process may be gone.
    if (known?.moved === moved && hasEnded(known.row)) return known;
    const { readRow } = await import("../../client/list-runs.js");
    const { row, changed } = await readRow(store, id);
    const read = { moved, row, changed, waiting: row.waiting === 0 ? [] : await waitingIn(store, folder, id) };
    this.#read.set(key, read);
    return read;
  }

  /** Each append moves a run's head. The folder itself may not be there yet, so its repository is watched. */
  #watch(commonDir: string): void {
    if (this.#watchers.has(commonDir)) return;
    const heads = new vscode.RelativePattern(vscode.Uri.file(commonDir), "vigil/runs/*/head");
    const watcher = vscode.workspace.createFileSystemWatcher(heads);
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) event(() => { this.#gather(); });
    this.#watchers.set(commonDir, watcher);
  }

  /** While a run goes on, its head is looked at even if no watcher says that it moved. */
  #checkLater(): void {
    clearTimeout(this.#check);
    const open = [...this.#read].filter(([, { row }]) => !hasEnded(row));
    if (open.length === 0) return;
    this.#sayWatched(open.map(([folder]) => folder));
    this.#check = setTimeout(() => {
      void Promise.all(open.map(async ([folder, { moved }]) => (await movedAt(folder)) !== moved)).then((changed) => {
        if (changed.includes(true)) void this.look();
        else this.#checkLater();
      });
    }, CHECK_MS);
  }

  /** Whoever has this window open is told here, and not on the desktop as well. */
  #sayWatched(folders: readonly string[]): void {
    if (Date.now() - this.#said < SAY_MS) return;
    this.#said = Date.now();
    void import("../../client/say-watched.js").then(({ sayWatched }) => Promise.all([...new Set(folders.map((folder) => dirname(folder)))].map(sayWatched)));
  }

  #gather(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.look();
    }, GATHER_MS);
  }
}

/** When the run's head moved last; 0 where there is none: the log's reader says what is wrong then. */
async function movedAt(folder: string): Promise<number> {
  return stat(join(folder, "head")).then((found) => found.mtimeMs, () => 0);
}

function hasEnded(row: RunRow): boolean {
  return ["ready", "landed", "proposed", "stopped", "failed", "abandoned"].includes(row.state);
}

async function waitingIn(store: Store, folder: string, id: string): Promise<readonly Waiting[]> {
  const { readState } = await import("../../client/read-run.js");
  const view = await readState(store, id);
  return view?.run.gates.flatMap((gate) => (gate.state.kind === "open" ? [{ folder, run: id, task: view.run.spec.task, gate }] : [])) ?? [];
}
