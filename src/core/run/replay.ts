// The run that a log tells of. The log is the run: there is no other state.
import type { LoggedEvent } from "../log/event.js";
import { begin, evolve } from "./evolve.js";
import type { Run } from "./run.js";

/** The run after all events in order; undefined for a log without `run.started`. */
export function replay(events: Iterable<LoggedEvent>): Run | undefined {
  let run: Run | undefined;
  for (const event of events) {
    if (run !== undefined) run = evolve(run, event);
    else if (event.kind === "run.started") run = begin(event);
  }
  return run;
}
