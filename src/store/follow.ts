// Reads a log and then waits for more, for as long as the caller likes. Goes on from where it was, never from the start.
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { LoggedEvent } from "../core/log/event.js";
import { LogDamaged } from "./damage.js";
import { readHead } from "./read-head.js";
import type { RunFiles } from "./run-files.js";
import { BEGINNING, walk } from "./walk.js";
import type { Place, Stretch } from "./walk.js";
import { watchFolder } from "./watch.js";

/** Events with seq >= `from` up to the durable end, in order. Throws as `walk` does. */
export async function* readLog(files: RunFiles, from: number): AsyncGenerator<LoggedEvent> {
  for await (const { events } of newEvents(files, BEGINNING, from)) for (const event of events) yield event;
}

/** As `readLog`, then every later event once it is durable. Ends, without an error, soon after the signal aborts. */
export async function* followLog(files: RunFiles, from: number, signal: AbortSignal): AsyncGenerator<LoggedEvent> {
  // Asked anew each time: it changes while the caller holds an event.
  const over = (): boolean => signal.aborted;
  if (over()) return;
  const bell = makeBell();
  const watching = watchFolder(files.folder, bell.ring);
  signal.addEventListener("abort", bell.ring);
  try {
    let place = BEGINNING;
    while (!over()) {
      bell.rearm();
      for await (const stretch of newEvents(files, place, from)) {
        place = stretch.place;
        for (const event of stretch.events) {
          if (over()) return;
          yield event;
        }
      }
      if (!over()) await bell.rung();
    }
  } finally {
    signal.removeEventListener("abort", bell.ring);
    watching.dispose();
  }
}

async function* newEvents(files: RunFiles, start: Place, from: number): AsyncGenerator<Stretch> {
  const read = await readHead(files);
  if (read.kind === "bad") {
    yield* withoutHead(files, start, from, read.problem);
    return;
  }
  const head = read.position;
  if (head.seq < start.at.seq) throw new LogDamaged(files.id, { seq: head.seq, problem: `events ${head.seq + 1} to ${start.at.seq} were there before and are gone` });
  if (head.seq === start.at.seq) return;
  const file = await openLog(files);
  try {
    yield* walk(file, files.id, start, head, from);
  } finally {
    await file.close();
  }
}

/** The chain proves its events without the head too; what the head alone could tell is whether any were lost after them. */
async function* withoutHead(files: RunFiles, start: Place, from: number, problem: string): AsyncGenerator<Stretch> {
  const file = await openLog(files);
  let { seq } = start.at;
  try {
    const { size } = await file.stat();
    for await (const stretch of walk(file, files.id, start, { seq: Infinity, bytes: size, hash: "" }, from)) {
      seq = stretch.place.at.seq;
      yield stretch;
    }
  } catch (error) {
    if (!(error instanceof LogDamaged)) throw error;
  } finally {
    await file.close();
  }
  throw new LogDamaged(files.id, { seq, problem });
}

function openLog(files: RunFiles): Promise<FileHandle> {
  return open(files.log, "r").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") throw new LogDamaged(files.id, { seq: 0, problem: "its log file is missing" });
    throw error;
  });
}

interface Bell {
  readonly ring: () => void;
  /** Forgets earlier rings. */
  rearm(): void;
  /** Resolves at the first ring since the last `rearm`, at once if there was one. */
  rung(): Promise<void>;
}

function makeBell(): Bell {
  let rang = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rang = true;
      wake?.();
    },
    rearm() {
      rang = false;
    },
    rung() {
      if (rang) return Promise.resolve();
      return new Promise((resolve) => (wake = resolve));
    },
  };
}
