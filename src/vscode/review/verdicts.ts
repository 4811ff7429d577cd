// Giving verdicts from the editor: what falls with a rejection is said before it is given, a refusal is shown as it stands.
import * as vscode from "vscode";
import { planReview, reviewRun, type Wanted } from "../../client/review-run.js";
import { requireRun } from "../../client/read-run.js";
import { HumanError } from "../../core/error.js";
import { lastGiven } from "../../core/review/undo.js";
import { band } from "../../core/review/band.js";
import { undecided } from "../../core/review/verdict.js";
import type { Repositories } from "../repositories.js";

export type Given = "given" | "left";

/** Resolves once the run has it. `left`: the person thought better of it. Throws HumanError where the run refuses. */
export async function giveVerdicts(repositories: Repositories, folder: string, run: string, wanted: readonly Wanted[]): Promise<Given> {
  const workspace = await repositories.acting(folder);
  const view = await requireRun(workspace.store, run);
  const planned = await planReview(view, wanted);
  if (planned.falls.length > 0 && !(await agreesThatFalls(planned.falls, view.run.phase.kind === "ended"))) return "left";
  const folding = await reviewRun(workspace, view, planned);
  if (folding.kind === "refused") throw new HumanError(folding.why);
  return "given";
}

async function agreesThatFalls(falls: readonly string[], ended: boolean): Promise<boolean> {
  const reject = vscode.l10n.t("Reject Those Too");
  const detail = ended
    ? vscode.l10n.t("They change the same lines and could not land without it.")
    : vscode.l10n.t("The run works on top of it: everything built after it leaves the worktree, and the agent is told why.");
  const picked = await vscode.window.showWarningMessage(vscode.l10n.t("With this rejection falls what stands on it: {0}.", falls.join(", ")), { modal: true, detail }, reject);
  return picked === reject;
}

/** Takes the newest verdicts back; what they were, in words. */
export async function undoVerdict(repositories: Repositories, folder: string, run: string): Promise<string> {
  const workspace = await repositories.acting(folder);
  const view = await requireRun(workspace.store, run);
  const last = lastGiven(view.run);
  if (last === undefined) return vscode.l10n.t("There is no verdict to take back.");
  await giveVerdicts(repositories, folder, run, [{ verdict: "withdraw", ids: last.targets }]);
  return vscode.l10n.t("Took back the verdict on {0}.", last.targets.join(", "));
}

/** Accepts every routine decision after showing them; the number accepted. */
export async function sweepRoutine(repositories: Repositories, folder: string, run: string): Promise<number> {
  const workspace = await repositories.acting(folder);
  const view = await requireRun(workspace.store, run);
  const routine = undecided(view.run).filter((decision) => band(decision) === "routine");
  if (routine.length === 0) throw new HumanError(vscode.l10n.t("No routine decision is without a verdict."));
  const accept = vscode.l10n.t("Accept {0}", routine.length);
  const detail = routine.map((decision) => `${decision.id.slice(1)}  ${decision.titleRevised ?? decision.reason.title}`).join("\n");
  const picked = await vscode.window.showInformationMessage(vscode.l10n.t("Accept all routine decisions?"), { modal: true, detail }, accept);
  if (picked !== accept) return 0;
  await giveVerdicts(repositories, folder, run, [{ verdict: "accept", ids: routine.map((decision) => decision.id), basis: "summary" }]);
  return routine.length;
}
