// A run as it happens: every event once, with the run it leads to, and a word when the process behind it is gone.
import type { LoggedEvent } from "../core/log/event.js";
import type { Run } from "../core/run/run.js";
import type { RunLog } from "../store/store.js";
import { isWorking, readingOf } from "./read-run.js";
import { stateOf, type RunState } from "./state-of.js";

/** `tick` comes once the past was told and whenever nothing happens for a while; its state tells whether a runner lives. */
export type Moment =
  | { readonly kind: "event"; readonly event: LoggedEvent; readonly run: Run; readonly state: RunState; readonly past: boolean }
  | { readonly kind: "tick"; readonly run: Run | undefined; readonly state: RunState };

/** How often a silent run is asked whether it lives, in milliseconds. */
const PROBE = 1000;

/**
 * Yields what the log holds already (`past`) and then what comes, until the signal aborts. With `past` left out the run is
 * told at once where its last runner left it condensed; its log is checked all the same before anything new is told. A state "interrupted" is
 * given only after two probes found the lock free, so that the moment between two processes is no alarm.
 */
export async function* followRun(log: RunLog, signal: AbortSignal, past: "told" | "left out" = "told"): AsyncGenerator<Moment> {
  const rest = past === "told" ? undefined : await log.atRest();
  const reading = readingOf(log, rest);
  const fold = (event: LoggedEvent): Run | undefined => {
    reading.add(event);
    return reading.run();
  };
  if (rest === undefined) {
    for await (const event of log.read()) {
      const run = fold(event);
      if (run !== undefined) yield { kind: "event", event, run, state: stateOf(run, true), past: true };
    }
  }
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const events = log.follow(reading.read() + 1, both)[Symbol.asyncIterator]();
  let free = 0;
  try {
    let next = events.next();
    yield tick(reading.run(), true);
    while (!both.aborted) {
      const outcome = await firstOf(next, both);
      if (outcome.kind === "event") {
        if (outcome.result.done === true) return;
        const run = fold(outcome.result.value);
        free = 0;
        next = events.next();
        if (run !== undefined) yield { kind: "event", event: outcome.result.value, run, state: stateOf(run, true), past: false };
        continue;
      }
      // Of a run that has ended nobody asks, and to ask starts a process each time.
      free = reading.run()?.phase.kind === "ended" || isWorking(reading.processes(), await log.holder()) ? 0 : free + 1;
      yield tick(reading.run(), free < 2);
    }
  } finally {
    stop.abort();
    await events.return?.();
  }
}

function tick(run: Run | undefined, works: boolean): Moment {
  return { kind: "tick", run, state: run === undefined ? (works ? "preparing" : "interrupted") : stateOf(run, works) };
}

async function firstOf(next: Promise<IteratorResult<LoggedEvent>>, signal: AbortSignal) {
  let timer: NodeJS.Timeout | undefined;
  let aborted: (() => void) | undefined;
  const quiet = new Promise<{ kind: "quiet" }>((done) => {
    timer = setTimeout(() => { done({ kind: "quiet" }); }, PROBE);
    aborted = () => { done({ kind: "quiet" }); };
    signal.addEventListener("abort", aborted, { once: true });
  });
  try {
    return await Promise.race([next.then((result) => ({ kind: "event" as const, result })), quiet]);
  } finally {
    clearTimeout(timer);
    if (aborted !== undefined) signal.removeEventListener("abort", aborted);
  }
}
