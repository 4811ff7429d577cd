// This run's place among those that work at the same time. A run that is paused, or has waited for a person for a while,
// gives its place up and asks for one again before it goes on; waiting costs no model call and no worktree.
import { queueText } from "../core/run/queue-text.js";
import type { Run } from "../core/run/run.js";
import type { Places } from "../store/places.js";
import type { Ledger } from "./ledger.js";
import { slept } from "./slept.js";

/** What holds for a run whose starter set nothing. */
const AT_ONCE = 3;
/** How often a waiting run asks, in milliseconds. Asking starts a process for each run before it. */
const LOOK_MS = 2_000;
/** A person who answers within this finds the run ready to go on, in milliseconds. */
const PATIENCE_MS = 5 * 60_000;

export class RunPlace {
  readonly #places: Pick<Places, "ask" | "leave">;
  readonly #patience: number;
  #held = false;
  /** Since when the run has waited for a person, by a clock that nobody sets. */
  #idleSince: number | undefined;

  constructor(places: Pick<Places, "ask" | "leave">, patience = PATIENCE_MS) {
    this.#places = places;
    this.#patience = patience;
  }

  /** Resolves once the run has a place and is not paused, or must halt. True when it had to wait: people may have decided something meanwhile. */
  async hold({ ledger, halt }: { readonly ledger: Pick<Ledger, "run" | "append" | "until">; readonly halt: AbortSignal }): Promise<boolean> {
    const most = ledger.run.spec.atOnce ?? AT_ONCE;
    const since = performance.now();
    let waited = false;
    let told: string | undefined;
    while (!this.#held && !halt.aborted) {
      if (ledger.run.phase.kind === "paused") {
        await this.leave();
        await ledger.until((run) => (run.phase.kind === "paused" ? undefined : true), halt);
        waited = true;
        told = undefined;
        continue;
      }
      const asked = await this.#places.ask(most);
      if (asked.kind === "place") {
        this.#held = true;
        this.#idleSince = undefined;
        // Also where an earlier process of the run was killed in the queue.
        if (ledger.run.phase.kind === "queued") await ledger.append({ kind: "run.dequeued", waitedMs: Math.round(performance.now() - since) });
        return waited;
      }
      waited = true;
      const behind = [...asked.behind];
      if (behind.join() !== told) await ledger.append({ kind: "run.queued", why: queueText(behind, most), behind });
      told = behind.join();
      await slept(LOOK_MS, halt);
    }
    return waited;
  }

  /** Looks whether the run still needs its place. Call it now and then while a worker is there. */
  async look({ phase }: Run): Promise<void> {
    const waits = phase.kind === "waiting" || (phase.kind === "paused" && phase.on !== undefined);
    if (!waits) this.#idleSince = undefined;
    else if ((this.#idleSince ??= performance.now()) + this.#patience <= performance.now()) await this.leave();
  }

  async leave(): Promise<void> {
    this.#held = false;
    await this.#places.leave();
  }

  get held(): boolean {
    return this.#held;
  }
}
