// Which timeline panel there is, and how it comes back after the window was reloaded.
import * as vscode from "vscode";
import { z } from "zod";
import { pageFolder } from "./page.js";
import { TIMELINE } from "./timeline-name.js";
import { TimelinePanel, type PanelParts, type Shown } from "./timeline-panel.js";

/** What a page keeps of itself (see `webview/bridge.ts`); the rest of it is the page's own. */
const keptSchema = z.object({ run: z.string() });

export class Timelines implements vscode.Disposable {
  #panel: TimelinePanel | undefined;

  constructor(readonly parts: PanelParts) {}

  get current(): TimelinePanel | undefined {
    return this.#panel;
  }

  open(shown: Shown, decision?: string): TimelinePanel {
    if (this.#panel === undefined) {
      const panel = vscode.window.createWebviewPanel(TIMELINE, "Vigil", vscode.ViewColumn.One, { enableScripts: true, localResourceRoots: [pageFolder(this.parts.extension)] });
      this.#adopt(new TimelinePanel(this.parts, panel, shown));
    }
    this.#panel?.show(shown, decision);
    return this.#panel as TimelinePanel;
  }

  /** After the window was reloaded. A panel whose run is in no open folder goes away. */
  async restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = keptSchema.safeParse(state);
    const folder = kept.success ? await this.#folderOf(kept.data.run) : undefined;
    if (!kept.success || folder === undefined || this.#panel !== undefined) {
      panel.dispose();
      return;
    }
    this.#adopt(new TimelinePanel(this.parts, panel, { folder, run: kept.data.run }));
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #adopt(panel: TimelinePanel): void {
    this.#panel = panel;
    panel.ended.addEventListener("abort", () => {
      if (this.#panel === panel) this.#panel = undefined;
    });
  }

  async #folderOf(run: string): Promise<string | undefined> {
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      const there = await this.parts.repositories.open(uri.fsPath).then(
        (workspace) => workspace.store.exists(run),
        () => false, // No repository there: not the folder that is looked for.
      );
      if (there) return uri.fsPath;
    }
    return undefined;
  }
}
