// A run as one readable document, for whoever would rather read than step; and live in a terminal, whose buffer screen
// readers know already.
import * as vscode from "vscode";
import { markdownOf } from "../../client/export-run.js";
import { followRun } from "../../client/follow-run.js";
import type { Workspace } from "../../client/open-repository.js";
import { requireRun } from "../../client/read-run.js";
import { stepLine } from "../../core/run/timeline-text.js";
import { stepOf } from "../../core/run/timeline.js";

type Store = Workspace["store"];

const WIDTH = 110;

/** The report as Markdown, then the whole timeline. */
export async function openAsText(store: Store, run: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content: await markdownOf(store, run) });
  await vscode.window.showTextDocument(document, { preview: true });
}

/** Ends following when the terminal is closed; the run goes on. */
export function watchLive(workspace: Workspace, run: string, task: string): void {
  const writing = new vscode.EventEmitter<string>();
  const leaving = new AbortController();
  const follow = async (): Promise<void> => {
    let told = 0;
    const view = await requireRun(workspace.store, run);
    for await (const moment of followRun(view.log, leaving.signal)) {
      if (moment.run === undefined || (moment.kind === "event" && moment.past)) continue;
      // Only what is new: a terminal that is cleared and drawn again cannot be scrolled back, nor read aloud.
      for (const step of moment.run.steps.slice(told)) writing.fire(`${stepLine(stepOf(step), WIDTH)}\r\n`);
      told = moment.run.steps.length;
      if (moment.run.phase.kind === "ended") {
        writing.fire(`\r\n${vscode.l10n.t("The run has ended.")}\r\n`);
        return;
      }
    }
  };
  const terminal = vscode.window.createTerminal({
    name: `Vigil: ${task}`,
    pty: {
      onDidWrite: writing.event,
      open: () => {
        follow().catch((error: unknown) => { writing.fire(`${String(error)}\r\n`); });
      },
      close: () => {
        leaving.abort();
        writing.dispose();
      },
    },
  });
  terminal.show(true);
}
