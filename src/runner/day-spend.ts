// What all runs of the repository spent on the model since local midnight. It only reads, and reads again only what was
// written since the last time it was asked.
import { stat } from "node:fs/promises";
import path from "node:path";
import { HumanError } from "../core/error.js";
import type { LoggedEvent } from "../core/log/event.js";
import type { RunLog, Store } from "../store/store.js";

interface Seen {
  readonly size: number;
  /** Events before this one were counted. */
  readonly next: number;
  /** The midnight that `usd` counts from. */
  readonly since: number;
  readonly usd: number;
}

/** A file that nobody wrote to for so long holds nothing of today, even if the clock was set back by a day meanwhile. */
const UNTOUCHED_MS = 2 * 86_400_000;

export class DaySpend {
  readonly #store: Store;
  readonly #own: string;
  readonly #seen = new Map<string, Seen>();
  /** The same of the run's own log, which is read from memory. */
  #mine: Seen = { size: 0, next: 0, since: 0, usd: 0 };

  constructor(store: Store, own: string) {
    this.#store = store;
    this.#own = own;
  }

  /** US dollars of known price. `events`: the own run's so far. */
  async usd(events: readonly LoggedEvent[]): Promise<number> {
    const since = midnight();
    let usd = this.#ofMine(events, since);
    for (const id of await this.#store.list()) if (id !== this.#own) usd += await this.#of(this.#store.open(id), since);
    return usd;
  }

  // From the beginning, not back to the first event of yesterday: a clock that was set leaves days out of order.
  #ofMine(events: readonly LoggedEvent[], since: number): number {
    const from = this.#mine.since === since ? this.#mine : { size: 0, next: 0, since, usd: 0 };
    const usd = events.slice(from.next).reduce((sum, event) => (event.at >= since ? sum + priceOf(event) : sum), from.usd);
    this.#mine = { size: 0, next: events.length, since, usd };
    return usd;
  }

  async #of(log: RunLog, since: number): Promise<number> {
    const file = await stat(path.join(log.folder, "log.jsonl")).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (file === undefined || file.mtimeMs < since - UNTOUCHED_MS) return 0;
    const before = this.#seen.get(log.id);
    const from = before?.since === since ? before : { size: -1, next: 1, since, usd: 0 };
    if (from.size === file.size) return from.usd;
    const seen = await countedFrom(log, { ...from, size: file.size });
    this.#seen.set(log.id, seen);
    return seen.usd;
  }
}

/** Midnight before now, where this machine is, in epoch milliseconds. */
export function midnight(): number {
  return new Date().setHours(0, 0, 0, 0);
}

async function countedFrom(log: RunLog, from: Seen): Promise<Seen> {
  let { next, usd } = from;
  try {
    for await (const event of log.read(next)) {
      next = event.seq + 1;
      if (event.at >= from.since) usd += priceOf(event);
    }
  } catch (error) {
    // Another run's damaged log is that run's matter; what could be read of it counts.
    if (!(error instanceof HumanError)) throw error;
  }
  return { ...from, next, usd };
}

function priceOf(event: LoggedEvent): number {
  return (event.kind === "turn.received" || event.kind === "turn.discarded") && event.cost.kind === "known" ? event.cost.usd : 0;
}
