// Both sides of a decision's files as read-only documents: `vigil-before:/src/a.ts?…` and `vigil-after:/src/a.ts?…`. A
// decision that has ended never changes, so neither do its documents.
import * as vscode from "vscode";
import { decisionFiles, requireDecision, type DecisionFile } from "../../client/decision-files.js";
import { requireRun } from "../../client/read-run.js";
import { HumanError } from "../../core/error.js";
import type { Repositories } from "../repositories.js";

export const BEFORE = "vigil-before";
export const AFTER = "vigil-after";

/** Which decision of which run, found again from a document's address. */
export interface Address {
  readonly folder: string;
  readonly run: string;
  readonly decision: string;
}

export function addressed(scheme: typeof BEFORE | typeof AFTER, address: Address, path: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${path}`, query: JSON.stringify([address.folder, address.run, address.decision]) });
}

/** Throws HumanError for an address that this extension did not make. */
export function addressOf(uri: vscode.Uri): Address & { readonly path: string } {
  const parts: unknown = JSON.parse(uri.query === "" ? "[]" : uri.query);
  if (Array.isArray(parts) && parts.length === 3 && parts.every((part) => typeof part === "string")) {
    const [folder = "", run = "", decision = ""] = parts;
    return { folder, run, decision, path: uri.path.slice(1) };
  }
  throw new HumanError(`${uri.toString()} names no file of a decision.`);
}

export class DecisionDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #files = new Map<string, Promise<readonly DecisionFile[]>>();
  readonly #registered: vscode.Disposable;

  constructor(readonly repositories: Repositories) {
    this.#registered = vscode.Disposable.from(...[BEFORE, AFTER].map((scheme) => vscode.workspace.registerTextDocumentContentProvider(scheme, this)));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const address = addressOf(uri);
    const file = (await this.files(address)).find((one) => one.path === address.path);
    if (file?.binary === true) return vscode.l10n.t("{0} is binary: there are no lines to compare.", address.path);
    return (uri.scheme === BEFORE ? file?.before : file?.after) ?? "";
  }

  /** One that is still being worked on is read anew every time. */
  files(address: Address): Promise<readonly DecisionFile[]> {
    const key = JSON.stringify([address.folder, address.run, address.decision]);
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const reading = this.#read(address);
    this.#files.set(key, reading.then(({ files }) => files));
    reading.then(
      ({ ended }) => {
        if (!ended) this.#files.delete(key);
      },
      () => this.#files.delete(key),
    );
    return reading.then(({ files }) => files);
  }

  async #read({ folder, run, decision }: Address): Promise<{ readonly files: readonly DecisionFile[]; readonly ended: boolean }> {
    const workspace = await this.repositories.open(folder);
    const view = await requireRun(workspace.store, run);
    const found = requireDecision(view, decision);
    return { files: await decisionFiles(view, found), ended: found.state !== "open" };
  }

  dispose(): void {
    this.#registered.dispose();
    this.#files.clear();
  }
}
