// The key for the model, in the editor's own secret storage. It leaves only through a runner's standard input.
import * as vscode from "vscode";
import type { Environment } from "../client/open-repository.js";

const NAME = "vigil.modelKey";

export class ModelKey {
  constructor(readonly secrets: vscode.SecretStorage) {}

  /** The environment with the stored key in it, where one is stored; what the environment itself holds stays otherwise. */
  async into(env: Environment): Promise<Environment> {
    const key = await this.secrets.get(NAME);
    return key === undefined ? env : { ...env, ANTHROPIC_API_KEY: key };
  }

  async isSet(env: Environment): Promise<boolean> {
    const { modelAccess } = await import("../client/model-access.js");
    return modelAccess(await this.into(env)) !== undefined;
  }

  /** True once a key was given. */
  async ask(): Promise<boolean> {
    const key = await vscode.window.showInputBox({
      title: vscode.l10n.t("Model Key"),
      prompt: vscode.l10n.t("Kept in the editor's secret storage, and given to a run's process directly: it is in no setting, file, log or command line."),
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("Paste the key, or press Escape.") : undefined),
    });
    if (key === undefined) return false;
    await this.secrets.store(NAME, key.trim());
    return true;
  }

  async clear(): Promise<void> {
    await this.secrets.delete(NAME);
  }
}
