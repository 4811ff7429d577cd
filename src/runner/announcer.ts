// Tells a person who is not looking: by the command that they set, and on the desktop while no editor window shows the run.
// It waits for nobody, and whatever goes wrong with it is one note in the record.
import path from "node:path";
import { announcementOf, escalation, type Announcement } from "../core/run/announcement.js";
import type { LoggedEvent } from "../core/log/event.js";
import { isQuiet } from "../core/policy/quiet-hours.js";
import { showOnDesktop } from "./desktop.js";
import { runNotifyCommand } from "./notify-command.js";
import type { Site } from "./site.js";
import { isWatched } from "./watched.js";

/** Announcements that wait behind a slow command; what is told beyond them would be read by nobody. */
const MOST_WAITING = 20;
const FAILED = "vigil.notify.command";

export class Announcer {
  readonly #site: Site;
  readonly #leave = new AbortController();
  readonly #told = new Set<string>();
  #unhear: () => void;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** What came in quiet hours and matters after them. */
  #held: Announcement[] = [];

  constructor(site: Site) {
    this.#site = site;
    this.#unhear = site.ledger.hear((event) => { this.#heard(event); });
  }

  /** Call it now and then: quiet hours end, and questions get old. */
  look(): void {
    const { run } = this.#site.ledger;
    const now = this.#site.now();
    for (const gate of run.gates.filter(({ state }) => state.kind === "open")) {
      for (const [n, rule] of run.spec.policy.values.escalation.entries()) {
        const key = `escalation ${gate.id} ${String(n)}`;
        if (now - gate.raisedAt < rule.afterMinutes * 60_000 || this.#told.has(key)) continue;
        this.#told.add(key);
        this.#tell(escalation(run, gate, now - gate.raisedAt, rule));
      }
    }
    if (this.#held.length === 0 || this.#isQuiet()) return;
    const due = this.#held.filter(({ gate, event }) => (gate === undefined ? event !== "outage" || run.phase.kind === "outage" : run.gates.some(({ id, state }) => id === gate && (state.kind === "open" || state.kind === "parked"))));
    this.#held = [];
    for (const announcement of due) this.#put(announcement);
  }

  /** Resolves when all was told, at once when the signal aborts. What quiet hours held back then stays untold: nobody is there to tell it later. */
  async end(leave: AbortSignal): Promise<void> {
    this.#unhear();
    const abort = (): void => { this.#leave.abort(); };
    if (leave.aborted) abort();
    leave.addEventListener("abort", abort);
    await this.#queue;
    leave.removeEventListener("abort", abort);
  }

  #heard(event: LoggedEvent): void {
    // A service that answered again may be away a second time.
    if (event.kind === "turn.answered" || event.kind === "turn.received") this.#told.delete("outage");
    const announcement = announcementOf(event, this.#site.ledger.run);
    if (announcement === undefined) return;
    const key = announcement.event === "outage" ? "outage" : `${announcement.event} ${announcement.gate ?? String(event.seq)}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#tell(announcement);
  }

  // Quiet means quiet, a failure included: nothing is lost by hearing of it in the morning.
  #tell(announcement: Announcement): void {
    if (this.#isQuiet()) this.#held.push(announcement);
    else this.#put(announcement);
  }

  #put(announcement: Announcement): void {
    if (this.#waiting >= MOST_WAITING) return;
    this.#waiting += 1;
    this.#queue = this.#queue
      .then(() => this.#announce(announcement))
      .catch(() => undefined)
      .finally(() => { this.#waiting -= 1; });
  }

  async #announce(announcement: Announcement): Promise<void> {
    const { ledger, repository } = this.#site;
    const notify = ledger.run.spec.notify;
    if (this.#leave.signal.aborted || notify === undefined) return;
    if (notify.desktop && announcement.event !== "escalation" && !(await isWatched(path.join(repository.commonDir, "vigil", "runs"), this.#site.now()))) await showOnDesktop(announcement);
    if (notify.command === undefined) return;
    const problem = await runNotifyCommand(notify.command, ledger.run.id, announcement, this.#leave.signal);
    if (problem === undefined || ledger.run.notes.some((note) => note.startsWith(FAILED))) return;
    await ledger.append({ kind: "note.added", text: `${FAILED} ${problem}. The run goes on without it, and this is said once; later announcements are tried all the same. Correct the command in your own settings; a new run takes it from there.` });
  }

  #isQuiet(): boolean {
    const now = new Date(this.#site.now());
    return isQuiet(this.#site.ledger.run.spec.notify?.quietHours ?? "", now.getHours(), now.getMinutes());
  }
}
