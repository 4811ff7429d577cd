// Every command of the extension, by its id: one table, which a test holds against the manifest. Each asks what it needs
// to know, calls the client, and says what came of it; none knows how a run works.
import * as vscode from "vscode";
import { answerRun } from "../client/answer-run.js";
import { adoptRun } from "../client/adopt-run.js";
import { commandRun } from "../client/command-run.js";
import { diagnose } from "../client/doctor.js";
import { initPolicy } from "../client/init-policy.js";
import { requirePerson } from "../client/person.js";
import { policyReport } from "../client/policy-report.js";
import { requireRun } from "../client/read-run.js";
import { removeRun } from "../client/remove-run.js";
import { resumeRun } from "../client/resume-run.js";
import { stopRun } from "../client/stop-run.js";
import type { Command } from "../core/command.js";
import { HumanError } from "../core/error.js";
import type { Person } from "../core/log/parts.js";
import { ACTS } from "../core/panel/messages.js";
import { undecided } from "../core/review/verdict.js";
import { STAGES, stageRank } from "../core/stage.js";
import { oneLine } from "../core/text/one-line.js";
import { visible } from "../core/text/visible.js";
import type { ModelKey } from "./model-key.js";
import type { Repositories } from "./repositories.js";
import type { ChangeRow } from "./review/changes-view.js";
import { addressOf, AFTER, type DecisionDocuments } from "./review/decision-documents.js";
import type { HunkThreads } from "./review/hunk-threads.js";
import { land, undoLanding } from "./review/landing.js";
import { openAllFiles, openDecisionDiff } from "./review/open-diff.js";
import { giveVerdicts, sweepRoutine, undoVerdict } from "./review/verdicts.js";
import { openAsText, watchLive } from "./runs/as-text.js";
import type { Runs, ShownRun } from "./runs/runs.js";
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
  /** The run that the Changes view shows. */
  readonly reviewed: () => Shown | undefined;
  readonly rehearse: () => Promise<void>;
}

/** What a command was called with: nothing from the palette, a row from a view, a thread from a diff. */
type Given = Shown | ShownRun | Waiting | ChangeRow | vscode.CommentThread | vscode.CommentReply | vscode.Uri | undefined;

/** May throw or reject: whoever calls it tells the person. */
export type Handler = (given?: unknown) => unknown;

export function commandTable(parts: CommandParts): Readonly<Record<string, Handler>> {
  const { repositories, runs, timelines, documents, threads, key, log } = parts;
  const onRun = (doing: (shown: Shown) => unknown, states?: readonly string[]): Handler => async (given) => {
    const shown = await chosenRun(parts, given as Given, states);
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
    "vigil.setModelKey": async () => { if (await key.ask()) vscode.window.setStatusBarMessage(vscode.l10n.t("The model key is kept."), 5_000); },
    "vigil.clearModelKey": async () => { await key.clear(); },
    "vigil.openTimeline": onRun((shown) => { timelines.open(shown); }),
    "vigil.openRunAsText": onRun(async ({ folder, run }) => openAsText(await repositories.open(folder), run)),
    "vigil.watchLive": onRun(async ({ folder, run }) => { const workspace = await repositories.open(folder); watchLive(workspace, run, oneLine((await requireRun(workspace.store, run)).run.spec.task, 40)); }, ACTIVE),
    "vigil.reviewNext": async () => {
      const { runs: all, waiting } = runs.known.runs.length === 0 ? await runs.look() : runs.known;
      const next = waiting[0] ?? all.find(({ row }) => row.undecided > 0 && row.state !== "landed") ?? all[0];
      if (next === undefined) throw new HumanError(vscode.l10n.t("There is no run yet. Start one: Vigil: Start Task."));
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
    "vigil.openDecision": async (given) => openDecision(parts, given as { readonly decision: string; readonly path?: string }),
    "vigil.decision.accept": (given) => judge(parts, given as Given, "accept"),
    "vigil.decision.reject": (given) => judge(parts, given as Given, "reject"),
    "vigil.decision.ask": (given) => judge(parts, given as Given, "change"),
    "vigil.decision.undo": onRun(async ({ folder, run }) => { vscode.window.setStatusBarMessage(await undoVerdict(repositories, folder, run), 5_000); }),
    "vigil.file.accept": (given) => judge(parts, given as Given, "accept"),
    "vigil.file.reject": (given) => judge(parts, given as Given, "reject"),
    "vigil.hunk.accept": (given) => judgeHunk(parts, given as Given, "accept"),
    "vigil.hunk.reject": (given) => judgeHunk(parts, given as Given, "reject"),
    "vigil.hunk.ask": (given) => judgeHunk(parts, given as Given, "change"),
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
      if (folder !== undefined) await showPolicy(parts, folder);
    },
    "vigil.setUpTeamPolicy": async () => {
      const folder = await repositories.folder();
      if (folder === undefined) return;
      await initPolicy(await repositories.acting(folder));
      await vscode.window.showTextDocument(vscode.Uri.file(`${folder}/.vscode/settings.json`));
    },
    "vigil.editPolicy": async () => {
      const folder = await repositories.folder();
      if (folder !== undefined) await vscode.window.showTextDocument(vscode.Uri.file(`${folder}/.vscode/settings.json`));
    },
    "vigil.checkMachine": async () => {
      const folder = await repositories.folder();
      if (folder === undefined) return;
      const { findings } = await diagnose(repositories.place(folder));
      const content = `# ${vscode.l10n.t("What this machine can enforce")}\n\n${findings.map((finding) => `- ${visible(JSON.stringify(finding))}`).join("\n")}\n`;
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "markdown", content }), { preview: true });
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

  async function judgeHere(of: CommandParts, verdict: "accept" | "reject" | "change"): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const hunk = editor === undefined ? undefined : threads.at(editor.document.uri, editor.selection.active.line);
    if (hunk === undefined) throw new HumanError(vscode.l10n.t("The cursor is in no hunk of the decision that is open."));
    await giveOn(of, hunk.address, [hunk.target], verdict);
  }
}

