// Which run a command is about, where it was not called on one: the open timeline's, the only one that fits, or the one
// that a person picks.
import * as vscode from "vscode";
import { HumanError } from "../../core/error.js";
import { oneLine } from "../../core/text/one-line.js";
import type { Shown } from "../timeline/timeline-panel.js";
import type { Known, Runs, ShownRun } from "./runs.js";
import type { Waiting } from "./waiting-view.js";

export interface Choosing {
  readonly runs: Runs;
  /** The run of the open timeline. */
  readonly reviewed: () => Shown | undefined;
}

/** `given`: what the command was called on. `states`: those in which the command makes sense; any where undefined. */
export async function chosenRun({ runs, reviewed }: Choosing, given: Shown | ShownRun | Waiting | undefined, states?: readonly string[]): Promise<Shown | undefined> {
  if (given !== undefined && "run" in given) return { folder: given.folder, run: given.run };
  if (given !== undefined) return { folder: given.folder, run: given.row.id };
  const known = await runs.look();
  const fitting = known.runs.filter(({ row }) => states === undefined || states.includes(row.state));
  const open = reviewed();
  if (open !== undefined && fitting.some(({ row }) => row.id === open.run)) return open;
  if (fitting.length === 0) throw known.runs.length === 0 ? noRunYet(known) : new HumanError(vscode.l10n.t("No run is in a state for that. The Runs view shows how each stands."));
  const [only] = fitting;
  if (fitting.length === 1 && only !== undefined) return { folder: only.folder, run: only.row.id };
  const picked = await vscode.window.showQuickPick(fitting.map(({ folder, row }) => ({ label: oneLine(row.task === "" ? row.id : row.task, 70), description: row.state, detail: row.id, folder, run: row.id })), { placeHolder: vscode.l10n.t("Which run?") });
  return picked === undefined ? undefined : { folder: picked.folder, run: picked.run };
}

/** Why there is none, with the step that a person can take here. */
export function noRunYet({ problem }: Known): HumanError {
  if ((vscode.workspace.workspaceFolders ?? []).length === 0) return new HumanError(vscode.l10n.t("No folder is open, so there are no runs. Open the repository that the agent should work on, or look at a finished run first: Vigil: See a Finished Run."));
  return new HumanError(problem === "" ? vscode.l10n.t("There is no run yet. Start one: Vigil: Start Task.") : problem);
}

export async function chosenWaiting(runs: Runs): Promise<Waiting | undefined> {
  const { waiting } = await runs.look();
  if (waiting.length === 0) throw new HumanError(vscode.l10n.t("Nothing waits for you. The Runs view shows how each run stands."));
  if (waiting.length === 1) return waiting[0];
  const picked = await vscode.window.showQuickPick(waiting.map((one) => ({ label: oneLine(one.gate.target, 80), description: one.gate.type, detail: oneLine(one.task, 80), one })), { placeHolder: vscode.l10n.t("Which approval?") });
  return picked?.one;
}
