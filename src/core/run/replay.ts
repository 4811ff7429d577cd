// The run that a log tells of. The log is the run: there is no other state. Folding a long log takes time in proportion
// to its length, and no run that was given out ever changes.
import type { LoggedEvent } from "../log/event.js";
import { begin, evolve, finishedStep, intendedStep, spentOn } from "./evolve.js";
import type { Run, StepEntry } from "./run.js";

/** The run after all events in order; undefined for a log without `run.started`. */
export function replay(events: Iterable<LoggedEvent>): Run | undefined {
  const folder = new Folder();
  for (const event of events) folder.add(event);
  return folder.run;
}

/** Folds events one after the other. Reading `run` costs a copy of the steps where steps came since the last reading. */
export class Folder {
  /** Up to date but for `steps`, which are in `#steps` while `#ahead`. */
  #run: Run | undefined;
  readonly #steps: StepEntry[] = [];
  #ahead = false;

  add(event: LoggedEvent): void {
    if (this.#run === undefined) {
      if (event.kind === "run.started") this.#run = begin(event);
    } else if (event.kind === "step.intended") {
      this.#steps.push(intendedStep(event));
      this.#settle(this.#run, event);
    } else if (event.kind === "step.finished") {
      const at = this.#steps.findLastIndex((entry) => entry.step === event.step && entry.outcome === undefined);
      const entry = this.#steps[at];
      if (entry !== undefined) this.#steps[at] = finishedStep(entry, event);
      this.#settle(this.#run, event);
    } else this.#run = evolve(this.#run, event);
  }

  /** The run so far; undefined before `run.started`. */
  get run(): Run | undefined {
    if (this.#run !== undefined && this.#ahead) {
      this.#run = { ...this.#run, steps: [...this.#steps] };
      this.#ahead = false;
    }
    return this.#run;
  }

  #settle(run: Run, event: Extract<LoggedEvent, { kind: "step.intended" | "step.finished" }>): void {
    this.#run = { ...spentOn(run, event), lastSeq: event.seq, lastAt: event.at };
    this.#ahead = true;
  }
}
