// Which goal a command is about, where it was not called on one: picked from the tree.
import * as vscode from "vscode";
import { HumanError } from "../../core/error.js";
import { goalRows, goalSpend, goalStanding, type GoalRow } from "../../core/goals/view.js";
import type { Run } from "../../core/run/run.js";
import { oneLine } from "../../core/text/one-line.js";

export interface Asked {
  readonly title: string;
  /** Where none fits. */
  readonly none: string;
  readonly fits: (row: GoalRow) => boolean;
}

/** Its id; undefined when the person left. Throws HumanError where no goal fits. */
export async function chosenGoal(run: Run, { title, none, fits }: Asked): Promise<string | undefined> {
  const rows = goalRows(run).filter(fits);
  const items = rows.map((row) => ({
    label: `${"\u2003".repeat(row.depth)}${ICON[row.state]} ${plain(oneLine(row.title, 70))}`,
    description: [goalStanding(row), ...(row.required ? [vscode.l10n.t("required")] : [])].join(", "),
    detail: row.why === null ? goalSpend(row) : plain(oneLine(row.why, 120)),
    id: row.id,
  }));
  if (items.length === 0) throw new HumanError(none);
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.id;
}

const ICON: Readonly<Record<GoalRow["state"], string>> = { open: "$(circle-outline)", reached: "$(check)", abandoned: "$(close)" };

/** What an agent wrote must not draw icons in a list of the editor's. */
function plain(text: string): string {
  return text.replaceAll("$(", "$ (");
}
