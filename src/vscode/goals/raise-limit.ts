// A person raises a limit of a run: which one, and to what, said against what is used already. Nobody else can.
import * as vscode from "vscode";
import { raiseLimit } from "../../client/goal-commands.js";
import { requireRun } from "../../client/read-run.js";
import { HumanError } from "../../core/error.js";
import type { LimitName } from "../../core/log/limits.js";
import { limitAmount, LIMIT_NAMES, limitText } from "../../core/run/limit-text.js";
import { limitOf, usedOf } from "../../core/run/limits.js";
import { raiseProblem, raisedTo } from "../../core/run/raise-problem.js";
import type { Run } from "../../core/run/run.js";
import type { Repositories } from "../repositories.js";
import type { Shown } from "../timeline/timeline-panel.js";
import { posted } from "./posted.js";

/** `limit`: where it was asked for on one. Nothing happens where the person leaves on the way. */
export async function raiseLimitOf(repositories: Repositories, { folder, run: id }: Shown, limit?: LimitName): Promise<void> {
  const workspace = await repositories.acting(folder);
  const { run } = await requireRun(workspace.store, id);
  const chosen = limit ?? (await chosenLimit(run));
  if (chosen === undefined) return;
  const now = limitOf(run, chosen);
  const used = usedIn(run, chosen);
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t("Raise the limit: {0}", LIMIT_NAMES[chosen]),
    prompt: now === undefined ? vscode.l10n.t("To what? There is none so far.") : vscode.l10n.t("To what? It is {0} now.", used === undefined ? limitAmount(chosen, now) : limitText({ limit: chosen, used, of: now })),
    value: now === undefined ? "" : String(now * 2),
    ignoreFocusOut: true,
    validateInput: (text) => raiseProblem(text, { limit: chosen, now, used: used ?? 0 }),
  });
  const to = answer === undefined ? undefined : raisedTo(answer);
  if (to === undefined) return;
  posted(await raiseLimit(workspace, id, chosen, to), vscode.l10n.t("Raised to {0}.", limitAmount(chosen, to)));
}

async function chosenLimit(run: Run): Promise<LimitName | undefined> {
  const names = (Object.keys(LIMIT_NAMES) as LimitName[]).flatMap((limit) => {
    const of = limitOf(run, limit);
    return of === undefined ? [] : [{ limit, of, used: usedIn(run, limit) }];
  });
  if (names.length === 0) throw new HumanError(vscode.l10n.t("This run has no limits, so nothing holds it back. Limits are set in the policy: vigil.policy.limits."));
  const picked = await vscode.window.showQuickPick(
    names.map(({ limit, of, used }) => ({ label: LIMIT_NAMES[limit], description: used === undefined ? limitAmount(limit, of) : limitText({ limit, used, of }), limit })),
    { title: vscode.l10n.t("Raise a Limit"), placeHolder: vscode.l10n.t("Which one?") },
  );
  return picked?.limit;
}

/** The day's is for all runs of the repository, so one run cannot tell. */
function usedIn(run: Run, limit: LimitName): number | undefined {
  return limit === "perDay.usd" ? undefined : usedOf(run, limit);
}
