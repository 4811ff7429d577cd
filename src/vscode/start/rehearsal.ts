// A rehearsal from the editor: a real run on the bundled project, with a script for a model. Its stage is the one that
// asks, so that the first thing a new person does is to give a verdict.
import * as vscode from "vscode";
import { beginRehearsal, type Rehearsal } from "../../client/rehearse.js";
import { HumanError } from "../../core/error.js";
import type { Repositories } from "../repositories.js";
import type { Begun } from "./start-task.js";

export class Rehearsals {
  readonly #playing = new Set<Rehearsal>();

  constructor(readonly repositories: Repositories) {}

  async begin(): Promise<Begun> {
    // Any folder will do: the rehearsal lays out its own.
    const place = this.repositories.place(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? this.repositories.extensionPath);
    const rehearsing = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Starting a rehearsal (scripted words, no key)") }, () => beginRehearsal(place, "gated-write"));
    if (rehearsing.kind === "unconfined") throw new HumanError(vscode.l10n.t("A rehearsal with commands cannot be walled in on this machine: {0} The bundled sample run shows a finished one.", rehearsing.why));
    this.#playing.add(rehearsing.rehearsal);
    if (rehearsing.rehearsal.scripted) this.repositories.rehearses(rehearsing.rehearsal.clone);
    return { folder: rehearsing.rehearsal.clone, run: rehearsing.rehearsal.started.id };
  }

  /** The scripted model lives in this process, so what it plays ends with it. */
  async close(): Promise<void> {
    for (const rehearsal of this.#playing) {
      await rehearsal.stop();
      await rehearsal.close();
    }
    this.#playing.clear();
  }
}
