// The suite that runs inside VS Code, each of its tests as a test of this layer. It runs while this file is loaded, because
// mocha wants to know its tests before it begins.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { SuiteResult } from "./index.js";
import { launchInElectron } from "./launch-electron.js";
import { launchInServer } from "./launch-server.js";
import { repositoryWithRuns } from "./sample.js";
import { serverProgram } from "./served.js";

const { results, problem } = await suite();

describe("the extension in the workbench", () => {
  for (const { title, problem: why } of results) {
    it(title, () => {
      if (why !== undefined) assert.fail(why);
    });
  }
  it("ends its suite well, with every test told", () => {
    assert.equal(problem, undefined);
    assert.ok(results.length > 0);
  });
});

async function suite(): Promise<{ readonly results: readonly SuiteResult[]; readonly problem: string | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), "vigil-suite-"));
  const told = join(folder, "results.json");
  const repository = await repositoryWithRuns();
  try {
    // A desktop VS Code only where one is named, or where there is nothing else: it needs a display and a download.
    const onDesktop = process.env["VSCODE_EXECUTABLE"] !== undefined || (await serverProgram()) === undefined;
    const launch = onDesktop ? launchInElectron : launchInServer;
    const { code, log } = await launch({ repository: repository.root, env: { VSCODE_TEST_RESULTS: told, VSCODE_TEST_RUNS: JSON.stringify(repository.runs) } });
    const results = parseResults(told);
    const failed = results.some((result) => result.problem !== undefined);
    return { results, problem: code === 0 || failed ? undefined : `VS Code ended with ${String(code)}:\n${log}` };
  } catch (error) {
    return { results: [], problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    await repository.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function parseResults(file: string): readonly SuiteResult[] {
  const shape = z.array(z.object({ title: z.string(), problem: z.string().optional() }));
  return shape.parse(JSON.parse(readFileSync(file, "utf8"))).map(({ title, problem: why }) => (why === undefined ? { title } : { title, problem: why }));
}
