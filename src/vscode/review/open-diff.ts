// A decision in the editor's own diff: one file while stepping, all of them for the overview.
import * as vscode from "vscode";
import { oneLine } from "../../core/text/one-line.js";
import { addressed, AFTER, BEFORE, type Address, type DecisionDocuments } from "./decision-documents.js";

/** Long enough to tell decisions apart in a tab, short enough to leave the file's name in it. */
const TITLE_LENGTH = 48;

export interface Opening {
  readonly title: string;
  /** The first file that has lines to compare where undefined. */
  readonly path?: string | undefined;
  readonly focus: boolean;
  readonly column: vscode.ViewColumn;
}

/** The path that was opened; undefined where the decision changed no file. */
export async function openDecisionDiff(documents: DecisionDocuments, address: Address, opening: Opening): Promise<string | undefined> {
  const files = await documents.files(address);
  const file = files.find((one) => one.path === opening.path) ?? files.find((one) => !one.binary) ?? files[0];
  if (file === undefined) return undefined;
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  await vscode.commands.executeCommand("vscode.diff", addressed(BEFORE, address, file.path), addressed(AFTER, address, file.path), `${name} — ${address.decision.slice(1)} ${oneLine(opening.title, TITLE_LENGTH)}`, {
    viewColumn: opening.column,
    preserveFocus: !opening.focus,
    preview: true,
    ...(file.hunks[0] === undefined ? {} : { selection: new vscode.Range(Math.max(0, file.hunks[0].newStart - 1), 0, Math.max(0, file.hunks[0].newStart - 1), 0) }),
  } satisfies vscode.TextDocumentShowOptions);
  return file.path;
}

export async function openAllFiles(documents: DecisionDocuments, address: Address, title: string): Promise<void> {
  const files = await documents.files(address);
  const rows = files.map((file) => [
    vscode.Uri.file(`/${file.path}`),
    file.status === "added" ? undefined : addressed(BEFORE, address, file.path),
    file.status === "deleted" ? undefined : addressed(AFTER, address, file.path),
  ]);
  await vscode.commands.executeCommand("vscode.changes", `${address.decision.slice(1)} ${oneLine(title, TITLE_LENGTH)}`, rows);
}
