// The repositories of the open folders, each opened when somebody first needs it. Opening one writes nothing and starts
// nothing but git.
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Place, Workspace } from "../client/open-repository.js";
import type { Recorded } from "../client/recorded.js";
import { HumanError } from "../core/error.js";
import type { ModelKey } from "./model-key.js";
import { nodeProgram } from "./node-program.js";

/** Stands for a folder where the bundled sample run is meant. */
export const SAMPLE = "vigil-sample:";

type Store = Recorded["store"];

export class Repositories {
  readonly #opened = new Map<string, Promise<Workspace>>();
  readonly #scripted = new Set([SAMPLE]);
  #sample: Promise<Recorded | undefined> | undefined;
  readonly #node = nodeProgram(process.env["PATH"], process.platform, process.execPath, process.versions["electron"] !== undefined);

  /** `settings`: names of the settings that the manifest contributes. */
  constructor(
    readonly extensionPath: string,
    readonly key: ModelKey,
    readonly settings: readonly string[],
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

  /** A rehearsal works there: a script plays its model. */
  rehearses(folder: string): void {
    this.#scripted.add(folder);
  }

  isScripted(folder: string): boolean {
    return this.#scripted.has(folder);
  }

  /** The runs of a folder, or of the bundled sample. */
  async runsOf(folder: string): Promise<Store> {
    return folder === SAMPLE ? (await this.sample()).store : (await this.open(folder)).store;
  }

  /** The run that was recorded for whoever has none: read only, and there without trust or network. */
  async sample(): Promise<Recorded> {
    const { recordedRehearsal } = await import("../client/recorded.js");
    this.#sample ??= recordedRehearsal(this.place(this.extensionPath));
    const recorded = await this.#sample;
    if (recorded === undefined) throw new HumanError(vscode.l10n.t("This installation of Vigil carries no sample run. Install it again."));
    return recorded;
  }

  /** For acting: as it is at this moment, with the key at hand. */
  async acting(folder: string): Promise<Workspace> {
    if (!vscode.workspace.isTrusted) throw new HumanError(vscode.l10n.t("This workspace is in Restricted Mode: finished runs can be read, but nothing can be started, answered or landed. Trust it first (Workspaces: Manage Workspace Trust)."));
    if (folder === SAMPLE) throw new HumanError(vscode.l10n.t("This is the bundled sample: it can be read, not judged. A rehearsal can be judged, and needs no key (Vigil: Try a Rehearsal)."));
    const { openRepository } = await import("../client/open-repository.js");
    const place = this.place(folder);
    return openRepository({ ...place, env: await this.key.into(place.env) });
  }

  place(folder: string): Place {
    return { folder, env: { ...process.env, ...this.#node.env }, platform: process.platform, home: homedir(), program: join(this.extensionPath, "dist"), node: this.#node.path, settings: this.#ownSettings() };
  }

  /** The open folder, or the one that a person picks of several; undefined when they pick none. */
  async folder(): Promise<string | undefined> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (folders.length === 0) throw new HumanError(vscode.l10n.t("No folder is open. Open the repository that the agent should work on, then try again."));
    if (folders.length === 1) return folders[0]?.uri.fsPath;
    const picked = await vscode.window.showWorkspaceFolderPick({ placeHolder: vscode.l10n.t("In which folder?") });
    return picked?.uri.fsPath;
  }

  /** Only what the person set for all of their work: what a workspace says is read from its files, where it can be judged. */
  #ownSettings(): Readonly<Record<string, unknown>> {
    const configuration = vscode.workspace.getConfiguration();
    return Object.fromEntries(this.settings.flatMap((name) => {
      const value = configuration.inspect(name)?.globalValue;
      return value === undefined ? [] : [[name, value]];
    }));
  }

  forget(): void {
    this.#opened.clear();
  }
}
