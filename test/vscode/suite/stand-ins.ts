// What tests inside the extension host hand to its parts in place of the editor's own: a memory, and runs as they are listed.
import type * as vscode from "vscode";
import type { ShownRun } from "../../../src/vscode/runs/runs.js";

export class Memory implements vscode.Memento {
  readonly #held = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.#held.keys()];
  }
  get(key: string): undefined {
    return this.#held.get(key) as undefined;
  }
  update(key: string, value: unknown): Thenable<void> {
    this.#held.set(key, value);
    return Promise.resolve();
  }
}

export const shownRun = (id: string, state: ShownRun["row"]["state"]): ShownRun => ({
  folder: "/somewhere",
  row: { id, state, task: `Task ${id}`, stage: "gated-write", base: null, decisions: 2, usd: 0, startedAt: 1, waiting: 0, undecided: 2, overlaps: [] },
});
