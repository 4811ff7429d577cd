// A run as it stands now: the log folded, and whether a process works on it.
import { HumanError } from "../core/error.js";
import type { LoggedEvent } from "../core/log/event.js";
import { Folder } from "../core/run/replay.js";
import type { Run, RunId } from "../core/run/run.js";
import type { AtRest, LockInfo, RunLog, Store } from "../store/store.js";
import { stateOf, type RunState } from "./state-of.js";

/** A run as its log was folded to, and where its texts and files lie. */
export interface RunAndLog {
  readonly log: RunLog;
  readonly run: Run;
}

export interface RunView extends RunAndLog {
  readonly state: RunState;
  /** The living runner, worker or clerk. */
  readonly holder: LockInfo | undefined;
}

/** What the log says about processes: folded beside the run, because the run itself does not depend on them. */
export interface Processes {
  readonly role: "worker" | "clerk" | undefined;
  readonly pid: number | undefined;
}

export const NO_PROCESSES: Processes = { role: undefined, pid: undefined };

export function processesAfter(before: Processes, event: LoggedEvent): Processes {
  if (event.kind === "runner.started") return { role: event.role, pid: event.pid };
  return event.kind === "runner.ended" ? NO_PROCESSES : before;
}

/** A clerk that folds an answer is no sign of life: only a worker is. A holder that has not logged yet counts as one. */
export function isWorking(processes: Processes, holder: LockInfo | undefined): boolean {
  return holder !== undefined && (processes.role !== "clerk" || processes.pid !== holder.pid);
}

/** Undefined for a run whose runner has not begun its log. Throws HumanError when the log is damaged or too new. */
export async function readRun(store: Store, id: RunId): Promise<RunView | undefined> {
  const log = store.open(id);
  const reading = readingOf(log, await log.atRest());
  let run = await reading.more();
  if (run === undefined) return undefined;
  const holder = await log.holder();
  // Whoever let the lock go since the log was read wrote the run's end first: without that it would look interrupted.
  if (holder === undefined && run.phase.kind !== "ended") run = (await reading.more()) ?? run;
  return { log, run, holder, state: stateOf(run, isWorking(reading.processes(), holder)) };
}

/** As `readRun`, but whether a process holds a run that has ended is not asked: to ask starts a process of its own. */
export async function readState(store: Store, id: RunId): Promise<(RunAndLog & { readonly state: RunState }) | undefined> {
  const log = store.open(id);
  const reading = readingOf(log, await log.atRest());
  const run = await reading.more();
  if (run?.phase.kind !== "ended") return readRun(store, id);
  return { log, run, state: stateOf(run, false) };
}

export interface Reading {
  /** Folds what the log holds by now. */
  more(): Promise<Run | undefined>;
  /** Folds one event more, which somebody else read. */
  add(event: LoggedEvent): void;
  run(): Run | undefined;
  /** The number of the last event that was folded; 0 before the first. */
  read(): number;
  processes(): Processes;
}

/** `rest`: what the last runner left of a run that has ended, to begin with: most of a long log need not be read then. */
export function readingOf(log: RunLog, rest: AtRest | undefined): Reading {
  const folder = rest === undefined ? new Folder() : Folder.resting(rest.condensed, rest.steps);
  let processes = rest?.condensed.events.reduce(processesAfter, NO_PROCESSES) ?? NO_PROCESSES;
  let read = rest?.condensed.lastSeq ?? 0;
  const add = (event: LoggedEvent): void => {
    folder.add(event);
    processes = processesAfter(processes, event);
    read = event.seq;
  };
  return {
    add,
    processes: () => processes,
    read: () => read,
    run: () => folder.run,
    async more() {
      // Nothing to look for after an end that a moment ago was the log's.
      if (rest === undefined || read !== rest.condensed.lastSeq) for await (const event of log.read(read + 1)) add(event);
      return folder.run;
    },
  };
}

/** What a damaged record still tells: the run up to the damage, undefined where its very start is gone. */
export async function readLeft(log: RunLog): Promise<{ readonly run: Run | undefined; readonly problem: string | undefined }> {
  const folder = new Folder();
  try {
    for await (const event of log.read()) folder.add(event);
    return { run: folder.run, problem: undefined };
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    return { run: folder.run, problem: error.message };
  }
}

/** As `readRun`, for verbs that need a run that began. */
export async function requireRun(store: Store, id: RunId): Promise<RunView> {
  const view = await readRun(store, id);
  if (view !== undefined) return view;
  throw new HumanError(`The run ${id} has not begun: its log is empty. Wait a moment; if it stays so, begin it with "vigil resume ${id}", or take it away with "vigil remove ${id}". "vigil doctor" says what this machine lacks.`);
}
