// Runs the suite in a VS Code for the desktop: the one that VSCODE_EXECUTABLE names, else one that is downloaded into
// `.vscode-test`. Needs a display.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import type { Launch } from "./launch.js";
import { PROJECT } from "./served.js";

export async function launchInElectron({ folder, restricted = false, env }: Launch): Promise<{ readonly code: number; readonly log: string }> {
  const executable = process.env["VSCODE_EXECUTABLE"];
  const data = mkdtempSync(join(tmpdir(), "vigil-vscode-"));
  try {
    const code = await runTests({
      ...(executable === undefined ? {} : { vscodeExecutablePath: executable }),
      extensionDevelopmentPath: PROJECT,
      extensionTestsPath: join(PROJECT, "out", "test", "vscode", "index.js"),
      extensionTestsEnv: { ...env, VSCODE_TEST_LOGS: join(data, "logs") },
      launchArgs: [...(folder === undefined ? [] : [folder]), "--user-data-dir", data, "--extensions-dir", join(data, "extensions"), ...(restricted ? [] : ["--disable-workspace-trust"]), "--disable-gpu", "--skip-welcome", "--skip-release-notes"],
    });
    return { code, log: "" };
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
