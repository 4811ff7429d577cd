// The parts of a worker that look after it beside its work, each with a clock, a log and places that the test holds.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import { evolve } from "../../src/core/run/evolve.js";
import type { Run } from "../../src/core/run/run.js";
import { Announcer } from "../../src/runner/announcer.js";
import { RunPlace } from "../../src/runner/run-place.js";
import type { Site } from "../../src/runner/site.js";
import type { Asked } from "../../src/store/places.js";
import { run as sample } from "../unit/run-builder.js";

/** A log in memory, as far as these parts need one. */
class Log {
  readonly events: RunEvent[] = [];
  readonly #hearers = new Set<(event: LoggedEvent) => void>();

  constructor(public run: Run) {}

  append(...events: readonly RunEvent[]): Promise<void> {
    for (const event of events) {
      this.events.push(event);
      const logged = { ...event, seq: this.events.length + 1, at: 1 };
      this.run = evolve(this.run, logged);
      for (const hearer of this.#hearers) hearer(logged);
    }
    return Promise.resolve();
  }

  hear(hearer: (event: LoggedEvent) => void): () => void {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  }

  async until<T>(probe: (run: Run) => T | undefined): Promise<T | undefined> {
    for (;;) {
      const found = probe(this.run);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

const raised = (gate: string): RunEvent => ({ kind: "gate.raised", gate, type: "question", target: `About ${gate}`, why: "w", options: [], digest: "d", shown: "0".repeat(64) });
const answered = (gate: string): RunEvent => ({ kind: "gate.answered", gate, answer: "allow", forRun: false, by: { name: "A", email: "a@b" }, digest: "d", command: "c" });

describe("beside the work", () => {
  it("a run gives its place up once it has waited for a person for long, and asks again before it goes on", async () => {
    const log = new Log(sample());
    const answers: Asked[] = [{ kind: "place" }, { kind: "place" }];
    let left = 0;
    const place = new RunPlace({ ask: () => Promise.resolve(answers.shift() ?? { kind: "place" }), leave: () => Promise.resolve(void (left += 1)) }, 40);
    const halt = new AbortController().signal;
    assert.equal(await place.hold({ ledger: log, halt }), false);
    await place.look(log.run);
    await log.append(raised("g1"), { kind: "gate.awaited", gate: "g1" });
    await place.look(log.run);
    assert.deepEqual([place.held, left], [true, 0]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await place.look(log.run);
    assert.deepEqual([place.held, left], [false, 1]);
    await log.append(answered("g1"));
    await place.hold({ ledger: log, halt });
    assert.equal(place.held, true);
  });

  it("a run that is paused in line waits without asking, and asks anew when it goes on", async () => {
    const log = new Log(sample());
    const asked: Asked[] = [{ kind: "wait", behind: ["r-0"] }, { kind: "place" }];
    const place = new RunPlace({ ask: () => Promise.resolve(asked.shift() ?? { kind: "place" }), leave: () => Promise.resolve() });
    const holding = place.hold({ ledger: log, halt: new AbortController().signal });
    await log.until((run) => (run.phase.kind === "queued" ? true : undefined));
    await log.append({ kind: "run.paused", why: "p" });
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    assert.deepEqual([place.held, asked.length], [false, 1]);
    await log.append({ kind: "run.unpaused", why: "u" });
    assert.equal(await holding, true);
    assert.deepEqual(log.events.map(({ kind }) => kind), ["run.queued", "run.paused", "run.unpaused"]);
  });

  it("quiet hours hold back what waits, and tell it at their end if it still does", async () => {
    const folder = mkdtempSync(join(tmpdir(), "vigil-told-"));
    try {
      const file = join(folder, "told");
      const started = sample();
      const log = new Log({ ...started, spec: { ...started.spec, notify: { command: `cat >> ${file}`, quietHours: "22:00-07:00", desktop: false } } });
      let now = new Date(2026, 10, 26, 23, 0).getTime();
      // What an announcer uses of its site, and no more.
      const site = { ledger: log, repository: { commonDir: folder }, now: () => now } as unknown as Site;
      const announcer = new Announcer(site);
      await log.append(raised("g1"), raised("g2"));
      announcer.look();
      await log.append(answered("g1"));
      now = new Date(2026, 10, 27, 7, 0).getTime();
      announcer.look();
      announcer.look();
      await announcer.end(new AbortController().signal);
      assert.deepEqual(readFileSync(file, "utf8").trim().split("\n"), ['Vigil: Make the parser accept comments: Approval g2 (question) waits for you: About g2 (why: "w")']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
