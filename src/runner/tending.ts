// What a worker does beside its run for as long as it works: it gives up a place that the run does not need, keeps the
// machine awake, notices when the machine slept, and has people told. None of it may end the run or hold it up.
import { uptime } from "node:os";
import { Announcer } from "./announcer.js";
import { ClockWatch } from "./clock-watch.js";
import { KeepAwake } from "./keep-awake.js";
import type { Site } from "./site.js";

/** How often it looks, in milliseconds. */
const PULSE_MS = 1_000;

export class Tending {
  readonly #site: Site;
  readonly #fail: (error: unknown) => void;
  readonly #clocks = new ClockWatch({ wall: Date.now, running: () => performance.now(), boot: () => uptime() * 1_000 });
  readonly #announcer: Announcer;
  readonly #awake: KeepAwake | undefined;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();

  /** `fail`: something went wrong that the run cannot go on after, such as a log that takes no more. */
  constructor(site: Site, fail: (error: unknown) => void) {
    this.#site = site;
    this.#fail = fail;
    this.#announcer = new Announcer(site);
    this.#awake = site.ledger.run.spec.keepAwake === true ? new KeepAwake((text) => this.#note(text)) : undefined;
    this.#awake?.begin();
    this.#timer = setInterval(() => { this.#pulse(); }, PULSE_MS);
  }

  /** Gives the place up, and waits for the last announcement unless the signal aborts. */
  async end(leave: AbortSignal): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    this.#awake?.end();
    await this.#site.place.leave();
    await this.#announcer.end(leave);
  }

  #pulse(): void {
    this.#looking = this.#looking.then(() => this.#look()).catch((error: unknown) => { this.#fail(error); });
  }

  async #look(): Promise<void> {
    const { ledger, place } = this.#site;
    if (ledger.lost.aborted || ledger.run.phase.kind === "ended") return;
    await place.look(ledger.run);
    for (const text of this.#clocks.look()) await this.#note(text);
    this.#announcer.look();
    // A run that only waits for a person must not drain a battery all night.
    if (ledger.run.phase.kind === "paused" || (ledger.run.phase.kind === "waiting" && !place.held)) this.#awake?.end();
    else this.#awake?.begin();
  }

  async #note(text: string): Promise<void> {
    await this.#site.ledger.append({ kind: "note.added", text });
  }
}
