// One run as a row of the Runs view. The words are the command line's; the icon says the same as the word beside it.
import * as vscode from "vscode";
import type { RunRow } from "../../client/list-runs.js";
import { STATE_TEXT } from "../../client/state-text.js";
import { overlapText } from "../../core/review/overlap-text.js";
import { oneLine } from "../../core/text/one-line.js";
import { visible } from "../../core/text/visible.js";

/** A codicon, and the theme's colour for it where the state wants to be noticed. */
const ICON: Readonly<Record<RunRow["state"], readonly [codicon: string, colour?: string]>> = {
  queued: ["clock"],
  preparing: ["loading~spin"],
  working: ["loading~spin"],
  waiting: ["bell-dot", "list.warningForeground"],
  outage: ["debug-disconnect", "list.warningForeground"],
  paused: ["debug-pause"],
  interrupted: ["warning", "list.warningForeground"],
  ready: ["checklist"],
  landed: ["git-merge"],
  proposed: ["checklist"],
  stopped: ["circle-slash"],
  failed: ["error", "list.errorForeground"],
  abandoned: ["error", "list.errorForeground"],
  unreadable: ["question", "list.errorForeground"],
};

/** What a view shows of a task before VS Code cuts it by width. */
const LABEL_LENGTH = 80;
const TOOLTIP_LENGTH = 400;

export function runItem(row: RunRow): vscode.TreeItem {
  const label = row.task === "" ? row.id : oneLine(row.task, LABEL_LENGTH);
  const item = new vscode.TreeItem(label);
  const [codicon, colour] = ICON[row.state];
  item.id = row.id;
  item.iconPath = new vscode.ThemeIcon(codicon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
  item.description = runDescription(row);
  // The state is in the value, so that one pattern in a menu's `when` picks the rows that it is for.
  item.contextValue = `run.${row.state}`;
  item.accessibilityInformation = { label: `${label}. ${item.description}` };
  return item;
}

/** Plain text: a task may hold anything, so nothing of it is ever Markdown. */
export function runTooltip(row: RunRow): string {
  const started = row.startedAt === null ? undefined : vscode.l10n.t("Started {0}", new Date(row.startedAt).toLocaleString());
  const stage = row.stage === null ? undefined : vscode.l10n.t("Stage {0}", row.stage);
  const cost = row.startedAt === null || row.usd === null ? undefined : `$${row.usd.toFixed(2)}`;
  const facts = [row.id, started, stage, cost].filter((fact) => fact !== undefined).join(" · ");
  return [oneLine(row.task, TOOLTIP_LENGTH), runDescription(row), facts, ...row.overlaps.map(overlapText), row.problem === undefined ? "" : visible(row.problem)].filter((line) => line !== "").join("\n");
}

/** The state first: a narrow view cuts the rest. */
export function runDescription(row: RunRow): string {
  const state = vscode.l10n.t(STATE_TEXT[row.state]);
  const counts = [
    row.waiting === 0 ? undefined : row.waiting === 1 ? vscode.l10n.t("1 approval") : vscode.l10n.t("{0} approvals", row.waiting),
    row.decisions === 0 ? undefined : row.decisions === 1 ? vscode.l10n.t("1 decision") : vscode.l10n.t("{0} decisions", row.decisions),
    row.overlaps.length === 0 ? undefined : vscode.l10n.t("overlaps"),
  ];
  return [state, ...counts.filter((count) => count !== undefined)].join(", ");
}
