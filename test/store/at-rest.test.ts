// What is left for readers of a run that has ended: it spares them a long log, and it is never believed where the log is
// another one.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import type { RunEvent } from "../../src/core/log/event.js";
import { replay } from "../../src/core/run/replay.js";
import { followRun } from "../../src/client/follow-run.js";
import { readRun } from "../../src/client/read-run.js";
import { longRun } from "../bench/long-run.js";
import { ADA, ID, inHome, started, type Home } from "./sample.js";

const ENDED: RunEvent = { kind: "run.ended", outcome: "ready", why: "done", cost: { kind: "known", usd: 1 } };
const VERDICT: RunEvent = { kind: "verdict.given", targets: ["d1"], verdict: "accept", basis: "decision", by: { kind: "person", person: ADA } };

/** As a runner does it: appends, then leaves what readers need. */
async function written(home: Home, events: readonly RunEvent[]): Promise<void> {
  const writer = await home.writer();
  const blob = await writer.log.blobs.put("what a tool printed");
  const named = JSON.parse(JSON.stringify(events).replaceAll("b".repeat(64), blob)) as RunEvent[];
  const all = [...writer.events, ...(await writer.append(...named))];
  const run = replay(all);
  assert.ok(run !== undefined);
  await writer.leaveAtRest(all, run);
  await writer.close();
}

const long = (): readonly RunEvent[] => [...longRun(2_400), ENDED];

describe("a run at rest", function () {
  this.timeout(60_000);

  it("is read without its log, and is the same", () =>
    inHome(async (home) => {
      await written(home, long());
      const before = await readRun(home.store, ID);
      const { mtime, atime } = statSync(home.files.log);
      const bytes = readFileSync(home.files.log);
      // The log's bytes are gone, and nothing that a reader may look at tells so: who still reads the run did without them.
      writeFileSync(home.files.log, Buffer.alloc(bytes.length));
      utimesSync(home.files.log, atime, mtime);
      const rest = await home.store.open(ID).atRest();
      if (rest === undefined) return; // This file system keeps finer times than can be set: then it is not believed, which is as well.
      assert.deepEqual((await readRun(home.store, ID))?.run, before?.run);
    }));

  it("is what the log says", () =>
    inHome(async (home) => {
      await written(home, long());
      const rest = await home.store.open(ID).atRest();
      const events = [];
      for await (const event of home.store.open(ID).read()) events.push(event);
      assert.ok(rest !== undefined, "nothing was left");
      assert.deepEqual(rest.steps(), replay(events)?.steps);
      assert.deepEqual((await readRun(home.store, ID))?.run, replay(events));
      assert.deepEqual(await home.store.open(ID).verify(), []);
    }));

  it("is read from the log again once anything was written, and left anew at the next end", () =>
    inHome(async (home) => {
      await written(home, long());
      const steps = statSync(home.files.steps).ino;
      const writer = await home.writer();
      await writer.append(VERDICT);
      await writer.close();
      assert.equal(await home.store.open(ID).atRest(), undefined);
      assert.equal((await readRun(home.store, ID))?.run.decisions[0]?.verdicts["d1"]?.verdict, "accept");
      await written(home, [VERDICT]);
      assert.notEqual(await home.store.open(ID).atRest(), undefined);
      assert.equal(statSync(home.files.steps).ino, steps, "steps that did not change were written again");
    }));

  const spoilt: readonly (readonly [what: string, spoil: (home: Home) => void])[] = [
    ["cut", ({ files }) => { truncateSync(files.log, statSync(files.log).size - 100); }],
    ["changed in place", ({ files }) => {
      const bytes = readFileSync(files.log);
      bytes[1_000] = (bytes[1_000] ?? 0) ^ 1;
      writeFileSync(files.log, bytes);
    }],
    ["without a head", ({ files }) => { writeFileSync(files.head, "nothing"); }],
  ];
  for (const [what, spoil] of spoilt) {
    it(`hides no damage of a log that was ${what}`, () =>
      inHome(async (home) => {
        await written(home, long());
        spoil(home);
        assert.equal(await home.store.open(ID).atRest(), undefined);
        await assert.rejects(readRun(home.store, ID), /damaged/);
      }));
  }

  it("is checked against its log when the record is verified", () =>
    inHome(async (home) => {
      await written(home, long());
      writeFileSync(home.files.condensed, readFileSync(home.files.condensed, "utf8").replace('"title":"Part 1"', '"title":"Something else"'));
      assert.match((await home.store.open(ID).verify()).map(({ problem }) => problem).join(), /what is shown of the run .* is not what its log says; delete that file/);
    }));

  it("tells a follower at once, and whatever comes later", () =>
    inHome(async (home) => {
      await written(home, long());
      const leaving = new AbortController();
      const told: (string | undefined)[] = [];
      for await (const moment of followRun(home.store.open(ID), leaving.signal, "left out")) {
        told.push(moment.kind === "tick" ? `tick ${String(moment.run?.lastSeq)}` : moment.event.kind);
        if (told.length === 1) await written(home, [VERDICT]);
        if (moment.kind === "event") leaving.abort();
      }
      assert.equal(told[0], "tick 2401");
      assert.equal(told.at(-1), "verdict.given");
    }));

  it("says what to do where its steps are damaged", () =>
    inHome(async (home) => {
      await written(home, long());
      writeFileSync(home.files.steps, "{}");
      const view = await readRun(home.store, ID);
      assert.throws(() => view?.run.steps, /Nothing is lost: it is made from the log\. Delete .*condensed\.json/);
    }));

  it("leaves nothing where reading the log is as quick, or where the run goes on", () =>
    inHome(async (home) => {
      await written(home, [started(), ENDED]);
      assert.equal(existsSync(home.files.condensed), false);
      await written(home, longRun(2_400).slice(1));
      await written(home, [{ kind: "run.unpaused", why: "a person resumed the run" }, ENDED]);
      assert.equal(existsSync(home.files.condensed), true);
      await written(home, [{ kind: "run.unpaused", why: "a person resumed the run" }]);
      assert.equal(existsSync(home.files.condensed), false);
    }));
});
