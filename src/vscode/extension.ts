// The extension's entry: says what is made and hands it to VS Code. It reads no run and starts no process by itself; what
// reads runs is loaded when somebody looks, because it takes longer to load than the extension may take to activate.
import { delimiter } from "node:path";
import * as vscode from "vscode";
import type { CommandParts, Handler } from "./commands.js";
import { ModelKey } from "./model-key.js";
import { Repositories } from "./repositories.js";
import { ChangesView } from "./review/changes-view.js";
import { Announcements } from "./runs/announce.js";
import { Finished } from "./runs/finished.js";
import { Interrupted } from "./runs/interrupted.js";
import { Runs } from "./runs/runs.js";
import { RunsView } from "./runs/runs-view.js";
import { StatusBar } from "./runs/status-bar.js";
import { WaitingView } from "./runs/waiting-view.js";
import { told } from "./told.js";
import { TIMELINE } from "./timeline/timeline-name.js";
import type { TimelinePanel } from "./timeline/timeline-panel.js";

/** What `activate` hands to whoever asks the editor for the extension; its tests do. */
export interface Contributions {
  readonly runs: Runs;
  readonly runsView: RunsView;
  readonly waiting: WaitingView;
  readonly changes: ChangesView;
  timeline(): Promise<TimelinePanel | undefined>;
}

export function activate(context: vscode.ExtensionContext): Contributions {
  const log = vscode.window.createOutputChannel("Vigil", { log: true });
  const key = new ModelKey(context.secrets);
  const repositories = new Repositories(context.extensionPath, key, settingsOf(context));
  const runs = new Runs(log);
  const runsView = new RunsView(runs);
  const waiting = new WaitingView();
  const changes = new ChangesView();
  const status = new StatusBar();
  const announcements = new Announcements();
  const finished = new Finished(context.workspaceState, (badge) => { runsView.badge = badge; });
  const interrupted = new Interrupted({
    memory: context.workspaceState,
    look: async () => (await told(log, () => runs.look()))?.runs ?? [],
    resume: async ({ folder, row }) => { await vscode.commands.executeCommand("vigil.resumeRun", { folder, run: row.id }); },
  });
  const review = lazily(async () => {
    const { makeReview } = await import("./review/make-review.js");
    const overlaps = (run: string) => runs.known.runs.find(({ row }) => row.id === run)?.row.overlaps ?? [];
    return makeReview({ extension: context.extensionUri, log, repositories, changes, overlaps });
  }, context);
  const handlers = lazily(async () => {
    const { commandTable } = await import("./commands.js");
    const { Rehearsals } = await import("./start/rehearsal.js");
    const { GoalDocuments } = await import("./goals/goal-documents.js");
    const rehearsals = new Rehearsals(repositories);
    const goals = new GoalDocuments(repositories);
    const { timelines, documents, threads } = await review();
    const parts: CommandParts = {
      log,
      key,
      repositories,
      runs,
      timelines,
      documents,
      threads,
      goals,
      reviewed: () => timelines.current?.shown,
      rehearse: async () => { timelines.open(await rehearsals.begin()); },
    };
    return { table: commandTable(parts), dispose: () => {
      goals.dispose();
      void told(log, () => rehearsals.close());
    } };
  }, context);

  context.subscriptions.push(
    log,
    runs,
    runsView,
    waiting,
    changes,
    status,
    interrupted,
    runs.onDidChange((known) => {
      waiting.show(known.waiting);
      announcements.told(known.waiting);
      finished.told(known.runs, changes.reviewed?.run.id);
      interrupted.told(known.runs);
      status.show(known.runs.map(({ row }) => row));
      void setContexts({
        hasRuns: known.runs.length > 0,
        hasWaiting: known.waiting.length > 0,
        hasActiveRun: known.runs.some(({ row }) => ["queued", "preparing", "working", "waiting", "outage", "paused"].includes(row.state)),
        hasReviewable: known.runs.some(({ row }) => row.undecided > 0 || row.waiting > 0),
        isReady: known.problem === "",
      });
    }),
    changes.onDidChangeTreeData(() => { finished.told(runs.known.runs, changes.reviewed?.run.id); }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      repositories.forget();
      void told(log, () => runs.look());
    }),
    vscode.window.registerUriHandler({ handleUri: (uri) => void told(log, async () => openLink(uri, runs, (await review()).timelines.open.bind((await review()).timelines))) }),
    vscode.window.registerWebviewPanelSerializer(TIMELINE, { deserializeWebviewPanel: async (panel, state) => (await review()).timelines.restore(panel, state) }),
    ...commandsOf(context).map((id) => vscode.commands.registerCommand(id, (...given: unknown[]) => told(log, async () => handlerOf((await handlers()).table, id)(given[0])))),
  );
  // `vigil` in the editor's own terminals is this extension's.
  context.environmentVariableCollection.prepend("PATH", `${context.asAbsolutePath("dist/bin")}${delimiter}`);
  // After the editor has come up: the badge of the morning, from files alone.
  setImmediate(() => void told(log, () => runs.look()));
  return { runs, runsView, waiting, changes, timeline: async () => (await review()).timelines.current };
}

/** The commands that the manifest names: what is registered cannot lag behind what is offered. */
function commandsOf(context: vscode.ExtensionContext): readonly string[] {
  const manifest = context.extension.packageJSON as { readonly contributes: { readonly commands: readonly { readonly command: string }[] } };
  return manifest.contributes.commands.map(({ command }) => command);
}

function settingsOf(context: vscode.ExtensionContext): readonly string[] {
  const manifest = context.extension.packageJSON as { readonly contributes: { readonly configuration: readonly { readonly properties: object }[] } };
  return manifest.contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
}

function handlerOf(table: Readonly<Record<string, Handler>>, id: string): Handler {
  const handler = table[id];
  if (handler === undefined) throw new Error(`no handler for the command ${id}`);
  return handler;
}

/** Made once, when it is first needed, and ended with the extension. */
function lazily<T extends { dispose(): void }>(make: () => Promise<T>, context: vscode.ExtensionContext): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().then((value) => {
      context.subscriptions.push(value);
      return value;
    }));
}

/** A link opens a run or one of its decisions; it never does anything. */
async function openLink(uri: vscode.Uri, runs: Runs, open: (shown: { folder: string; run: string }, decision?: string) => unknown): Promise<void> {
  const found = /^\/run\/(?<run>[\w-]+)(?:\/decision\/(?<n>\d+))?$/u.exec(uri.path)?.groups;
  const known = await runs.look();
  const shown = known.runs.find(({ row }) => row.id === found?.["run"]);
  if (found === undefined || shown === undefined) {
    void vscode.window.showWarningMessage(vscode.l10n.t("No open folder has the run that this link names. Open its repository, then follow the link again."));
    return;
  }
  open({ folder: shown.folder, run: shown.row.id }, found["n"] === undefined ? undefined : `d${found["n"]}`);
}

async function setContexts(values: Readonly<Record<string, boolean>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await vscode.commands.executeCommand("setContext", `vigil.${name}`, value);
}
