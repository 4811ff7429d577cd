// Every command of the extension, by its id: one table, which a test holds against the manifest. Each asks what it needs
// to know, calls the client, and says what came of it; none knows how a run works.
import * as vscode from "vscode";
import { answerRun } from "../client/answer-run.js";
import { adoptRun } from "../client/adopt-run.js";
import { commandRun } from "../client/command-run.js";
import { initPolicy } from "../client/init-policy.js";
import { requirePerson } from "../client/person.js";
import { requireRun } from "../client/read-run.js";
import { removeRun } from "../client/remove-run.js";
import { resumeRun } from "../client/resume-run.js";
import { stopRun } from "../client/stop-run.js";
import type { Command } from "../core/command.js";
import { HumanError } from "../core/error.js";
import type { LimitName } from "../core/log/limits.js";
import type { Person } from "../core/log/parts.js";
import { ACTS } from "../core/panel/messages.js";
import { undecided } from "../core/review/verdict.js";
import { STAGES, stageRank } from "../core/stage.js";
import { oneLine } from "../core/text/one-line.js";
import type { GoalDocuments } from "./goals/goal-documents.js";
import { giveUpGoal } from "./goals/give-up-goal.js";
import { raiseLimitOf } from "./goals/raise-limit.js";
import { letGoalBeTried } from "./goals/waive-goal.js";
import type { ModelKey } from "./model-key.js";
import { editPolicy, showMachine, showPolicy } from "./policy-document.js";
import { SAMPLE, type Repositories } from "./repositories.js";
import type { ChangeRow } from "./review/changes-view.js";
import type { DecisionDocuments } from "./review/decision-documents.js";
import type { HunkThreads } from "./review/hunk-threads.js";
import { judge, judgeHere, judgeHunk } from "./review/judge.js";
import { land, undoLanding } from "./review/landing.js";
import { openAllFiles, openDecisionDiff } from "./review/open-diff.js";
import { sweepRoutine, undoVerdict } from "./review/verdicts.js";
import { openAsText, watchLive } from "./runs/as-text.js";
import { chosenRun, chosenWaiting, noRunYet } from "./runs/choose-run.js";
import { exportRecord, verifyRecord } from "./runs/record.js";
import type { Runs } from "./runs/runs.js";
import type { Waiting } from "./runs/waiting-view.js";
import { STAGE_TEXT, startTask, taskTemplate } from "./start/start-task.js";
import type { Timelines } from "./timeline/timelines.js";
import type { Shown } from "./timeline/timeline-panel.js";

export interface CommandParts {
  readonly log: vscode.LogOutputChannel;
  readonly key: ModelKey;
  readonly repositories: Repositories;
  readonly runs: Runs;
  readonly timelines: Timelines;
  readonly documents: DecisionDocuments;
  readonly threads: HunkThreads;
  readonly goals: GoalDocuments;
  /** The run that the Changes view shows. */
  readonly reviewed: () => Shown | undefined;
  readonly rehearse: () => Promise<void>;
}

type OfRun = Parameters<typeof chosenRun>[1];
/** What the timeline's page asked for, or nothing of it. */
interface OfGoal {
  readonly goal?: string;
  readonly limit?: LimitName;
}
type OfHunk = Parameters<typeof judgeHunk>[1];
type OfChange = Parameters<typeof judge>[1];

/** May throw or reject: whoever calls it tells the person. */
export type Handler = (given?: unknown) => unknown;