const ACTIVE = ["preparing", "working", "waiting", "outage", "paused"] as const;

/** The run that a command is about: the row it was called on, the open timeline's, the only one, or the one picked. */
async function chosenRun({ runs, timelines }: CommandParts, given: Given, states?: readonly string[]): Promise<Shown | undefined> {
  if (given !== undefined && "run" in given && typeof given.run === "string") return { folder: given.folder, run: given.run };
  if (given !== undefined && "row" in given) return { folder: given.folder, run: given.row.id };
  const known = await runs.look();
  const fitting = known.runs.filter(({ row }) => states === undefined || states.includes(row.state));
  const open = timelines.current?.shown;
  if (open !== undefined && fitting.some(({ row }) => row.id === open.run)) return open;
  if (fitting.length === 0) throw new HumanError(known.runs.length === 0 ? vscode.l10n.t("There is no run yet. Start one: Vigil: Start Task.") : vscode.l10n.t("No run is in a state for that. The Runs view shows how each stands."));
  const [only] = fitting;
  if (fitting.length === 1 && only !== undefined) return { folder: only.folder, run: only.row.id };
  const picked = await vscode.window.showQuickPick(fitting.map(({ folder, row }) => ({ label: oneLine(row.task === "" ? row.id : row.task, 70), description: row.state, detail: row.id, folder, run: row.id })), { placeHolder: vscode.l10n.t("Which run?") });
  return picked === undefined ? undefined : { folder: picked.folder, run: picked.run };
}

async function chosenWaiting(runs: Runs): Promise<Waiting | undefined> {
  const { waiting } = await runs.look();
  if (waiting.length === 0) throw new HumanError(vscode.l10n.t("Nothing waits for you."));
  if (waiting.length === 1) return waiting[0];
  const picked = await vscode.window.showQuickPick(waiting.map((one) => ({ label: oneLine(one.gate.target, 80), description: one.gate.type, detail: oneLine(one.task, 80), one })), { placeHolder: vscode.l10n.t("Which approval?") });
  return picked?.one;
}

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

/** A verdict on what a row, a document or the open timeline names. */
async function judge(parts: CommandParts, given: Given, verdict: "accept" | "reject" | "change"): Promise<void> {
  if (given instanceof vscode.Uri || (given === undefined && vscode.window.activeTextEditor?.document.uri.scheme === AFTER)) {
    const uri = given ?? vscode.window.activeTextEditor?.document.uri;
    if (uri === undefined) return;
    const address = addressOf(uri);
    return giveOn(parts, address, [`${address.decision}:${address.path}`], verdict);
  }
  const shown = parts.reviewed();
  if (given !== undefined && "kind" in given && given.kind !== "group" && shown !== undefined) {
    return giveOn(parts, shown, [given.kind === "file" ? `${given.decision.id}:${given.path}` : given.decision.id], verdict);
  }
  // From the palette: the timeline knows which decision is selected.
  const open = parts.timelines.current;
  if (open === undefined) throw new HumanError(vscode.l10n.t("No decision is selected. Open a run's timeline and step to one."));
  open.act(verdict === "accept" ? "accept" : verdict === "reject" ? "reject" : "ask");
}

async function judgeHunk(parts: CommandParts, given: Given, verdict: "accept" | "reject" | "change"): Promise<void> {
  const reply = given !== undefined && "thread" in given ? given : undefined;
  const thread = reply?.thread ?? (given as vscode.CommentThread | undefined);
  const hunk = thread === undefined ? undefined : parts.threads.of(thread);
  if (hunk === undefined) throw new HumanError(vscode.l10n.t("This hunk is shown no longer. Open its decision again."));
  await giveOn(parts, hunk.address, [hunk.target], verdict, reply?.text.trim() === "" ? undefined : reply?.text);
}

async function giveOn({ repositories }: CommandParts, { folder, run }: Shown, ids: readonly string[], verdict: "accept" | "reject" | "change", said?: string): Promise<void> {
  const comment = verdict === "change" ? (said ?? (await vscode.window.showInputBox({ title: vscode.l10n.t("Ask for a Change"), prompt: vscode.l10n.t("What should change? A working agent gets this as an instruction.") }))) : said;
  if (verdict === "change" && (comment === undefined || comment.trim() === "")) return;
  await giveVerdicts(repositories, folder, run, [{ verdict, ids, comment }]);
}

async function showPolicy({ repositories }: CommandParts, folder: string): Promise<void> {
  const report = await policyReport(await repositories.open(folder));
  const keys = Object.entries(report.keys).map(([name, { value, from, heldBy }]) => `| vigil.policy.${name} | ${visible(JSON.stringify(value))} | ${from}${heldBy === undefined ? "" : `, held by ${heldBy}`} |`);
  const ladder = report.ladder.map(({ stage, state }) => `- **${stage}**: ${visible(state.why)}${state.kind === "closed" ? ` ${visible(state.edit)}` : ""}`);
  const content = `# ${vscode.l10n.t("Effective policy")}\n\n${vscode.l10n.t("A run started now takes the stage {0}.", report.stage)} ${visible(report.why)}\n\n${ladder.join("\n")}\n\n| key | value | from |\n| --- | --- | --- |\n${keys.join("\n")}\n`;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "markdown", content }), { preview: true });
}
