// What VS Code loads and runs as the test of an extension under development: every suite beside it, by mocha, inside the
// extension host. Results go to the file that VSCODE_TEST_RESULTS names, because only this process sees them.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Mocha from "mocha";

/** One test as it ended; `problem` when it failed. */
export interface SuiteResult {
  readonly title: string;
  readonly problem?: string;
}

const folder = fileURLToPath(new URL("suite/", import.meta.url));

/** Longer than what a test waits for by itself, on a machine that is busy with other tests. */
const TEST_MS = 120_000;

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", timeout: TEST_MS, reporter: Mocha.reporters.Base });
  // Those under `anywhere` ask for nothing; the others for a folder with the runs of `sample.ts`.
  const folders = process.env["VSCODE_TEST_RUNS"] === undefined ? [join(folder, "anywhere")] : [folder, join(folder, "anywhere")];
  for (const where of folders) for (const name of readdirSync(where).filter((file) => file.endsWith(".suite.js"))) mocha.addFile(join(where, name));
  await mocha.loadFilesAsync();
  const results: SuiteResult[] = [];
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on(Mocha.Runner.constants.EVENT_TEST_PASS, (test) => results.push({ title: test.fullTitle() }));
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error: Error) => results.push({ title: test.fullTitle(), problem: error.stack ?? error.message }));
  });
  const file = process.env["VSCODE_TEST_RESULTS"];
  if (file !== undefined) writeFileSync(file, JSON.stringify(results));
  if (failures > 0) throw new Error(`${String(failures)} of ${String(results.length)} tests failed.`);
}
