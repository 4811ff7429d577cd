// A person gives a goal up, with the reason that the agent and the record get.
import * as vscode from "vscode";
import { abandonGoal } from "../../client/goal-commands.js";
import { requireRun } from "../../client/read-run.js";
import { below, goalNamed, goalState } from "../../core/goals/tree.js";
import { oneLine } from "../../core/text/one-line.js";
import type { Repositories } from "../repositories.js";
import type { Shown } from "../timeline/timeline-panel.js";
import { chosenGoal } from "./choose-goal.js";
import { posted } from "./posted.js";

/** `goal`: its id, where it was asked for on one. Nothing happens where the person leaves on the way. */
export async function giveUpGoal(repositories: Repositories, { folder, run: id }: Shown, goal?: string): Promise<void> {
  const workspace = await repositories.acting(folder);
  const { run } = await requireRun(workspace.store, id);
  const chosen = goal ?? (await chosenGoal(run, { title: vscode.l10n.t("Give Up a Goal"), none: vscode.l10n.t("No goal of this run is open, so there is none to give up."), fits: (row) => row.state === "open" }));
  if (chosen === undefined) return;
  const parts = below(run, chosen).filter((part) => goalState(run, part.id) === "open").length;
  const falls = parts === 0 ? "" : vscode.l10n.t(" Its open parts fall with it, but for those worth finishing in any case.");
  const why = await vscode.window.showInputBox({
    title: vscode.l10n.t("Give up: {0}", oneLine(goalNamed(run, chosen)?.title ?? chosen, 60)),
    prompt: `${vscode.l10n.t("Why? The agent and the record are told. What was done for it is taken out again, unless policy keeps it.")}${falls}`,
    placeHolder: vscode.l10n.t("may stay empty"),
    ignoreFocusOut: true,
  });
  if (why === undefined) return;
  posted(await abandonGoal(workspace, id, chosen, why.trim() === "" ? undefined : why.trim()), vscode.l10n.t("Given up at the next safe point; the agent is told."));
}
