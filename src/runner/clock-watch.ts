// Notices that the machine slept or that its clock was set, by comparing three clocks that differ in just that. A run goes
// on either way; the record must tell why hours are missing in it.
import { duration } from "../core/run/amounts.js";

/** All in milliseconds. */
export interface Clocks {
  /** As people have it; anybody may set it. */
  wall(): number;
  /** Stands still while the machine sleeps, and nobody sets it. Work is measured by it. */
  running(): number;
  /** Since the machine started, sleep included; nobody sets it. */
  boot(): number;
}

/** Less is the clock being kept right, or a machine under load. */
const LEAST_MS = 10_000;

export class ClockWatch {
  readonly #clocks: Clocks;
  #last: Readonly<Record<keyof Clocks, number>>;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#last = this.#read();
  }

  /** A sentence for each thing that happened since the last look. */
  look(): readonly string[] {
    const now = this.#read();
    const passed = { wall: now.wall - this.#last.wall, running: now.running - this.#last.running, boot: now.boot - this.#last.boot };
    this.#last = now;
    const slept = passed.boot - passed.running;
    const set = passed.wall - passed.boot;
    return [
      ...(slept < LEAST_MS ? [] : [`The machine slept for ${duration(slept)}. The run goes on; that time does not count as work.`]),
      ...(Math.abs(set) < LEAST_MS ? [] : [`The machine's clock was set ${set > 0 ? "forward" : "back"} by ${duration(Math.abs(set))} while the run worked, so times in this record are not in one line. Nothing is measured by it.`]),
    ];
  }

  #read(): Readonly<Record<keyof Clocks, number>> {
    return { wall: this.#clocks.wall(), running: this.#clocks.running(), boot: this.#clocks.boot() };
  }
}
