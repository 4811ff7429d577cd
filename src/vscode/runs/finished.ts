// Runs that ended since their timeline was last open: the number on the Runs view, and one message where the person asked
// for it. What ended before Vigil was first used here is no news.
import * as vscode from "vscode";
import { oneLine } from "../../core/text/one-line.js";
import { loudnessOf } from "./loudness.js";
import { runDescription } from "./run-item.js";
import type { ShownRun } from "./runs.js";

/** In the memory of the workspace: the ends that were seen, by run. */
const SEEN = "vigil.seenEnds";

/** How a run can end that a person has not ended themselves. */
const ENDS: readonly string[] = ["ready", "proposed", "landed", "failed", "abandoned"];

export class Finished {
  /** Runs that this window saw at work. */
  readonly #working = new Set<string>();

  constructor(
    readonly memory: vscode.Memento,
    readonly badge: (badge: vscode.ViewBadge | undefined) => void,
  ) {}

  /** `runs`: all there are now; `open`: the one whose timeline is open, which needs no telling. */
  told(runs: readonly ShownRun[], open: string | undefined): void {
    const ended = runs.filter(({ row }) => ENDS.includes(row.state));
    const before = this.memory.get<readonly string[]>(SEEN) ?? ended.map(({ row }) => row.id);
    // Only of runs that are still there: the list must not grow for ever.
    const seen = [...new Set([...before, ...ended.filter(({ row }) => row.id === open).map(({ row }) => row.id)])].filter((id) => runs.some(({ row }) => row.id === id));
    if (seen.join() !== this.memory.get<readonly string[]>(SEEN)?.join()) void this.memory.update(SEEN, seen);
    const fresh = ended.filter(({ row }) => !seen.includes(row.id));
    for (const one of fresh) if (this.#working.has(one.row.id)) this.#announce(one);
    for (const { row } of runs) {
      if (ENDS.includes(row.state)) this.#working.delete(row.id);
      else this.#working.add(row.id);
    }
    const tooltip = fresh.length === 1 ? vscode.l10n.t("1 run ended since you last looked") : vscode.l10n.t("{0} runs ended since you last looked", fresh.length);
    this.badge(fresh.length === 0 || loudnessOf("finished", new Date()) === "off" ? undefined : { value: fresh.length, tooltip });
  }

  #announce({ folder, row }: ShownRun): void {
    if (loudnessOf("finished", new Date()) !== "toast") return;
    const review = vscode.l10n.t("Review…");
    const never = vscode.l10n.t("Don't Show Again");
    void vscode.window.showInformationMessage(`${oneLine(row.task, 60)}: ${runDescription(row)}`, review, never).then(async (picked) => {
      if (picked === review) await vscode.commands.executeCommand("vigil.openTimeline", { folder, run: row.id });
      if (picked === never) await vscode.workspace.getConfiguration("vigil").update("notify.finished", "badge", vscode.ConfigurationTarget.Global);
    });
  }
}
