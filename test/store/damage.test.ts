// What accidents do to a log: cut at every byte, bits flipped, zeros after a power cut. What is left is the longest valid
// prefix, and what was lost is said.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoggedEvent } from "../../src/core/log/event.js";
import { LogDamaged } from "../../src/store/damage.js";
import { encodeHead } from "../../src/store/head.js";
import { START } from "../../src/store/position.js";
import { chanceOf } from "../chance.js";
import { ID, collect, collectUntilError, errorOf, filled, inHome, note, sampleEvents } from "./sample.js";
import type { Home } from "./sample.js";

/** Offsets just after each line. */
function lineEnds(log: Buffer): readonly number[] {
  return [...log.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index + 1);
}

function wholeLines(ends: readonly number[], length: number): number {
  return ends.filter((end) => end <= length).length;
}

/** Opens for writing and says what was found, what was set aside, and what the log then holds. */
async function repair(home: Home): Promise<{ events: readonly LoggedEvent[]; aside: string | undefined; log: Buffer }> {
  // The clock names what is set aside: one that stood still would make every name a search.
  const writer = await home.writer(() => performance.now() * 1_000);
  await writer.close();
  return { events: writer.events, aside: writer.repaired && readFileSync(writer.repaired.aside, "latin1"), log: readFileSync(home.files.log) };
}

describe("a log cut at every byte", () => {
  it("before its durable end reads up to the cut, then says which events are missing", () =>
    inHome(async (home) => {
      const logged = await filled(home, sampleEvents(41).slice(1));
      const whole = readFileSync(home.files.log);
      const ends = lineEnds(whole);
      for (let length = whole.length - 1; length >= 0; length--) {
        truncateSync(home.files.log, length);
        const left = wholeLines(ends, length);
        const { items, error } = await collectUntilError(home.store.open(ID).read());
        assert.deepEqual(items, logged.slice(0, left));
        assert.ok(error instanceof LogDamaged);
        assert.deepEqual(error.damage, { seq: left, problem: left === 39 ? "event 40 is missing from its end" : `events ${left + 1} to 40 are missing from its end` });
      }
      await assert.rejects(home.writer(), LogDamaged);
    })).timeout(60_000);

  it("after its durable end keeps the whole lines and sets the torn one aside", () =>
    inHome(async (home) => {
      const logged = await filled(home, sampleEvents(13).slice(1));
      const whole = readFileSync(home.files.log);
      const ends = lineEnds(whole);
      for (let length = ends[9]!; length <= whole.length; length++) {
        writeFileSync(home.files.log, whole.subarray(0, length));
        const durable = { seq: 10, bytes: ends[9]!, hash: (JSON.parse(whole.subarray(ends[8], ends[9]).toString()) as { hash: string }).hash };
        writeFileSync(home.files.head, encodeHead(durable));
        assert.deepEqual(await collect(home.store.open(ID).read()), logged.slice(0, 10));
        const left = wholeLines(ends, length);
        const kept = ends[left - 1]!;
        assert.deepEqual(await repair(home), { events: logged.slice(0, left), aside: length === kept ? undefined : whole.toString("latin1", kept, length), log: whole.subarray(0, kept) });
        assert.deepEqual(await home.store.open(ID).verify(), []);
      }
    })).timeout(60_000);

  it("never keeps half of an append", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      const first = await writer.append(note(1));
      const durable = readFileSync(home.files.head);
      await writer.append(note(2), note(3), note(4));
      await writer.close();
      const whole = readFileSync(home.files.log);
      for (let length = lineEnds(whole)[0]! + 1; length < whole.length; length++) {
        writeFileSync(home.files.log, whole.subarray(0, length));
        writeFileSync(home.files.head, durable);
        const repaired = await repair(home);
        assert.deepEqual(repaired.events, first);
        assert.equal(repaired.log.length + (repaired.aside ?? "").length, length);
      }
    })).timeout(60_000);

  it("goes on after a repair as if nothing had been, beside a torn file with a telling name", () =>
    inHome(async (home) => {
      const logged = await filled(home, sampleEvents(3));
      writeFileSync(home.files.log, '{"seq":4,"at":1,', { flag: "a" });
      const writer = await home.writer(() => 77);
      assert.deepEqual(writer.repaired, { bytes: 16, aside: join(home.files.folder, "torn-3-77") });
      const more = await writer.append(note(4));
      await writer.close();
      assert.deepEqual(await collect(home.store.open(ID).read()), [...logged, ...more]);
      assert.deepEqual(readdirSync(home.files.folder).sort(), ["blobs", "head", "inbox", "lock", "log.jsonl", "torn-3-77"]);
    }));

  it("takes the zeros that a power cut leaves for torn bytes, many of them too", () =>
    inHome(async (home) => {
      const logged = await filled(home, sampleEvents(3));
      for (const zeros of [1, 4_096, 40 * 1024 * 1024]) {
        truncateSync(home.files.log, readFileSync(home.files.log).length + zeros);
        const writer = await home.writer();
        await writer.close();
        assert.deepEqual([writer.events, writer.repaired?.bytes], [logged, zeros]);
      }
    })).timeout(20_000);
});

