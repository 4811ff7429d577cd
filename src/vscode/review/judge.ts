// A verdict from wherever a person gives it: a row of the Changes view, a file's diff, a hunk's thread, the cursor.
import * as vscode from "vscode";
import { requireRun } from "../../client/read-run.js";
import { HumanError } from "../../core/error.js";
import { changesAsked } from "../../core/review/asked.js";
import type { Repositories } from "../repositories.js";
import type { Shown } from "../timeline/timeline-panel.js";
import type { Timelines } from "../timeline/timelines.js";
import type { ChangeRow } from "./changes-view.js";
import { addressOf, AFTER } from "./decision-documents.js";
import type { HunkThreads } from "./hunk-threads.js";
import { giveVerdicts } from "./verdicts.js";

export interface Judging {
  readonly repositories: Repositories;
  readonly timelines: Timelines;
  readonly threads: HunkThreads;
  readonly reviewed: () => Shown | undefined;
}

type Given = ChangeRow | vscode.Uri | undefined;
type HunkGiven = vscode.CommentThread | vscode.CommentReply | undefined;

/** A verdict on what a row, a document or the open timeline names. */
export async function judge(parts: Judging, given: Given, verdict: "accept" | "reject" | "change"): Promise<void> {
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

export async function judgeHunk(parts: Judging, given: HunkGiven, verdict: "accept" | "reject" | "change"): Promise<void> {
  const reply = given !== undefined && "thread" in given ? given : undefined;
  const thread = reply?.thread ?? (given as vscode.CommentThread | undefined);
  const hunk = thread === undefined ? undefined : parts.threads.hunkOf(thread);
  if (hunk === undefined) throw new HumanError(vscode.l10n.t("This hunk is shown no longer. Open its decision again."));
  await giveOn(parts, hunk.address, [hunk.target], verdict, reply?.text.trim() === "" ? undefined : reply?.text);
}

async function giveOn({ repositories }: Judging, { folder, run }: Shown, ids: readonly string[], verdict: "accept" | "reject" | "change", said?: string): Promise<void> {
  const comment = verdict === "change" ? (said ?? (await vscode.window.showInputBox({ title: vscode.l10n.t("Ask for a Change"), prompt: vscode.l10n.t("What should change? A working agent gets this as an instruction; one that has left, once it is set to work again.") }))) : said;
  if (verdict === "change" && (comment === undefined || comment.trim() === "")) return;
  await giveVerdicts(repositories, folder, run, [{ verdict, ids, comment }]);
  if (verdict !== "change") return;
  const after = await requireRun(await repositories.runsOf(folder), run);
  if (changesAsked(after.run).length > 0) void offerRework({ folder, run });
}

/** The timeline has a button for it; who reviews elsewhere is told once the agent cannot hear it any more. */
async function offerRework(shown: Shown): Promise<void> {
  const rework = vscode.l10n.t("Have It Changed");
  const picked = await vscode.window.showInformationMessage(vscode.l10n.t("Asked. The agent has left and hears of it when it is set to work again, now or once you have asked for more."), rework);
  if (picked === rework) await vscode.commands.executeCommand("vigil.reworkRun", shown);
}

/** On the hunk that the cursor is in. */
export async function judgeHere(parts: Judging, verdict: "accept" | "reject" | "change"): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const hunk = editor === undefined ? undefined : parts.threads.at(editor.document.uri, editor.selection.active.line);
  if (hunk === undefined) throw new HumanError(vscode.l10n.t("The cursor is in no hunk of the decision that is open. Put it on a changed line of its diff, then try again."));
  await giveOn(parts, hunk.address, [hunk.target], verdict);
}
