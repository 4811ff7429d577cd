// The extension's entry: says what there is and hands it to VS Code. It reads no run and starts no process by itself;
// a view asks when somebody looks at it.
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Place } from "../client/open-repository.js";
import { RunsView } from "./runs-view.js";

/** What `activate` hands to whoever asks the editor for the extension; its tests do. */
export interface Contributions {
  readonly runs: RunsView;
}

export function activate(context: vscode.ExtensionContext): Contributions {
  const log = vscode.window.createOutputChannel("Vigil", { log: true });
  const runs = new RunsView(log, (folder) => placeOf(context, folder));
  context.subscriptions.push(
    log,
    runs,
    vscode.commands.registerCommand("vigil.showLog", () => log.show()),
    vscode.commands.registerCommand("vigil.refreshRuns", () => runs.refresh()),
  );
  return { runs };
}

function placeOf(context: vscode.ExtensionContext, folder: string): Place {
  return { folder, env: process.env, platform: process.platform, home: homedir(), program: join(context.extensionPath, "dist"), node: process.execPath };
}
