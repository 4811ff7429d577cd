// The run's log and the run it tells of, kept in step: append, then evolve. Appends are serialised, so that the order in
// the log is the order in which the run changed.
import { mask } from "../core/text/mask.js";
import type { EventKind, EventOf, LoggedEvent, RunEvent } from "../core/log/event.js";
import type { BlobId } from "../core/log/parts.js";
import { Folder } from "../core/run/replay.js";
import type { Run } from "../core/run/run.js";
import type { RunWriter } from "../store/store.js";

const SHORTEST_SECRET = 16;

export class Ledger {
  readonly #writer: RunWriter;
  readonly #secrets: readonly string[];
  readonly #events: LoggedEvent[];
  readonly #listeners = new Set<() => void>();
  readonly #hearers = new Set<(event: LoggedEvent) => void>();
  readonly #folder = new Folder();
  readonly #lost = new AbortController();
  #shut: Error | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** `secrets`: exact values that must never reach the log, such as the model key. */
  constructor(writer: RunWriter, secrets: readonly string[]) {
    this.#writer = writer;
    // A real key is long. A short stand-in, as a local server takes it, would mask ordinary words.
    this.#secrets = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
    this.#events = [...writer.events];
    for (const event of this.#events) this.#folder.add(event);
  }

  /** The run so far. A bug throws before `run.started` is appended. */
  get run(): Run {
    const { run } = this.#folder;
    if (run === undefined) throw new Error("the log has no run yet");
    return run;
  }

  get started(): boolean {
    return this.#folder.run !== undefined;
  }

  get events(): readonly LoggedEvent[] {
    return this.#events;
  }

  /** Aborts, with the error as its reason, when the log could not be written: nothing may be done after that. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Durable, and folded into `run`, when it resolves. A failed write rejects, and every later one too. */
  append(...events: readonly RunEvent[]): Promise<void> {
    return this.#queue(async () => {
      if (this.#shut !== undefined) throw this.#shut;
      await this.#write(events);
    });
  }

  /** From now on every append rejects with `error`, so that whatever still works comes to its end without a further word. */
  shut(error: Error): void {
    this.#shut ??= error;
  }

  /** The one event that may follow a `shut`: that the process leaves. */
  lastWord(event: RunEvent): Promise<void> {
    return this.#queue(() => this.#write([event]));
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

  /** Calls back with every event once it is durable and folded, until what is returned is called. */
  hear(hearer: (event: LoggedEvent) => void): () => void {
    this.#hearers.add(hearer);
    return () => { this.#hearers.delete(hearer); };
  }

  #queue(write: () => Promise<void>): Promise<void> {
    const done = this.#last.then(write);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write(events: readonly RunEvent[]): Promise<void> {
    const appended: LoggedEvent[] = [];
    try {
      for (const event of await this.#writer.append(...events.map((event) => this.#clean(event)))) {
        this.#events.push(event);
        this.#folder.add(event);
        appended.push(event);
      }
    } catch (error) {
      this.#lost.abort(error);
      throw error;
    }
    for (const listener of [...this.#listeners]) listener();
    for (const event of appended) for (const hearer of [...this.#hearers]) hearer(event);
  }

  // What a person pasted and what the model named must not put a secret into a line either. The start is left as it is:
  // the run works from it, and nothing of it comes from a model.
  #clean(event: RunEvent): RunEvent {
    return event.kind === "run.started" ? event : (withoutSecrets(event, this.#secrets) as RunEvent);
  }
}

// Masking only shortens texts, so that what had an event's shape keeps it.
function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return value.length < SHORTEST_SECRET ? value : mask(value, secrets).text;
  if (Array.isArray(value)) return value.map((entry) => withoutSecrets(entry, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withoutSecrets(entry, secrets)]));
}
