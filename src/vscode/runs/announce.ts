// One message at a time when a run begins to wait for a person, and none that says less than the badge: what waits, and
// the way to it. Nothing depends on it, because people may mute it.
import * as vscode from "vscode";
import { oneLine } from "../../core/text/one-line.js";
import { loudnessOf } from "./loudness.js";
import type { Waiting } from "./waiting-view.js";

/** Between two messages, in milliseconds: what comes sooner joins the badge only. */
const QUIET_MS = 5 * 60_000;

export class Announcements {
  readonly #known = new Set<string>();
  #first = true;
  #until = 0;
  #isUp = false;

  /** `waiting`: everything that waits now. What waited when the editor came up is the badge's to tell. */
  told(waiting: readonly Waiting[]): void {
    const fresh = waiting.filter(({ run, gate }) => !this.#known.has(`${run} ${gate.id}`));
    for (const { run, gate } of fresh) this.#known.add(`${run} ${gate.id}`);
    const wasFirst = this.#first;
    this.#first = false;
    const [one] = fresh;
    if (one === undefined || wasFirst || this.#isUp || Date.now() < this.#until) return;
    if (loudnessOf("approval", new Date()) !== "toast") return;
    void this.#show(one, waiting.length);
  }

  async #show(one: Waiting, all: number): Promise<void> {
    this.#isUp = true;
    this.#until = Date.now() + QUIET_MS;
    const review = vscode.l10n.t("Review…");
    const never = vscode.l10n.t("Don't Show Again");
    const more = all > 1 ? vscode.l10n.t(" ({0} waiting)", all) : "";
    const picked = await vscode.window.showWarningMessage(`${oneLine(one.task, 60)}: ${whatWaits(one.gate)}${more}`, review, never);
    this.#isUp = false;
    if (picked === review) await vscode.commands.executeCommand("vigil.openTimeline", { folder: one.folder, run: one.run });
    if (picked === never) await vscode.workspace.getConfiguration("vigil").update("notify.approval", "badge", vscode.ConfigurationTarget.Global);
  }
}

function whatWaits(gate: Waiting["gate"]): string {
  const target = oneLine(gate.target, 100);
  return gate.type === "plan" ? vscode.l10n.t("its plan waits for your approval ({0}); nothing is changed before", target) : target;
}
