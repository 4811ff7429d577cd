// Brings a run into being: its folder, its start command, its first runner. A run that does not begin is taken away again.
import { access, constants } from "node:fs/promises";
import type { RunSpec } from "../core/log/lifecycle.js";
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
import type { RunLog } from "../store/store.js";
import type { Folder } from "./command-run.js";
import type { Workspace } from "./open-repository.js";
import { runnerComplaints, spawnRunner } from "./spawn-runner.js";

/** Milliseconds for a runner to begin the log: it has only to load itself and take a lock. */
const PATIENCE = 30_000;
const LOOK = 20;

/** Resolves once `run.started` is in the log. */
export async function launchRun(workspace: Workspace, id: RunId, spec: RunSpec, runner: Folder): Promise<RunLog> {
  await requireWritable(workspace.repository.commonDir);
  const log = await workspace.store.create(id);
  try {
    await log.post({ kind: "start", spec });
    const spawned = await spawnRunner(workspace, id, runner.role, runner.access);
    let code: number | null | undefined;
    void spawned.exited.then((ended) => {
      code = ended;
    });
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      // Looked at before the log: one that died just after it had begun has left a run that can be resumed.
      const ended = code;
      if (await hasBegun(log)) return log;
      if (ended !== undefined || performance.now() > deadline) {
        if (ended === undefined) process.kill(spawned.pid, "SIGKILL");
        throw await notBegun(workspace, id, ended);
      }
      await new Promise<void>((done) => setTimeout(done, LOOK));
    }
  } catch (error) {
    // Whatever kept the run from beginning may keep it from being taken away, and is what the person must hear of.
    const kept = await workspace.store.remove(id, true).then(() => undefined, (second: unknown) => (second instanceof Error ? second.message : String(second)));
    if (kept === undefined) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new HumanError(`${why} What was made of the run could not be taken away again (${kept}). When the cause is mended, do so: vigil remove ${id}`);
  }
}

async function requireWritable(commonDir: string): Promise<void> {
  await access(commonDir, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "EROFS" ? "the file system is read-only" : (error.code ?? error.message);
    throw new HumanError(`A run keeps its record in ${commonDir}, which cannot be written (${why}). Make it writable, or work in a clone that is. Nothing was started.`);
  });
}

async function hasBegun(log: RunLog): Promise<boolean> {
  for await (const event of log.read()) return event.kind === "run.started";
  return false;
}

async function notBegun(workspace: Workspace, id: RunId, code: number | null | undefined): Promise<HumanError> {
  const complaints = await runnerComplaints(workspace, id);
  const how = code === undefined ? `did not begin within ${String(PATIENCE / 1000)} s` : code === null ? "was ended by a signal before it began" : `ended with exit code ${String(code)} before it began`;
  return new HumanError(`The run could not start: its process ${how}. ${complaints === "" ? "It said nothing." : `It said: ${complaints}`} "vigil doctor" says what this machine lacks.`);
}
