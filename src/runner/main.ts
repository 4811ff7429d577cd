// The runner as a program: node runner.mjs <runs folder> <run> <worker|clerk>, secrets on standard input. What it has to
// say goes into the log; standard error (a file in the run's folder) is for what happens when there is no log.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { HumanError } from "../core/error.js";
import { systemRefusal } from "../core/system-error.js";
import { runRunner } from "./runner.js";
import { readSecrets } from "./secrets.js";

declare const VIGIL_VERSION: string;

async function main(): Promise<number> {
  const [runsFolder, run, role] = process.argv.slice(2);
  if (runsFolder === undefined || run === undefined || (role !== "worker" && role !== "clerk")) {
    process.stderr.write("usage: runner <runs folder> <run> <worker|clerk>\n");
    return 2;
  }
  const leave = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => { leave.abort(); });
  const programs = path.dirname(fileURLToPath(import.meta.url));
  const secrets = await readSecrets(process.stdin);
  await runRunner({
    runsFolder,
    run,
    role,
    secrets,
    workshopScript: path.join(programs, "workshop.mjs"),
    hostsScript: path.join(programs, "hosts.mjs"),
    version: VIGIL_VERSION,
    signal: leave.signal,
  });
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (thrown: unknown) => {
    const error = systemRefusal(thrown) ?? thrown;
    process.stderr.write(`${error instanceof HumanError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
