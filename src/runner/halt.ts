// What ends a worker's shift at once, and why: a person's stop, a fault of the supervisor or of the disk, a request to
// leave. It only says so; whoever works listens to the signal.

export class Halt {
  readonly #controller = new AbortController();

  /** Its reason: the sentence of a stop, or the error of a fault or of leaving. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(why: string): void {
    this.#controller.abort(why);
  }

  fail(error: Error): void {
    this.#controller.abort(error);
  }
}

/** The process was asked to leave: nothing more is written, and the run is interrupted, as after a crash. */
export class Leaving extends Error {
  constructor() {
    super("the runner was asked to leave");
    this.name = "Leaving";
  }
}

/** Why the run stops. Throws what made it halt when that was no stop: it must not be told as one. */
export function stopWhy(halt: AbortSignal): string {
  const reason: unknown = halt.reason;
  if (reason instanceof Error) throw reason;
  return typeof reason === "string" ? reason : "a person stopped the run";
}
