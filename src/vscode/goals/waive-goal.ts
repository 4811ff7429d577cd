// A person lets a goal be tried again: no rule gives it up any more, and one that was given up is open again.
import * as vscode from "vscode";
import { waiveGoal } from "../../client/goal-commands.js";
import { requireRun } from "../../client/read-run.js";
import { WHOLE_TASK } from "../../core/goals/tree.js";
import type { Repositories } from "../repositories.js";
import type { Shown } from "../timeline/timeline-panel.js";
import { chosenGoal } from "./choose-goal.js";
import { posted } from "./posted.js";

/** `goal`: its id, where it was asked for on one. Offers to go on with a run that has ended over it. */
export async function letGoalBeTried(repositories: Repositories, shown: Shown, goal?: string): Promise<void> {
  const workspace = await repositories.acting(shown.folder);
  const { run } = await requireRun(workspace.store, shown.run);
  const whole = run.abandoned.find((entry) => entry.goal === WHOLE_TASK && run.goals.every(({ id }) => id !== WHOLE_TASK));
  const isOver = run.phase.kind === "ended";
  const chosen =
    goal ??
    whole?.goal ??
    (await chosenGoal(run, { title: vscode.l10n.t("Let a Goal Be Tried Again"), none: vscode.l10n.t("No goal of this run is given up or could still be, so no rule stands in the way of one."), fits: (row) => row.state === "abandoned" || (row.state === "open" && !isOver) }));
  if (chosen === undefined) return;
  posted(await waiveGoal(workspace, shown.run, chosen, []), vscode.l10n.t("No rule gives it up any more."));
  if (!isOver) return;
  const resume = vscode.l10n.t("Resume");
  const picked = await vscode.window.showInformationMessage(vscode.l10n.t("The goal is open again, but the run has ended. Resume it, and the agent goes on with the goal."), resume);
  if (picked === resume) await vscode.commands.executeCommand("vigil.resumeRun", shown);
}
