// Waiting for a service that does not answer: how long, and when the log should hear of it. It waits for as long as the
// service is down, because a night's run must outlive an outage, and it never fills the log with one line a try.

const FIRST_MS = 1_000;
/** Five minutes: long enough to be no burden on a service, short enough to lose little of the night. */
const LONGEST_MS = 300_000;
/** A day: a service that names a later time has not meant it. And a timer of more than 24 days fires at once. */
const LONGEST_ASKED_MS = 86_400_000;

export interface Wait {
  /** Counts from 1. */
  readonly attempt: number;
  readonly ms: number;
  /** The log should hear of it: the first, second, fourth, eighth… time, and when the reason changed. */
  readonly worthSaying: boolean;
}

/** Stateful from the first failure to the next success. */
export class Outage {
  #attempt = 0;
  #why: string | undefined;

  /** `chance` gives a number from 0 up to 1: it spreads out runs that would otherwise all return at the same moment. */
  constructor(private readonly chance: () => number) {}

  over(): void {
    this.#attempt = 0;
    this.#why = undefined;
  }

  /** One more failure. A service that names a time is asked no earlier, but once a day. */
  next(why: string, retryAfterMs: number | undefined): Wait {
    const attempt = ++this.#attempt;
    const changed = why !== this.#why;
    this.#why = why;
    const backoff = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20)) * (1 - this.chance() / 4);
    return { attempt, ms: Math.ceil(Math.max(backoff, Math.min(LONGEST_ASKED_MS, retryAfterMs ?? 0))), worthSaying: changed || Number.isInteger(Math.log2(attempt)) };
  }
}