export function commandTable(parts: CommandParts): Readonly<Record<string, Handler>> {
  const { repositories, runs, timelines, documents, key, log } = parts;
  const onRun = (doing: (shown: Shown) => unknown, states?: readonly string[]): Handler => async (given) => {
    const shown = await chosenRun(parts, given as OfRun, states);
    return shown === undefined ? undefined : doing(shown);
  };
  const command = (of: (by: Person) => Command | undefined | Promise<Command | undefined>, said: string): Handler =>
    onRun(async ({ folder, run }) => {
      const workspace = await repositories.acting(folder);
      const asked = await of(await requirePerson(workspace.repository));
      if (asked === undefined) return;
      const folding = await commandRun(workspace, run, asked);
      if (folding.kind === "refused") throw new HumanError(folding.why);
      vscode.window.setStatusBarMessage(said, 5_000);
    }, ACTIVE);
  const started = async (given: Parameters<typeof startTask>[1]): Promise<void> => {
    const begun = await startTask({ repositories, key }, given);
    if (begun !== undefined) await runs.look();
  };
  const acts = Object.fromEntries(ACTS.map((act): [string, Handler] => [`vigil.timeline.${act}`, () => timelines.current?.act(act)]));
  return {
    ...acts,
    "vigil.showLog": () => { log.show(); },
    "vigil.refreshRuns": () => runs.look(),
    "vigil.startTask": () => started({}),
    "vigil.startTaskFromSelection": async () => {
      const editor = vscode.window.activeTextEditor;
      const text = editor?.document.getText(editor.selection).trim() ?? "";
      if (text === "") throw new HumanError(vscode.l10n.t("Nothing is selected. Select the text that says what to do, then try again."));
      const where = editor === undefined ? "" : `${vscode.workspace.asRelativePath(editor.document.uri)}:${String(editor.selection.start.line + 1)}`;
      await started({ task: `${text}\n\n(${where})` });
    },
    "vigil.writeTask": async () => {
      const document = await vscode.workspace.openTextDocument({ language: "markdown", content: taskTemplate() });
      await vscode.window.showTextDocument(document);
    },
    "vigil.startTaskFromDocument": async () => {
      const document = vscode.window.activeTextEditor?.document;
      if (document === undefined) throw new HumanError(vscode.l10n.t("No document is open. Write the task in one (Vigil: Write a Long Task), then try again."));
      await started({ plan: document.getText() });
    },
    "vigil.rehearse": () => parts.rehearse(),
    "vigil.openSample": async () => { timelines.open({ folder: SAMPLE, run: (await repositories.sample()).view.run.id }); },
    "vigil.setModelKey": async () => { if (await key.ask()) vscode.window.setStatusBarMessage(vscode.l10n.t("The model key is kept."), 5_000); },
    "vigil.clearModelKey": async () => { await key.clear(); },
    "vigil.openTimeline": onRun((shown) => { timelines.open(shown); }),
    "vigil.openRunAsText": onRun(async ({ folder, run }) => openAsText(await repositories.runsOf(folder), run)),
    "vigil.exportRun": onRun((shown) => exportRecord(repositories, shown)),
    "vigil.verifyRun": onRun((shown) => verifyRecord(repositories, shown)),
    "vigil.watchLive": onRun(async ({ folder, run }) => { const workspace = await repositories.open(folder); watchLive(workspace, run, oneLine((await requireRun(workspace.store, run)).run.spec.task, 40)); }, ACTIVE),
    "vigil.reviewNext": async () => {
      const known = runs.known.runs.length === 0 ? await runs.look() : runs.known;
      const { runs: all, waiting } = known;
      const next = waiting[0] ?? all.find(({ row }) => row.undecided > 0 && row.state !== "landed") ?? all[0];
      if (next === undefined) throw noRunYet(known);
      timelines.open("gate" in next ? { folder: next.folder, run: next.run } : { folder: next.folder, run: next.row.id });
    },
    "vigil.openWhatMatters": () => vscode.commands.executeCommand("vigil.reviewNext"),
    "vigil.answerWaiting": async () => {
      const waiting = await chosenWaiting(runs);
      if (waiting !== undefined) timelines.open({ folder: waiting.folder, run: waiting.run });
    },
    "vigil.approval.allowOnce": (given) => answer(parts, given as Waiting, "allow", false),
    "vigil.approval.allowForRun": (given) => answer(parts, given as Waiting, "allow", true),
    "vigil.approval.deny": (given) => answer(parts, given as Waiting, "deny", false),
    "vigil.approval.denyTell": async (given) => {
      const comment = await vscode.window.showInputBox({ title: vscode.l10n.t("Deny and Tell the Agent"), prompt: vscode.l10n.t("What should it do instead?") });
      return comment === undefined ? undefined : answer(parts, given as Waiting, "deny", false, comment);
    },
    "vigil.sendInstruction": command(async (by) => {
      const text = await vscode.window.showInputBox({ title: vscode.l10n.t("Send Instruction to Agent"), prompt: vscode.l10n.t("It reads this with its next turn.") });
      return text === undefined || text.trim() === "" ? undefined : { kind: "steer", text, by };
    }, vscode.l10n.t("The agent reads it with its next turn.")),
    "vigil.pauseRun": command((by) => ({ kind: "pause", by }), vscode.l10n.t("Paused.")),
    "vigil.resumeRun": onRun(async ({ folder, run }) => resumeRun(await repositories.acting(folder), run), ["paused", "interrupted", "stopped", "failed"]),
    "vigil.reworkRun": onRun(async ({ folder, run }) => {
      if ((await resumeRun(await repositories.acting(folder), run)) === "over") throw new HumanError(vscode.l10n.t("No change was asked for since the agent left. Ask for one at a decision, a file or a hunk, then try again."));
    }, ["ready", "abandoned", "proposed"]),
    "vigil.stopRun": onRun(async ({ folder, run }) => {
      const stop = vscode.l10n.t("Stop");
      const picked = await vscode.window.showWarningMessage(vscode.l10n.t("Stop this run?"), { modal: true, detail: vscode.l10n.t("What it decided so far can be reviewed and landed. A step under way is taken back.") }, stop);
      if (picked === stop) await stopRun(await repositories.acting(folder), run, undefined);
    }, ACTIVE),
    "vigil.lowerStage": onRun(async ({ folder, run }) => {
      const workspace = await repositories.acting(folder);
      const view = await requireRun(workspace.store, run);
      const lower = STAGES.filter((stage) => stageRank(stage) < stageRank(view.run.stage));
      if (lower.length === 0) throw new HumanError(vscode.l10n.t("This run is at the lowest stage already."));
      const picked = await vscode.window.showQuickPick(lower.map((stage) => ({ label: STAGE_TEXT[stage][0], description: STAGE_TEXT[stage][1], stage })), { title: vscode.l10n.t("Lower Permission Stage Now"), placeHolder: vscode.l10n.t("Takes effect at once and needs nobody. Raising it again needs a new run.") });
      if (picked === undefined) return;
      const folding = await commandRun(workspace, run, { kind: "lower", stage: picked.stage, by: await requirePerson(workspace.repository) });
      if (folding.kind === "refused") throw new HumanError(folding.why);
    }, ACTIVE),
    "vigil.raiseLimit": (given) => onRun((shown) => raiseLimitOf(repositories, shown, (given as OfGoal | undefined)?.limit), [...ACTIVE, "stopped"])(given),
    "vigil.giveUpGoal": (given) => onRun((shown) => giveUpGoal(repositories, shown, (given as OfGoal | undefined)?.goal), ACTIVE)(given),
    "vigil.waiveGoal": (given) => onRun((shown) => letGoalBeTried(repositories, shown, (given as OfGoal | undefined)?.goal), [...ACTIVE, "abandoned", "ready", "proposed", "stopped", "failed"])(given),
    "vigil.editGoals": onRun((shown) => parts.goals.open(shown), ACTIVE),
    "vigil.sendGoals": () => parts.goals.send(),
    "vigil.openDecision": async (given) => openDecision(parts, given as { readonly decision: string; readonly path?: string }),
    "vigil.decision.accept": (given) => judge(parts, given as OfChange, "accept"),
    "vigil.decision.reject": (given) => judge(parts, given as OfChange, "reject"),
    "vigil.decision.ask": (given) => judge(parts, given as OfChange, "change"),
    "vigil.decision.undo": onRun(async ({ folder, run }) => { vscode.window.setStatusBarMessage(await undoVerdict(repositories, folder, run), 5_000); }),
    "vigil.file.accept": (given) => judge(parts, given as OfChange, "accept"),
    "vigil.file.reject": (given) => judge(parts, given as OfChange, "reject"),
    "vigil.hunk.accept": (given) => judgeHunk(parts, given as OfHunk, "accept"),
    "vigil.hunk.reject": (given) => judgeHunk(parts, given as OfHunk, "reject"),
    "vigil.hunk.ask": (given) => judgeHunk(parts, given as OfHunk, "change"),
    "vigil.decision.openAll": async (given) => {
      const shown = parts.reviewed();
      const row = given as ChangeRow | undefined;
      if (shown !== undefined && row?.kind === "decision") await openAllFiles(documents, { ...shown, decision: row.decision.id }, row.decision.reason.title);
    },
    "vigil.sweepRoutine": onRun(async ({ folder, run }) => sweepRoutine(repositories, folder, run)),
    "vigil.land": onRun(async ({ folder, run }) => land(repositories, folder, run)),
    "vigil.undoLanding": onRun(async ({ folder, run }) => { void vscode.window.showInformationMessage(await undoLanding(repositories, folder, run)); }, ["landed"]),
    "vigil.adopt": onRun(async ({ folder, run }) => {
      const begun = await adoptRun(await repositories.acting(folder), run);
      timelines.open({ folder, run: begun.id });
    }, ["proposed"]),
    "vigil.discardRun": onRun(async ({ folder, run }) => {
      const workspace = await repositories.acting(folder);
      const view = await requireRun(workspace.store, run);
      const discard = vscode.l10n.t("Discard");
      const picked = await vscode.window.showWarningMessage(vscode.l10n.t("Free this run's files?"), { modal: true, detail: vscode.l10n.t("{0} decisions without a verdict. Its record stays; its files and what never landed are gone.", undecided(view.run).length) }, discard);
      if (picked === discard) await removeRun(workspace, run, true);
      await runs.look();
    }),
    "vigil.openWorktree": onRun(async ({ folder, run }) => {
      const view = await requireRun((await repositories.open(folder)).store, run);
      await vscode.commands.executeCommand("vscode.openFolder", vscode.Uri.file(view.run.spec.worktree), { forceNewWindow: true });
    }),
    "vigil.showPolicy": async () => {
      const folder = await repositories.folder();
      if (folder !== undefined) await showPolicy(repositories, folder);
    },
    "vigil.setUpTeamPolicy": async () => {
      const folder = await repositories.folder();
      if (folder === undefined) return;
      await initPolicy(await repositories.acting(folder));
      await editPolicy(folder);
    },
    "vigil.editPolicy": async () => {
      const folder = await repositories.folder();
      if (folder !== undefined) await editPolicy(folder);
    },
    "vigil.checkMachine": async () => {
      const folder = await repositories.folder();
      if (folder === undefined) return;
      await showMachine(repositories, folder);
    },
    "vigil.copyLink": async (given) => {
      const link = given as (Shown & { readonly decision?: string | null }) | undefined;
      const shown = link ?? (await chosenRun(parts, undefined));
      if (shown === undefined) return;
      const decision = link?.decision === null || link?.decision === undefined ? "" : `/decision/${link.decision.slice(1)}`;
      await vscode.env.clipboard.writeText(`${vscode.env.uriScheme}://vigil.vigil/run/${shown.run}${decision}`);
      vscode.window.setStatusBarMessage(vscode.l10n.t("The link is on the clipboard."), 5_000);
    },
    "vigil.backToTimeline": () => { timelines.current?.panel.reveal(); },
    "vigil.hunk.acceptHere": async () => judgeHere(parts, "accept"),
    "vigil.hunk.rejectHere": async () => judgeHere(parts, "reject"),
    "vigil.hunk.askHere": async () => judgeHere(parts, "change"),
  };
}

const ACTIVE = ["queued", "preparing", "working", "waiting", "outage", "paused"] as const;

async function answer({ repositories, runs }: CommandParts, waiting: Waiting | undefined, kind: "allow" | "deny", forRun: boolean, comment?: string): Promise<void> {
  const one = waiting ?? (await chosenWaiting(runs));
  if (one === undefined) return;
  const { folding } = await answerRun(await repositories.acting(one.folder), one.run, { gate: one.gate.id, answer: kind, forRun, comment, digest: one.gate.digest });
  if (folding.kind === "refused") throw new HumanError(folding.why);
  await runs.look();
}

async function openDecision({ documents, threads, repositories, reviewed }: CommandParts, { decision, path }: { readonly decision: string; readonly path?: string }): Promise<void> {
  const shown = reviewed();
  if (shown === undefined) return;
  const view = await requireRun((await repositories.open(shown.folder)).store, shown.run);
  const found = view.run.decisions.find((one) => one.id === decision);
  if (found === undefined) return;
  const address = { ...shown, decision };
  await threads.show(address, found);
  await openDecisionDiff(documents, address, { title: found.titleRevised ?? found.reason.title, path, focus: false, column: vscode.ViewColumn.Active });
}

