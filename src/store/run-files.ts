// Names inside the store's folder: what a run's id looks like and what lies in its folder. Touches no disk.
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";

/** Date, time and a few random characters, as in 20261122-130501-a1b2c3: sorted by name is sorted by age. */
const RUN_ID = /^\d{8}-\d{6}-[0-9a-z]{1,32}$/;

export interface RunFiles {
  readonly id: RunId;
  readonly folder: string;
  readonly log: string;
  readonly head: string;
  readonly inbox: string;
  readonly blobs: string;
  readonly lock: string;
  /** The log condensed and its steps, for readers, once the run has ended: see `at-rest.ts`. */
  readonly condensed: string;
  readonly steps: string;
  /** The runner's git directory for the run; the store only ever deletes it. */
  readonly git: string;
}

export function isRunId(name: string): boolean {
  return RUN_ID.test(name);
}

/** Throws HumanError when `id` is not the id of a run: a name from a command line must not lead out of the folder. */
export function runFiles(runsFolder: string, id: RunId): RunFiles {
  if (!isRunId(id)) throw noSuchRun(id);
  return filesIn(join(runsFolder, id), id);
}

/** The files of a run that lies in `folder`, whatever the folder is called. */
export function filesIn(folder: string, id: RunId): RunFiles {
  return {
    id,
    folder,
    log: join(folder, "log.jsonl"),
    head: join(folder, "head"),
    inbox: join(folder, "inbox"),
    blobs: join(folder, "blobs"),
    lock: join(folder, "lock"),
    condensed: join(folder, "condensed.json"),
    steps: join(folder, "steps.json"),
    git: join(folder, "git"),
  };
}

export function noSuchRun(id: RunId): HumanError {
  return new HumanError(`There is no run "${id}" in this repository. "vigil runs" lists the runs that are here.`, 2);
}
