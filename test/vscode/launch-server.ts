// Runs the suite in the workbench that code-server serves, opened in Chromium: the extension host is the real one, and no
// VS Code has to be downloaded.
import { openBrowser } from "./browser.js";
import type { Launch } from "./launch.js";
import { PROJECT, serve } from "./served.js";
import { workbenchAddress } from "./address.js";

/** How long the suite may take, in milliseconds. */
const SUITE_MS = 10 * 60_000;

/** Resolves with the exit code and what the workbench logged. */
export async function launchInServer({ folder, restricted = false, env }: Launch): Promise<{ readonly code: number; readonly log: string }> {
  const served = await serve({ env, asksForTrust: restricted, settings: { "security.workspace.trust.startupPrompt": "never" } });
  try {
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      const log: string[] = [];
      let timer: NodeJS.Timeout | undefined;
      const exited = new Promise<number>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`The suite did not end within ${SUITE_MS / 60_000} minutes:\n${log.join("\n")}`)), SUITE_MS);
        // The workbench calls these two, by these names, when it runs an extension's tests.
        void page.exposeFunction("codeAutomationExit", resolve);
        void page.exposeFunction("codeAutomationLog", (kind: string, args: readonly unknown[]) => log.push(`${kind}: ${args.map(String).join(" ")}`));
      });
      await page.goto(workbenchAddress(served, folder, { extension: PROJECT, tests: `${PROJECT}/out/test/vscode/index.js` }));
      const code = await exited.finally(() => clearTimeout(timer));
      return { code, log: log.join("\n") };
    } finally {
      await browser.close();
    }
  } finally {
    await served.stop();
  }
}
