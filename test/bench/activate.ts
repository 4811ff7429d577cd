// A process that loads the extension as an editor does, with a stand-in for the editor, and says what that took:
// activate.js ENTRY, with VIGIL_BENCH_FOLDER naming the open folder.
import childProcess from "node:child_process";
import { readFileSync } from "node:fs";
import { registerHooks, syncBuiltinESMExports } from "node:module";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import type { Contributions } from "../../src/vscode/extension.js";

const [entry] = process.argv.slice(2);
if (entry === undefined) throw new Error("activate.js ENTRY");
const stub = new URL("vscode-stub.js", import.meta.url).href;
registerHooks({ resolve: (specifier, context, next) => (specifier === "vscode" ? { url: stub, shortCircuit: true } : next(specifier, context)) });
await import(stub);

let processes = 0;
const real = childProcess.spawn;
childProcess.spawn = ((...given: Parameters<typeof real>) => {
  processes += 1;
  return real(...given);
}) as typeof real;
syncBuiltinESMExports();

const packageJSON: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
const nothing = (): void => undefined;
const context = {
  subscriptions: [],
  extensionPath: "/nowhere",
  extensionUri: { fsPath: "/nowhere", path: "/nowhere" },
  extension: { packageJSON },
  secrets: { get: () => Promise.resolve(undefined), onDidChange: nothing },
  workspaceState: { get: nothing, update: () => Promise.resolve() },
  asAbsolutePath: (path: string) => path,
  environmentVariableCollection: { prepend: nothing },
};

const started = performance.now();
const extension = (await import(pathToFileURL(entry).href)) as { activate(given: unknown): Contributions };
const loaded = performance.now();
const { runs } = extension.activate(context);
const activated = performance.now();
const startedProcesses = processes;
const blocks = monitorEventLoopDelay({ resolution: 1 });
blocks.enable();
const known = await runs.look();
const looked = performance.now();
await new Promise((done) => setTimeout(done, 20));
blocks.disable();
process.stdout.write(JSON.stringify({ load: loaded - started, activate: activated - loaded, look: looked - activated, block: blocks.max / 1e6, runs: known.runs.length, processes: startedProcesses, processesAfter: processes }));
process.exit(0);
