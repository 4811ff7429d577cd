// A run as its one writer has it: under the lock, repaired, read once, with the pen in hand.
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { LoggedEvent } from "../core/log/event.js";
import { LogPen } from "./append.js";
import { leaveAtRest } from "./at-rest.js";
import { LogDamaged } from "./damage.js";
import { consumeItem, inboxNames, readInbox } from "./inbox.js";
import type { HeldLock } from "./lock.js";
import { headOf } from "./read-head.js";
import type { RunFiles } from "./run-files.js";
import type { RunLog, RunWriter } from "./store.js";
import { settleTail } from "./tail.js";
import type { Settled } from "./tail.js";
import { BEGINNING, walk } from "./walk.js";
import { watchFolder } from "./watch.js";
import { asWriteFailed, errorCode } from "./write-failed.js";

/** The caller holds `lock` and hands it over: it is released by `close`. On an error it stays the caller's. */
export async function openWriter(files: RunFiles, log: RunLog, lock: HeldLock, clock: () => number): Promise<RunWriter> {
  const { events, settled } = await readAll(files, Math.trunc(clock()));
  const pen = new LogPen(files, settled.place.at, clock);
  return {
    log,
    repaired: settled.torn,
    events,
    append: (...more) => Promise.resolve().then(() => pen.append(more)),
    inbox: () => readInbox(files),
    consume: (id) => consumeItem(files, id),
    leaveAtRest: (all, run) => leaveAtRest(files, all, run),
    watchInbox: (changed) => watchInbox(files, changed),
    close: () => {
      pen.close();
      lock.release();
      return Promise.resolve();
    },
  };
}

async function readAll(files: RunFiles, now: number): Promise<{ events: readonly LoggedEvent[]; settled: Settled }> {
  const head = await headOf(files);
  const file = await openLog(files);
  try {
    const events: LoggedEvent[] = [];
    let place = BEGINNING;
    for await (const next of walk(file, files.id, BEGINNING, head, 1)) {
      for (const event of next.events) events.push(event);
      place = next.place;
    }
    const settled = await settleTail(files, file, place, now);
    return { events: events.concat(settled.adopted), settled };
  } finally {
    await file.close();
  }
}

async function openLog(files: RunFiles): Promise<FileHandle> {
  try {
    return await open(files.log, "r+");
  } catch (error) {
    if (errorCode(error) === "ENOENT") throw new LogDamaged(files.id, { seq: 0, problem: "its log file is missing" });
    throw asWriteFailed(error, files.log);
  }
}

/** Calls back when names came or went; the slow look at the clock alone, with nothing new, does not. */
function watchInbox(files: RunFiles, changed: () => void): { dispose(): void } {
  let seen = "";
  let disposed = false;
  const look = async (): Promise<void> => {
    const names = (await inboxNames(files)).join("/");
    if (disposed || names === seen) return;
    seen = names;
    changed();
  };
  const watching = watchFolder(files.inbox, () => {
    look().catch(changed); // An inbox that cannot be listed is the caller's to notice when it reads it.
  });
  return {
    dispose() {
      disposed = true;
      watching.dispose();
    },
  };
}
