// What came of a command about goals or limits: refused with its reason, or said where somebody looks.
import * as vscode from "vscode";
import type { Folding } from "../../client/command-run.js";
import { HumanError } from "../../core/error.js";

/** Throws HumanError with the runner's reason where it refused. */
export function posted(folding: Folding, said: string): void {
  if (folding.kind === "refused") throw new HumanError(folding.why);
  vscode.window.setStatusBarMessage(said, 5_000);
}
