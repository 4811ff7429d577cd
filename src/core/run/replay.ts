// The run that a log tells of. The log is the run: there is no other state. Each event costs the same however long the log
// has become, and no run that was given out ever changes.
import type { LoggedEvent, RunEvent } from "../log/event.js";
import type { Condensed } from "./condensed.js";
import type { StepDigest } from "./digest-schema.js";
import { begin, evolve, finishedStep, intendedStep, spentOn } from "./evolve.js";
import type { Run, StepEntry } from "./run.js";

/** The run after all events in order; undefined for a log without `run.started`. */
export function replay(events: Iterable<LoggedEvent>): Run | undefined {
  const folder = new Folder();
  for (const event of events) folder.add(event);
  return folder.run;
}

/** What a run will be once these events are in its log. */
export function replayOn(run: Run, events: readonly RunEvent[]): Run {
  return events.reduce((soFar, event, n) => evolve(soFar, { ...event, seq: run.lastSeq + n + 1, at: run.lastAt }), run);
}

/** A step as it was intended, and as it is since its outcome. */
interface Track {
  readonly intended: StepEntry;
  finished: StepEntry | undefined;
  /** The event that brought the outcome. */
  at: number;
}

/** Folds events one after the other. A run's list of steps is put together when somebody first reads it. */
export class Folder {
  /** All but the steps. */
  #run: Run | undefined;
  #given: Run | undefined;
  /** Grows at its end only, so that every run given out finds its own steps in it. */
  readonly #tracks: Track[] = [];
  /** The steps of a condensed log, until the first event about a step: they are in `#tracks` from then on. */
  #apart: { readonly steps: () => readonly StepEntry[]; readonly digest: StepDigest } | undefined;

  /** Goes on from where a condensed log ends. `steps` is called at most once, when somebody first asks for them. */
  static resting({ events, after, digest, spent, goalWork, tree, lastStep, lastSeq, lastAt }: Condensed, steps: () => readonly StepEntry[]): Folder {
    const folder = new Folder();
    for (const [n, event] of events.entries()) {
      if (folder.#run !== undefined) folder.#run = { ...folder.#run, lastStep: after[n] ?? 0 };
      folder.add(event);
    }
    let read: readonly StepEntry[] | undefined;
    folder.#apart = { steps: () => (read ??= steps()), digest };
    if (folder.#run !== undefined) folder.#run = { ...folder.#run, spent, goalWork, tree, lastStep, lastSeq, lastAt };
    return folder;
  }

  add(event: LoggedEvent): void {
    this.#given = undefined;
    if (this.#run === undefined) {
      if (event.kind === "run.started") this.#run = begin(event);
      return;
    }
    if (this.#apart !== undefined && (event.kind === "step.intended" || event.kind === "step.finished")) this.#takeUp(this.#apart.steps());
    if (event.kind === "step.intended") this.#tracks.push({ intended: intendedStep(event), finished: undefined, at: 0 });
    else if (event.kind === "step.finished") this.#finish(event);
    else {
      this.#run = evolve(this.#run, event);
      return;
    }
    this.#run = { ...this.#run, ...spentOn(this.#run, event), lastSeq: event.seq, lastAt: event.at };
  }

  /** The run so far; undefined before `run.started`. */
  get run(): Run | undefined {
    if (this.#given === undefined && this.#run !== undefined) this.#given = withSteps(this.#run, this.#tracks, this.#apart);
    return this.#given;
  }

  #takeUp(steps: readonly StepEntry[]): void {
    for (const step of steps) this.#tracks.push({ intended: step, finished: step.outcome === undefined ? undefined : step, at: 0 });
    this.#apart = undefined;
  }

  #finish(event: Extract<LoggedEvent, { kind: "step.finished" }>): void {
    const track = this.#tracks.findLast(({ intended, finished }) => intended.step === event.step && finished === undefined);
    if (track === undefined) return;
    track.finished = finishedStep(track.intended, event);
    track.at = event.seq;
  }
}

function withSteps(run: Run, tracks: readonly Track[], apart: { readonly steps: () => readonly StepEntry[]; readonly digest: StepDigest } | undefined): Run {
  const { length } = tracks;
  let steps: readonly StepEntry[] | undefined;
  const given = apart === undefined ? { ...run } : Object.defineProperty({ ...run }, "digest", { value: apart.digest });
  return Object.defineProperty(given, "steps", {
    enumerable: true,
    configurable: true,
    // What has come since is not this run's.
    get: () => (steps ??= apart?.steps() ?? tracks.slice(0, length).map(({ intended, finished, at }) => (finished !== undefined && at <= run.lastSeq ? finished : intended))),
  });
}
