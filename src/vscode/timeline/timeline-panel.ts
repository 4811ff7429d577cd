// The decision timeline: one panel for one run at a time, which the reader can take to another run. It draws nothing
// itself; it tells its page what the run is, and carries out what the page asks for.
import * as vscode from "vscode";
import { answerRun } from "../../client/answer-run.js";
import { panelReader } from "../../client/panel-run.js";
import { readLeft, type RunAndLog } from "../../client/read-run.js";
import { fromPanelSchema, type Act, type FromPanel, type ToPanel } from "../../core/panel/messages.js";
import { stepGroups, stepRow } from "../../core/panel/step-groups.js";
import { HumanError } from "../../core/error.js";
import type { Overlap } from "../../core/review/overlap.js";
import { oneLine } from "../../core/text/one-line.js";
import type { Address, DecisionDocuments } from "../review/decision-documents.js";
import type { ChangesView } from "../review/changes-view.js";
import type { HunkThreads } from "../review/hunk-threads.js";
import { openAllFiles, openDecisionDiff } from "../review/open-diff.js";
import { giveVerdicts, sweepRoutine, undoVerdict } from "../review/verdicts.js";
import { SAMPLE, type Repositories } from "../repositories.js";
import { told } from "../told.js";
import { pageFolder, pageHtml } from "./page.js";
import { feedRun } from "./run-feed.js";

/** After the last step before its diff opens, in milliseconds: whoever holds a key down opens nothing on the way. */
const STEPPING_MS = 120;
/** Steps that are sent at once. */
const MOST_STEPS = 500;

/** What the page asks for that is a command of the extension as well. */
const COMMANDS = { resume: "vigil.resumeRun", land: "vigil.land", unland: "vigil.undoLanding", giveUp: "vigil.giveUpGoal", waive: "vigil.waiveGoal", raise: "vigil.raiseLimit", asText: "vigil.openRunAsText" } as const;

export interface Shown {
  readonly folder: string;
  readonly run: string;
}

export interface PanelParts {
  readonly extension: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly repositories: Repositories;
  readonly documents: DecisionDocuments;
  readonly threads: HunkThreads;
  readonly changes: ChangesView;
  /** What a run shares with others, as the Runs view knows it. */
  readonly overlaps: (run: string) => readonly Overlap[];
}

export class TimelinePanel implements vscode.Disposable {
  readonly #gone = new AbortController();
  readonly #read = panelReader();
  #following = new AbortController();
  #view: RunAndLog | undefined;
  #isReady = false;
  #reveal: string | undefined;
  #stepping: NodeJS.Timeout | undefined;
  #opened: string | undefined;

