// The run's log and the run it tells of, kept in step: append, then evolve. Appends are serialised, so that the order in
// the log is the order in which the run changed.
import { mask } from "../core/text/mask.js";
import type { EventKind, EventOf, LoggedEvent, RunEvent } from "../core/log/event.js";
import type { BlobId } from "../core/log/parts.js";
import { evolve } from "../core/run/evolve.js";
import { replay } from "../core/run/replay.js";
import type { Run } from "../core/run/run.js";
import type { RunWriter } from "../store/store.js";

const SHORTEST_SECRET = 16;

export class Ledger {
  readonly #writer: RunWriter;
  readonly #secrets: readonly string[];
  readonly #events: LoggedEvent[];
  readonly #listeners = new Set<() => void>();
  #run: Run | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** `secrets`: exact values that must never reach the log, such as the model key. */
  constructor(writer: RunWriter, secrets: readonly string[]) {
    this.#writer = writer;
    // A real key is long. A short stand-in, as a local server takes it, would mask ordinary words.
    this.#secrets = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
    this.#events = [...writer.events];
    this.#run = replay(this.#events);
  }

  /** The run so far. A bug throws before `run.started` is appended. */
  get run(): Run {
    if (this.#run === undefined) throw new Error("the log has no run yet");
    return this.#run;
  }

  get started(): boolean {
    return this.#run !== undefined;
  }

  get events(): readonly LoggedEvent[] {
    return this.#events;
  }

  /** Durable, and folded into `run`, when it resolves. A failed write rejects, and every later one too. */
  append(...events: readonly RunEvent[]): Promise<void> {
    const done = this.#last.then(async () => {
      const logged = await this.#writer.append(...events);
      for (const event of logged) this.#fold(event);
      for (const listener of [...this.#listeners]) listener();
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Keeps text as a blob with secrets masked. `masked` counts them. */
  async keep(text: string): Promise<{ readonly id: BlobId; readonly masked: number; readonly text: string }> {
    const clean = mask(text, this.#secrets);
    return { id: await this.#writer.log.blobs.put(clean.text), masked: clean.masked, text: clean.text };
  }

  /** One line for the log: masked, without line breaks, cut at 200 characters. */
  line(text: string): string {
    const flat = mask(text, this.#secrets).text.replaceAll(/\s+/g, " ").trim();
    return flat.length > 200 ? `${flat.slice(0, 199)}…` : flat;
  }

  /** A blob's content as it is: for replies, which the conversation needs verbatim. */
  put(content: string): Promise<BlobId> {
    const exact = this.#secrets.reduce((text, secret) => text.replaceAll(secret, "[masked]"), content);
    return this.#writer.log.blobs.put(exact);
  }

  text(id: BlobId): Promise<string> {
    return this.#writer.log.blobs.text(id);
  }

  /** The newest event of a kind, or undefined. */
  latest<K extends EventKind>(kind: K): (EventOf<K> & { readonly seq: number; readonly at: number }) | undefined {
    return this.#events.findLast((event): event is EventOf<K> & LoggedEvent => event.kind === kind);
  }

  /** Resolves with the first value that `probe` finds, now or after a later append; undefined when the signal aborts. */
  until<T>(probe: (run: Run) => T | undefined, signal: AbortSignal): Promise<T | undefined> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = signal.aborted ? undefined : probe(this.run);
        if (found === undefined && !signal.aborted) return;
        this.#listeners.delete(look);
        signal.removeEventListener("abort", look);
        resolve(found);
      };
      this.#listeners.add(look);
      signal.addEventListener("abort", look);
      look();
    });
  }

  #fold(event: LoggedEvent): void {
    this.#events.push(event);
    this.#run = this.#run === undefined ? replay([event]) : evolve(this.#run, event);
  }
}
