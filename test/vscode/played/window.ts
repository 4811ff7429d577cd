// A person at the real workbench: opens a folder, types into the Command Palette, presses keys, looks, takes pictures. It
// waits for what a person would wait to see, never for a time to pass.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { workbenchAddress } from "../address.js";
import { openBrowser } from "../browser.js";
import { PROJECT, serve, type ServeOptions, type Served } from "../served.js";

/** Milliseconds that anything may take to appear on a machine that is busy with other tests. */
const PATIENCE = 180_000;

/** Milliseconds that the palette has to offer a command that is known. */
const OFFER = 4_000;

const THEMES = {
  dark: "Default Dark Modern",
  light: "Default Light Modern",
  "high-contrast": "Default High Contrast",
  "high-contrast-light": "Default High Contrast Light",
} as const;
export type Theme = keyof typeof THEMES;

export interface WindowOptions extends ServeOptions {
  readonly theme?: Theme;
  readonly size?: { readonly width: number; readonly height: number };
  /** The extension is one that was installed on the served workbench, not the sources of this project. */
  readonly installed?: Served;
}

export interface Window {
  readonly page: Page;
  readonly served: Served;
  /**
   * Runs a command by its whole title, as in "Vigil: Show Log". Fails when the palette does not offer it. `asks`: the
   * command goes on with a list of its own where the palette was.
   */
  palette(title: string, then?: "closed" | "asks"): Promise<void>;
  /** A key or chord in playwright's words, as in "Control+Shift+P". */
  press(key: string): Promise<void>;
  /** Writes `out/pictures/NAME.png`, with the pointer out of the way; resolves with its path. */
  screenshot(name: string): Promise<string>;
  /** Ends the browser and the workbench. */
  close(): Promise<void>;
}

/** Resolves when the workbench is drawn and its extension host has started. `folder` undefined: an empty window. */
export async function open(folder: string | undefined, options: WindowOptions = {}): Promise<Window> {
  const { theme = "dark", size = { width: 1280, height: 800 }, installed, ...rest } = options;
  const settings = { "workbench.colorTheme": THEMES[theme], "window.autoDetectHighContrast": false, ...rest.settings };
  const served = installed ?? (await serve({ ...rest, settings }));
  let browser: Browser | undefined;
  try {
    browser = await openBrowser();
    const page = await browser.newPage({ viewport: size });
    page.setDefaultTimeout(PATIENCE);
    await page.goto(workbenchAddress(served, folder, installed === undefined ? { extension: PROJECT } : undefined), { timeout: PATIENCE });
    await page.locator(".monaco-workbench .activitybar").waitFor();
    return windowOf(page, served, browser);
  } catch (error) {
    await browser?.close();
    await served.stop();
    throw error;
  }
}

function windowOf(page: Page, served: Served, browser: Browser): Window {
  return {
    page,
    served,
    palette: (title, then = "closed") => runCommand(page, title, then),
    press: (key) => page.keyboard.press(key),
    async screenshot(name) {
      const path = join(PROJECT, "out", "pictures", `${name}.png`);
      mkdirSync(dirname(path), { recursive: true });
      await page.mouse.move(0, 0);
      await page.screenshot({ path, animations: "disabled" });
      return path;
    },
    async close() {
      await browser.close();
      await served.stop();
    },
  };
}

/** The palette lists what was known when it opened, and an extension may become known a moment later: so it is asked again. */
async function runCommand(page: Page, title: string, then: "closed" | "asks"): Promise<void> {
  const palette = page.locator(".quick-input-widget");
  const chosen = page.locator(".quick-input-list .monaco-list-row.focused").filter({ has: page.getByText(title, { exact: true }) });
  for (const deadline = Date.now() + PATIENCE; ; ) {
    await page.keyboard.press("F1");
    // A workbench that is still coming up may take the focus, and the palette closes.
    const offered = await palette.locator("input").first().fill(`>${title}`, { timeout: OFFER }).then(() => chosen.waitFor({ timeout: OFFER })).then(
      () => true,
      (error: unknown) => {
        if (Date.now() > deadline) throw error;
        return false;
      },
    );
    await page.keyboard.press(offered ? "Enter" : "Escape");
    if (!offered || then === "closed") await palette.waitFor({ state: "hidden" });
    if (offered) return;
  }
}

/** For an `afterEach`: the picture that explains a failure. */
export async function pictureOfFailure(window: Window | undefined, test: Mocha.Test | undefined): Promise<void> {
  if (test?.state === "failed") await window?.screenshot(`failed ${test.title}`);
}

/** Rows of a tree view, by the view's name in its title. */
export function treeRows(window: Window, view: string): Locator {
  return window.page.locator(`.pane:has(.pane-header[aria-label^=${JSON.stringify(view)}]) .monaco-list-row`);
}
