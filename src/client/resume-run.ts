// Sets a run going again that was paused, interrupted, stopped, or failed: a worker of its own, with the key at hand now.
import { HumanError } from "../core/error.js";
import type { LoggedEvent } from "../core/log/event.js";
import { mayGoOn } from "../core/review/asked.js";
import type { Run, RunId } from "../core/run/run.js";
import { commandRun } from "./command-run.js";
import { requireModelAccess, type ModelAccess } from "./model-access.js";
import type { Workspace } from "./open-repository.js";
import { requirePerson } from "./person.js";
import { readRun } from "./read-run.js";
import { requireFiles } from "./run-files.js";
import { runnerComplaints, spawnRunner } from "./spawn-runner.js";

/** Milliseconds for a worker to take the lock; a clerk that holds it finishes what it does first. */
const PATIENCE = 60_000;
const LOOK = 50;

/**
 * Resolves once a worker has taken up the run; at once where one works on it already, or where the run is over and
 * there is nothing to resume. A run whose start was posted and that nobody began is begun. Throws HumanError when no
 * worker could be started.
 */
export async function resumeRun(workspace: Workspace, id: RunId): Promise<"resumed" | "at work" | "over"> {
  const view = await readRun(workspace.store, id);
  if (view === undefined) return start(workspace, id, 0, requireModelAccess(workspace.place.env));
  const { kind } = view.run.phase;
  if (isOver(view.run)) return "over";
  if (kind !== "paused" && kind !== "ended" && view.state !== "interrupted") return "at work";
  await requireFiles(view, "it cannot go on");
  // What was adopted from another run is finished without a model.
  const access = view.run.spec.adopts === undefined ? requireModelAccess(workspace.place.env) : {};
  if (kind !== "paused") return start(workspace, id, view.run.lastSeq, access);
  const by = await requirePerson(workspace.repository);
  const folding = await commandRun(workspace, id, { kind: "resume", by }, { role: "worker", access });
  if (folding.kind === "refused") throw new HumanError(`The run ${id} does not resume: ${folding.why}`);
  return "resumed";
}

function isOver(run: Run): boolean {
  return run.phase.kind === "ended" && !mayGoOn(run);
}

async function start(workspace: Workspace, id: RunId, after: number, access: ModelAccess): Promise<"resumed" | "over"> {
  const log = workspace.store.open(id);
  const deadline = performance.now() + PATIENCE;
  let gone = true;
  let code: number | null = 0;
  let spawns = 0;
  while (performance.now() < deadline) {
    for await (const event of log.read(after + 1)) if (isAtWork(event)) return "resumed";
    if (gone && code !== 0) break;
    // A process killed at its last word leaves an end that only the next writer takes over; that one has nothing to do.
    if (gone && spawns > 0 && (await isOverNow(workspace, id))) return "over";
    if (gone && (await log.holder()) === undefined) {
      const spawned = await spawnRunner(workspace, id, "worker", access);
      gone = false;
      spawns += 1;
      void spawned.exited.then((ended) => {
        gone = true;
        code = ended;
      });
    }
    await new Promise<void>((done) => setTimeout(done, LOOK));
  }
  const said = await runnerComplaints(workspace, id);
  throw new HumanError(`No process could take up the run ${id}. ${said === "" ? "" : `Its last words: ${said} `}Nothing was lost; "vigil verify ${id}" and "vigil doctor" look for the cause.`);
}

async function isOverNow(workspace: Workspace, id: RunId): Promise<boolean> {
  const view = await readRun(workspace.store, id);
  return view !== undefined && isOver(view.run);
}

// A worker tests the walls before anything else, or waits for its turn, and says so; before that an ended run still looks ended.
function isAtWork(event: LoggedEvent): boolean {
  return event.kind === "sandbox.tested" || event.kind === "run.queued" || event.kind === "run.paused";
}
