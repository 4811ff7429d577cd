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

interface Outcome {
  readonly results: readonly SuiteResult[];
  readonly problem: string | undefined;
}

const windows = new Map<string, Outcome>();
const repository = await repositoryWithRuns();
const plain = mkdtempSync(join(tmpdir(), "vigil-plain-"));
try {
  windows.set("with runs", await suite(repository.root, { VSCODE_TEST_RUNS: JSON.stringify(repository.runs) }));
  windows.set("in Restricted Mode", await suite(repository.root, { VSCODE_TEST_STATE: "in Restricted Mode" }, true));
  windows.set("without a folder", await suite(undefined, { VSCODE_TEST_STATE: "without a folder" }));
  windows.set("on a folder that is no repository", await suite(plain, { VSCODE_TEST_STATE: "on a folder that is no repository" }));
} finally {
  await repository.remove();
  rmSync(plain, { recursive: true, force: true });
}

for (const [window, { results, problem }] of windows) {
  describe(`the extension in a window ${window}`, () => {
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
}

async function suite(folder: string | undefined, env: Readonly<Record<string, string>>, restricted = false): Promise<Outcome> {
  const own = mkdtempSync(join(tmpdir(), "vigil-suite-"));
  const told = join(own, "results.json");
  try {
    // A desktop VS Code only where one is named, or where there is nothing else: it needs a display and a download.
    const onDesktop = process.env["VSCODE_EXECUTABLE"] !== undefined || (await serverProgram()) === undefined;
    const launch = onDesktop ? launchInElectron : launchInServer;
    const { code, log } = await launch({ folder, restricted, env: { ...env, VSCODE_TEST_RESULTS: told } });
    const results = parseResults(told);
    const failed = results.some((result) => result.problem !== undefined);
    return { results, problem: code === 0 || failed ? undefined : `VS Code ended with ${String(code)}:\n${log}` };
  } catch (error) {
    return { results: [], problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

function parseResults(file: string): readonly SuiteResult[] {
  const shape = z.array(z.object({ title: z.string(), problem: z.string().optional() }));
  return shape.parse(JSON.parse(readFileSync(file, "utf8"))).map(({ title, problem: why }) => (why === undefined ? { title } : { title, problem: why }));
}