describe("changed bytes", () => {
  it("500 flipped bits before the durable end are all detected, and nothing wrong is handed out", () =>
    inHome(async (home) => {
      const logged = await filled(home, sampleEvents(41).slice(1));
      const log = readFileSync(home.files.log);
      const head = readFileSync(home.files.head);
      const chance = chanceOf(7);
      for (let n = 0; n < 500; n++) {
        // One in ten hits the head.
        const [path, whole] = n % 10 === 0 ? [home.files.head, head] : [home.files.log, log];
        const flipped = Buffer.from(whole);
        const byte = chance.below(whole.length);
        flipped[byte] = flipped[byte]! ^ (1 << chance.below(8));
        writeFileSync(path, flipped);
        const { items, error } = await collectUntilError(home.store.open(ID).read());
        assert.ok(error instanceof LogDamaged, `byte ${byte} of ${path}`);
        assert.deepEqual(items, logged.slice(0, items.length));
        if (n % 20 < 2) {
          await assert.rejects(home.writer(), LogDamaged);
          assert.notDeepEqual(await home.store.open(ID).verify(), []);
        }
        writeFileSync(path, whole);
      }
      assert.deepEqual(await collect(home.store.open(ID).read()), logged);
    })).timeout(60_000);

  it("flipped bits after the durable end cost at most what was not durable", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      const logged = [...(await writer.append(...sampleEvents(6).slice(1)))];
      const head = readFileSync(home.files.head);
      const durable = readFileSync(home.files.log).length;
      for (const event of sampleEvents(11).slice(6)) logged.push(...(await writer.append(event)));
      await writer.close();
      const log = readFileSync(home.files.log);
      const chance = chanceOf(11);
      for (let n = 0; n < 60; n++) {
        const flipped = Buffer.from(log);
        const byte = durable + chance.below(log.length - durable);
        flipped[byte] = flipped[byte]! ^ (1 << chance.below(8));
        writeFileSync(home.files.log, flipped);
        writeFileSync(home.files.head, head);
        assert.deepEqual(await collect(home.store.open(ID).read()), logged.slice(0, 5));
        const { events, aside, log: left } = await repair(home);
        const kept = wholeLines(lineEnds(log), byte);
        assert.deepEqual(events, logged.slice(0, kept));
        assert.equal(left.length + (aside ?? "").length, log.length);
      }
    })).timeout(60_000);

  it("a log that lacks its head, or whose head lacks its log, is refused by name", () =>
    inHome(async (home) => {
      const logged = await filled(home, sampleEvents(3));
      const head = readFileSync(home.files.head);
      unlinkSync(home.files.head);
      const left = await collectUntilError(home.store.open(ID).read());
      assert.deepEqual(left.items, logged);
      assert.match(left.error?.message ?? "", /^The log of run \S+ is damaged after event 3: its head file is missing, so nobody can tell where the log ended\. .*"vigil verify \S+" names everything/);
      assert.match((await errorOf(() => home.writer())).message, /^The log of run \S+ is damaged from its start: its head file is missing/);
      writeFileSync(home.files.head, head.subarray(0, 100));
      assert.match((await errorOf(() => home.writer())).message, /its head file is not readable/);
      writeFileSync(home.files.head, Buffer.concat([head, head]));
      assert.match((await errorOf(() => home.writer())).message, /its head file is not readable/);
      writeFileSync(home.files.head, head);
      unlinkSync(home.files.log);
      assert.match((await errorOf(() => collect(home.store.open(ID).read()))).message, /its log file is missing/);
      assert.match((await errorOf(() => home.writer())).message, /its log file is missing/);
    }));

  it("a head that was set back to the start makes nothing of the log disappear for its writer", () =>
    inHome(async (home) => {
      const logged = await filled(home, sampleEvents(9));
      writeFileSync(home.files.head, encodeHead(START));
      assert.deepEqual((await repair(home)).events, logged);
    }));
});
