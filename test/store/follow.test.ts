// Whoever follows a run sees every event once, in order, soon, and stops when told to.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import type { LoggedEvent } from "../../src/core/log/event.js";
import { nextLine, program, start } from "./child.js";
import { ID, collect, errorOf, filled, inHome, note } from "./sample.js";
import type { Home } from "./sample.js";

/** Follows until the event numbered `last` came; returns all the numbers. */
async function followTo(home: Home, from: number, last: number): Promise<readonly number[]> {
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const { seq } of home.store.open(ID).follow(from, stop.signal)) {
    seen.push(seq);
    if (seq === last) stop.abort();
  }
  return seen;
}

const numbers = (from: number, to: number): readonly number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Files of the run that this process has open, and the watches of its one inotify descriptor. */
function openFiles(home: Home): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      if (path.startsWith(home.runs)) return [path];
      return path.includes("inotify") ? readFileSync(`/proc/self/fdinfo/${fd}`, "utf8").split("\n").filter((line) => line.startsWith("inotify")) : [];
    } catch {
      return []; // The descriptor of this very listing.
    }
  });
}

describe("following", () => {
  it("hands out what is there, then what comes, whatever the size of the appends", () =>
    inHome(async (home) => {
      await filled(home, numbers(1, 5).map(note));
      const followers = [followTo(home, 1, 305), followTo(home, 4, 305), followTo(home, 200, 305)];
      const writer = await home.writer();
      for (let n = 6; n <= 305; ) {
        const size = Math.min(1 + (n % 4), 306 - n);
        await writer.append(...numbers(n, n + size - 1).map(note));
        n += size;
        if (n % 3 === 0) await new Promise(setImmediate);
      }
      assert.deepEqual(await Promise.all(followers), [numbers(1, 305), numbers(4, 305), numbers(200, 305)]);
      await writer.close();
    })).timeout(20_000);

  it("hands out every event of another process once, as it is durable", () =>
    inHome(async (home) => {
      const child = start([...program("appender"), home.runs, ID]);
      await nextLine(child);
      const followers = [followTo(home, 1, 600), followTo(home, 1, 600)];
      assert.deepEqual(await Promise.all(followers), [numbers(1, 600), numbers(1, 600)]);
      child.process.kill("SIGKILL");
      await child.ended;
    })).timeout(20_000);

  it("does not hand out what lies after the durable end", () =>
    inHome(async (home) => {
      const writer = await home.writer();
      const [first] = await writer.append(note(1));
      const following = home.store.open(ID).follow(1, new AbortController().signal)[Symbol.asyncIterator]();
      assert.deepEqual((await following.next()).value, first);
      const next = following.next();
      const [second] = await writer.append(note(2));
      assert.deepEqual((await next).value, second);
      await following.return?.();
      await writer.close();
    }));

  it("ends promptly when it is told to, before, while and after it waits, and leaves nothing open", () =>
    inHome(async (home) => {
      await filled(home, [note(1), note(2), note(3)]);
      const log = home.store.open(ID);
      assert.deepEqual(await collect(log.follow(1, AbortSignal.abort())), []);
      for (let round = 0; round < 20; round++) {
        const stop = new AbortController();
        const seen: LoggedEvent[] = [];
        const waiting = log.follow(1, stop.signal)[Symbol.asyncIterator]();
        for (let n = 0; n < 3; n++) seen.push((await waiting.next()).value as LoggedEvent);
        const last = waiting.next();
        setImmediate(() => stop.abort());
        assert.equal((await last).done, true);
        assert.equal(seen.length, 3);
      }
      // One that is left in the middle closes what it had open too.
      for await (const { seq } of log.follow(1, new AbortController().signal)) if (seq === 2) break;
      for await (const { seq } of log.read()) if (seq === 2) break;
      assert.deepEqual(openFiles(home), []);
      const stop = new AbortController();
      const waiting = log.follow(4, stop.signal)[Symbol.asyncIterator]().next();
      assert.ok(openFiles(home).some((file) => file.startsWith("inotify")), "an open watch would be noticed");
      stop.abort();
      await waiting;
      assert.deepEqual(openFiles(home), []);
    }));

  it("says so when the run is taken away", () =>
    inHome(async (home) => {
      await filled(home, [note(1)]);
      const following = home.store.open(ID).follow(1, new AbortController().signal)[Symbol.asyncIterator]();
      await following.next();
      const next = errorOf(() => following.next());
      rmSync(home.files.folder, { recursive: true });
      assert.match((await next).message, /There is no run|is damaged/);
    }));
});
