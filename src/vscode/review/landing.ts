// Landing from the editor: what would land is said first, files that must be confirmed by name are confirmed by name, and
// the undo is in the message that says it worked.
import * as vscode from "vscode";
import { landRun, unlandRun, type Landed } from "../../client/land-run.js";
import { requireRun } from "../../client/read-run.js";
import { HumanError } from "../../core/error.js";
import { selection, undecided } from "../../core/review/verdict.js";
import { count } from "../../core/run/amounts.js";
import type { Run } from "../../core/run/run.js";
import { visible } from "../../core/text/visible.js";
import type { Repositories } from "../repositories.js";

/** True once it has landed. */
export async function land(repositories: Repositories, folder: string, id: string): Promise<boolean> {
  const workspace = await repositories.acting(folder);
  const { run } = await requireRun(workspace.store, id);
  const onto = await chosenBranch(run);
  if (onto === undefined) return false;
  let confirm: readonly string[] = [];
  for (;;) {
    const landed = await vscode.window.withProgress({ location: { viewId: "vigil.runs" }, title: vscode.l10n.t("Landing") }, () => landRun(workspace, id, onto === "" ? undefined : onto, confirm));
    if (landed.kind === "landed") {
      void toldLanded(folder, id, landed);
      return true;
    }
    if (landed.kind !== "confirm") throw new HumanError(`${landed.why}${landed.paths.length === 0 ? "" : ` (${landed.paths.join(", ")})`}`);
    const confirmed = await confirmedByName(landed);
    if (confirmed === undefined) return false;
    confirm = [...confirm, ...confirmed];
  }
}

export async function undoLanding(repositories: Repositories, folder: string, id: string): Promise<string> {
  const workspace = await repositories.acting(folder);
  const undone = await unlandRun(workspace, id);
  if (undone.kind === "blocked") throw new HumanError(undone.why);
  return undone.to === null ? vscode.l10n.t("The landing is undone: the branch {0} is gone again.", undone.branch) : vscode.l10n.t("The landing is undone: {0} is where it was.", undone.branch);
}

/** An empty name: the new branch that the run proposes. Undefined: not now. */
async function chosenBranch(run: Run): Promise<string | undefined> {
  const accepted = selection(run).length;
  if (accepted === 0) throw new HumanError(vscode.l10n.t("Nothing is accepted yet, so there is nothing to land. Accept what should land first."));
  const open = undecided(run).length;
  const left = open === 0 ? "" : vscode.l10n.t(" {0} without a verdict stay behind.", count(open, "decision"));
  const fresh = { label: vscode.l10n.t("A new branch"), description: run.spec.policy.values["landing.branch"] ?? "vigil/…", branch: run.spec.policy.values["landing.branch"] ?? "" };
  const other = { label: vscode.l10n.t("Another branch…"), description: vscode.l10n.t("name it"), branch: undefined };
  const picked = await vscode.window.showQuickPick([fresh, other], {
    title: vscode.l10n.t("Land {0}", count(accepted, "decision")),
    placeHolder: vscode.l10n.t("Required checks run first, on exactly what lands.{0}", left),
  });
  if (picked === undefined) return undefined;
  if (picked.branch !== undefined) return picked.branch;
  return vscode.window.showInputBox({ title: vscode.l10n.t("Land on Branch"), value: run.spec.repository.branch ?? "", prompt: vscode.l10n.t("A branch that has moved since is merged with, all or nothing.") });
}

async function confirmedByName(landed: Extract<Landed, { kind: "confirm" }>): Promise<readonly string[] | undefined> {
  const picked = await vscode.window.showQuickPick(
    landed.confirm.map((one) => ({ label: visible(one.path ?? one.id), description: one.id, detail: visible(one.why), id: one.id })),
    { canPickMany: true, ignoreFocusOut: true, title: vscode.l10n.t("These files can run or steer something later. Confirm each one"), placeHolder: visible(landed.why) },
  );
  if (picked === undefined) return undefined;
  if (picked.length < landed.confirm.length) throw new HumanError(vscode.l10n.t("Nothing landed: {0} of {1} files were confirmed. Reject those that should not land, then land again.", picked.length, landed.confirm.length));
  return picked.map((one) => one.id);
}

async function toldLanded(folder: string, id: string, landed: Extract<Landed, { kind: "landed" }>): Promise<void> {
  const undo = vscode.l10n.t("Undo");
  const picked = await vscode.window.showInformationMessage(vscode.l10n.t("Landed {0} on {1}.", count(landed.commits.length, "commit"), landed.branch), undo);
  if (picked === undo) await vscode.commands.executeCommand("vigil.undoLanding", { folder, run: id });
}
