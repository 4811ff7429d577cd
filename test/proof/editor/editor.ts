// The editor as a person has it beside a run: a real workbench on the lab's repository, with the extension host found among
// the processes of the machine, to be looked into and to be killed.
import type { FrameLocator } from "playwright-core";
import { browserProgram } from "../../vscode/browser.js";
import { open, type Window } from "../../vscode/played/window.js";
import { serverProgram } from "../../vscode/served.js";
import type { Lab } from "../../runner/lab.js";
import { killAll, leftOf, processesNaming, processesOf, type Process } from "../crashes/processes.js";

/** Milliseconds for what a machine that is busy with other tests does slowly. */
const PATIENCE = 120_000;
const LOOK = 50;
/** Milliseconds in which a reload that was asked for has loaded the page; else it is asked for again. */
const KEY_HEARD = 20_000;
/** A key of the person's own, which acts wherever the focus is; the palette may lose its to a window that is coming up. */
const RELOAD = { playwright: "Control+Alt+F9", editor: "ctrl+alt+f9" } as const;

/** Why this machine has no editor to play in; undefined where it has one. */
export async function noEditor(): Promise<string | undefined> {
  if (process.platform !== "linux") return "the editor's processes are found in /proc, which only Linux has";
  if (Number(process.versions.node.split(".")[0]) < 24) return `the workbench needs Node 24, and this is ${process.versions.node}`;
  if ((await serverProgram()) === undefined) return "there is no VS Code workbench on this machine; npm run setup tests brings one";
  return browserProgram() === undefined ? "there is no Chromium on this machine; npm run setup tests brings one, or CHROMIUM_EXECUTABLE names one" : undefined;
}

export class Editor {
  readonly window: Window;

  private constructor(window: Window) {
    this.window = window;
  }

  static async open(lab: Lab): Promise<Editor> {
    return new Editor(await open(lab.repo, { env: lab.environment() as Record<string, string>, size: { width: 1440, height: 900 }, settings: { "window.commandCenter": false }, keys: { [RELOAD.editor]: "workbench.action.reloadWindow" } }));
  }

  /** The page inside the timeline's panel. */
  get page(): FrameLocator {
    return this.window.page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
  }

  /** Starts a task as a person does, from the Command Palette. */
  async start(task: string): Promise<void> {
    const { page } = this.window;
    await this.window.palette("Vigil: Start Task…", "asks");
    await page.getByText("What should the agent do?").waitFor();
    await page.keyboard.type(task);
    await page.keyboard.press("Enter");
    await this.pick("Start now");
  }

  /** Chooses from the list that a command shows. */
  async pick(label: string): Promise<void> {
    await this.window.page.locator(".quick-input-list .monaco-list-row.focused").filter({ hasText: label }).waitFor();
    await this.window.page.keyboard.press("Enter");
  }

  /** The extension host of the one window. */
  async host(): Promise<Process> {
    return until("one extension host", () => {
      const [host, ...others] = this.hosts();
      return others.length === 0 ? host : undefined;
    });
  }

  hosts(): readonly Process[] {
    const own = this.processes();
    return processesNaming("--type=extensionHost").filter((one) => own.some(({ pid }) => pid === one.pid));
  }

  /** All that the served workbench started, and whatever of that outlives it. */
  processes(): readonly Process[] {
    return processesOf(this.window.served.folder);
  }

  /** Resolves with what did not go although it was killed: empty is good. */
  async killHost(): Promise<readonly string[]> {
    const host = await this.host();
    killAll([host]);
    return leftOf([host]);
  }

  /** The editor's own reload, which keeps all that stands in the window; resolves when the timeline is back. */
  async reload(): Promise<void> {
    const { page } = this.window;
    const pressed = async (): Promise<boolean> => {
      const loaded = page.waitForEvent("load", { timeout: KEY_HEARD }).then(
        () => true,
        () => false,
      );
      await page.keyboard.press(RELOAD.playwright);
      return loaded;
    };
    // A workbench that is still coming up may not hear it.
    for (const deadline = Date.now() + PATIENCE; !(await pressed()); ) if (Date.now() > deadline) throw new Error("the window does not reload");
    await this.#isBack();
  }

  /** The browser's reload: the editor's own waits for an extension host that is dead. The window is as it was last kept. */
  async comeBack(): Promise<void> {
    await this.window.page.reload({ timeout: PATIENCE });
    await this.#isBack();
  }

  async #isBack(): Promise<void> {
    await this.window.page.locator(".monaco-workbench .activitybar").waitFor();
    await this.page.locator("main").waitFor();
  }
}

/** Resolves with what `look` gives once that is not undefined. */
export async function until<T>(what: string, look: () => T | undefined, patience = PATIENCE): Promise<T> {
  for (const deadline = Date.now() + patience; ; ) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${String(patience / 1000)} s`);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
