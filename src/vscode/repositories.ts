// The repositories of the open folders, each opened when somebody first needs it. Opening one writes nothing and starts
// nothing but git.
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Place, Workspace } from "../client/open-repository.js";
import { HumanError } from "../core/error.js";
import type { ModelKey } from "./model-key.js";
import { nodeProgram } from "./node-program.js";

export class Repositories {
  readonly #opened = new Map<string, Promise<Workspace>>();
  readonly #node = nodeProgram(process.env["PATH"], process.platform, process.execPath, process.versions["electron"] !== undefined);

  constructor(
    readonly extensionPath: string,
    readonly key: ModelKey,
  ) {}

  /** For reading: without the key, and the same object every time. */
  open(folder: string): Promise<Workspace> {
    const known = this.#opened.get(folder);
    if (known !== undefined) return known;
    const opening = import("../client/open-repository.js").then(({ openRepository }) => openRepository(this.place(folder)));
    this.#opened.set(folder, opening);
    // A folder that is no repository today may be one tomorrow.
    opening.catch(() => this.#opened.delete(folder));
    return opening;
  }

  /** For acting: as it is at this moment, with the key at hand. */
  async acting(folder: string): Promise<Workspace> {
    if (!vscode.workspace.isTrusted) throw new HumanError(vscode.l10n.t("This workspace is in Restricted Mode: finished runs can be read, but nothing can be started, answered or landed. Trust it first (Workspaces: Manage Workspace Trust)."));
    const { openRepository } = await import("../client/open-repository.js");
    const place = this.place(folder);
    return openRepository({ ...place, env: await this.key.into(place.env) });
  }

  place(folder: string): Place {
    return { folder, env: { ...process.env, ...this.#node.env }, platform: process.platform, home: homedir(), program: join(this.extensionPath, "dist"), node: this.#node.path };
  }

  /** The open folder, or the one that a person picks of several; undefined when they pick none. */
  async folder(): Promise<string | undefined> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (folders.length === 0) throw new HumanError(vscode.l10n.t("No folder is open. Open the repository that the agent should work on, then try again."));
    if (folders.length === 1) return folders[0]?.uri.fsPath;
    const picked = await vscode.window.showWorkspaceFolderPick({ placeHolder: vscode.l10n.t("In which folder?") });
    return picked?.uri.fsPath;
  }

  forget(): void {
    this.#opened.clear();
  }
}