  constructor(
    readonly parts: PanelParts,
    readonly panel: vscode.WebviewPanel,
    public shown: Shown,
  ) {
    panel.webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [pageFolder(parts.extension)] };
    panel.iconPath = vscode.Uri.joinPath(parts.extension, "media", "vigil.svg");
    panel.webview.onDidReceiveMessage((message) => void told(parts.log, () => this.#asked(fromPanelSchema.parse(message))));
    const looking = vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("vigil.timeline")) this.#look();
    });
    panel.onDidDispose(() => {
      looking.dispose();
      this.#end();
    });
    panel.webview.html = pageHtml(panel.webview, parts.extension);
  }

  /** Shows another run in the same panel, or goes to a decision of this one. */
  show(shown: Shown, decision?: string): void {
    this.#reveal = decision;
    if (shown.run !== this.shown.run || shown.folder !== this.shown.folder) {
      this.shown = shown;
      this.#view = undefined;
      this.#post({ kind: "other" });
      if (this.#isReady) this.#follow();
    } else if (this.#isReady) this.#revealNow();
    this.panel.reveal();
  }

  act(act: Act): void {
    this.#post({ kind: "act", act });
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Its files are not part of the recording, so there is no diff to open and nothing to judge. */
  get #isSample(): boolean {
    return this.shown.folder === SAMPLE;
  }

  get ended(): AbortSignal {
    return this.#gone.signal;
  }

  #end(): void {
    clearTimeout(this.#stepping);
    this.#following.abort();
    this.#gone.abort();
    this.parts.threads.clear();
    void this.parts.changes.show(undefined);
    void setFocus(false, 0);
  }

  #post(message: ToPanel): void {
    if (!this.#gone.signal.aborted) void this.panel.webview.postMessage(message);
  }

  #look(): void {
    const settings = vscode.workspace.getConfiguration("vigil.timeline");
    const order = settings.get<string>("order") === "time" ? "time" : "risk";
    const density = settings.get<string>("density") === "compact" ? "compact" : "comfortable";
    this.#post({ kind: "look", order, density });
  }

  #follow(): void {
    this.#following.abort();
    this.#following = new AbortController();
    const { signal } = this.#following;
    const { folder, run } = this.shown;
    const following = async (): Promise<void> => {
      const store = await this.parts.repositories.runsOf(folder);
      await feedRun(store.open(run), (view, state) => this.#tell(view, { interrupted: state === "interrupted" }), signal);
    };
    const readable = async (error: unknown): Promise<boolean> => error instanceof HumanError && (await this.#tellLeft(signal));
    following().catch(async (error: unknown) => {
      // What is left is a help, not a promise: where it cannot be told either, the reason is.
      if (signal.aborted || (await readable(error).catch(() => false))) return;
      if (!(error instanceof HumanError)) this.parts.log.error(error instanceof Error ? error : String(error));
      this.#post({ kind: "said", text: error instanceof HumanError ? error.message : vscode.l10n.t('The run could not be read. "Vigil: Show Log" has the details.'), bad: true });
    });
  }

  /** What can be read of a damaged record, with what cannot in the headline; false where nothing can. */
  async #tellLeft(signal: AbortSignal): Promise<boolean> {
    const log = (await this.parts.repositories.runsOf(this.shown.folder)).open(this.shown.run);
    const { run, problem } = await readLeft(log);
    if (run === undefined || problem === undefined || signal.aborted) return false;
    await this.#tell({ run, log }, { interrupted: false, damaged: problem });
    return true;
  }

  async #tell(view: RunAndLog, state: { readonly interrupted: boolean; readonly damaged?: string }): Promise<void> {
    this.#view = view;
    this.panel.title = oneLine(view.run.spec.task, 40);
    const how = { trusted: vscode.workspace.isTrusted && !this.#isSample, scripted: this.parts.repositories.isScripted(this.shown.folder), overlaps: this.parts.overlaps(view.run.id), ...state };
    for await (const panel of this.#read.read(view, how)) {
      if (this.#view !== view) return;
      this.#post({ kind: "panel", panel });
      this.#revealNow();
    }
    await this.#refreshThreads(view);
    await this.parts.changes.show(this.#isSample ? undefined : { folder: this.shown.folder, run: view.run });
    await setContext("vigil.canLand", view.run.phase.kind === "ended" && view.run.landing?.state !== "landed");
    await setContext("vigil.hasLanding", view.run.landing?.state === "landed");
  }

  /** Verdicts that were given since the reasons beside the editor were shown. */
  async #refreshThreads({ run }: RunAndLog): Promise<void> {
    const { threads } = this.parts;
    const decision = run.decisions.find(({ id }) => id === threads.of?.decision);
    if (threads.of?.folder !== this.shown.folder || threads.of.run !== run.id || decision === undefined) return;
    try {
      await threads.show(threads.of, decision);
    } catch (error) {
      // Files that were freed meanwhile: the timeline goes on, and says so where they are asked for.
      if (!(error instanceof HumanError)) throw error;
      threads.clear();
    }
  }

  #revealNow(): void {
    if (this.#reveal === undefined || this.#view === undefined) return;
    this.#post({ kind: "reveal", decision: this.#reveal });
    this.#reveal = undefined;
  }

  async #asked(message: FromPanel): Promise<void> {
    const { repositories } = this.parts;
    const { folder, run } = this.shown;
    switch (message.kind) {
      case "ready":
        this.#isReady = true;
        this.#look();
        return this.#follow();
      case "focus":
        return setFocus(message.list, message.level);
      case "selected":
        return this.#selected(message.decision, message.path);
      case "verdict":
        return this.#give(message);
      case "undo":
        return this.#say(await undoVerdict(repositories, folder, run));
      case "sweep": {
        const n = await sweepRoutine(repositories, folder, run);
        return n === 0 ? undefined : this.#say(vscode.l10n.t("Accepted {0}. u takes it back.", n));
      }
      case "open":
        return this.#open(message.decision, message.path, message.focus);
      case "openAll":
        await openAllFiles(this.parts.documents, this.#address(message.decision), this.#titleOf(message.decision));
        this.#opened = message.decision;
        // The multi-file diff has no way to leave the focus where it was.
        return this.panel.reveal();
      case "answer": {
        const workspace = await repositories.acting(folder);
        const { folding } = await answerRun(workspace, run, { gate: message.gate, answer: message.answer, forRun: message.forRun, comment: message.comment, digest: message.digest });
        return this.#say(folding.kind === "refused" ? folding.why : vscode.l10n.t("Answered {0}.", message.gate), folding.kind === "refused");
      }
      case "groups": {
        const steps = this.#view?.run.steps.filter((step) => message.decision === null || step.decision === message.decision) ?? [];
        return this.#post({ kind: "groups", decision: message.decision, groups: stepGroups(steps) });
      }
      case "steps": {
        const rows = (this.#view?.run.steps ?? []).filter((step) => step.step >= message.from && step.step <= message.to).slice(0, MOST_STEPS).map(stepRow);
        return this.#post({ kind: "steps", from: message.from, to: message.to, rows });
      }
      case "link":
        await vscode.commands.executeCommand("vigil.copyLink", { ...this.shown, decision: message.decision });
        return;
      case "resume":
      case "land":
      case "unland":
      case "giveUp":
      case "waive":
      case "raise":
      case "asText":
        await vscode.commands.executeCommand(COMMANDS[message.kind], { ...message, ...this.shown });
    }
  }

  async #give({ verdict, targets, comment, opened }: Extract<FromPanel, { kind: "verdict" }>): Promise<void> {
    const { folder, run } = this.shown;
    const basis = opened || this.#opened === targets[0] ? "decision" : "summary";
    let given: "given" | "left" = "left";
    try {
      given = await giveVerdicts(this.parts.repositories, folder, run, [{ verdict, ids: targets, comment, basis }]);
    } finally {
      if (given === "left") this.#post({ kind: "unsaid" });
    }
  }

  #say(text: string, bad = false): void {
    this.#post({ kind: "said", text, bad });
  }

  #selected(decision: string | null, path: string | null): void {
    clearTimeout(this.#stepping);
    if (decision === null || this.#view === undefined || this.#isSample) return;
    if (!vscode.workspace.getConfiguration("vigil").get<boolean>("timeline.openDiffWhileStepping", true)) return;
    const open = async (): Promise<void> => {
      try {
        await this.#open(decision, path ?? undefined, false);
      } catch (error) {
        // Files that were freed would be told of at every step: the page's own line is the place for it.
        if (!(error instanceof HumanError)) throw error;
        this.#say(error.message, true);
      }
    };
    this.#stepping = setTimeout(() => void told(this.parts.log, open), STEPPING_MS);
  }

  async #open(decision: string, path: string | undefined, focus: boolean): Promise<void> {
    if (this.#isSample) return this.#say(vscode.l10n.t("The sample's files are not part of its recording. A rehearsal has them: Vigil: Try a Rehearsal."));
    const found = this.#view?.run.decisions.find((one) => one.id === decision);
    if (found === undefined || found.files.length === 0) return;
    const address = this.#address(decision);
    await this.parts.threads.show(address, found);
    const opened = await openDecisionDiff(this.parts.documents, address, { title: this.#titleOf(decision), path, focus, column: vscode.ViewColumn.Beside });
    if (opened !== undefined) this.#opened = decision;
  }

  #address(decision: string): Address {
    return { ...this.shown, decision };
  }

  #titleOf(id: string): string {
    const decision = this.#view?.run.decisions.find((one) => one.id === id);
    return decision?.titleRevised ?? decision?.reason.title ?? "";
  }
}

async function setFocus(list: boolean, level: number): Promise<void> {
  await setContext("vigil.timelineListFocused", list);
  await setContext("vigil.timelineLevel", level);
}

async function setContext(key: string, value: boolean | number): Promise<void> {
  await vscode.commands.executeCommand("setContext", key, value);
}
