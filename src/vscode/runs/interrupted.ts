// A run whose process is gone goes on by nobody: this says so once and offers to resume it, or resumes it unasked where the
// person set that. It never asks twice for the same interruption, and never in a window that is not trusted.
import * as vscode from "vscode";
import { oneLine } from "../../core/text/one-line.js";
import type { ShownRun } from "./runs.js";

/** In the memory of the workspace: the runs that were offered and have not been at work since. */
const OFFERED = "vigil.offeredResume";
/** Milliseconds after which it is looked at again: a runner that is being replaced is away for a moment. */
const WAIT_MS = 5_000;

/** What it needs of its surroundings. */
export interface InterruptedParts {
  readonly memory: vscode.Memento;
  /** The runs as they stand now. */
  look(): Promise<readonly ShownRun[]>;
  resume(run: ShownRun): Promise<void>;
  readonly waitMs?: number;
}

export class Interrupted implements vscode.Disposable {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(readonly parts: InterruptedParts) {}

  /** `runs`: all there are now. */
  told(runs: readonly ShownRun[]): void {
    const gone = runs.filter(({ row }) => row.state === "interrupted").map(({ row }) => row.id);
    const offered = this.#offered.filter((id) => gone.includes(id));
    if (offered.length !== this.#offered.length) void this.parts.memory.update(OFFERED, offered);
    if (!vscode.workspace.isTrusted) return;
    for (const id of gone) {
      if (offered.includes(id) || this.#timers.has(id)) continue;
      this.#timers.set(id, setTimeout(() => void this.#lookAgain(id), this.parts.waitMs ?? WAIT_MS));
    }
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  async #lookAgain(id: string): Promise<void> {
    try {
      const run = (await this.parts.look()).find(({ row }) => row.id === id);
      if (run?.row.state !== "interrupted") return;
      await this.parts.memory.update(OFFERED, [...this.#offered, id]);
      if (vscode.workspace.getConfiguration("vigil").get<boolean>("run.resumeOnOpen", false)) await this.parts.resume(run);
      else void this.#offer(run);
    } finally {
      this.#timers.delete(id);
    }
  }

  async #offer(run: ShownRun): Promise<void> {
    const resume = vscode.l10n.t("Resume");
    const show = vscode.l10n.t("Show Timeline");
    const picked = await vscode.window.showWarningMessage(vscode.l10n.t("{0}: its process is gone, so nothing goes on. What it did is kept.", oneLine(run.row.task, 60)), resume, show);
    if (picked === resume) await this.parts.resume(run);
    if (picked === show) await vscode.commands.executeCommand("vigil.openTimeline", { folder: run.folder, run: run.row.id });
  }

  get #offered(): readonly string[] {
    return this.parts.memory.get<readonly string[]>(OFFERED) ?? [];
  }
}
