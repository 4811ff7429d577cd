// The log's only pen: appends events durably, or not at all. It writes synchronously on purpose: nothing may happen
// before an event is durable, two appends can never mix, and it takes half the time of a trip through the thread pool.
import { closeSync, fdatasyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { LoggedEvent, RunEvent } from "../core/log/event.js";
import { encodeHead } from "./head.js";
import { encodeLine } from "./line.js";
import type { Position } from "./position.js";
import type { RunFiles } from "./run-files.js";
import { WriteFailed, asWriteFailed, errorCode } from "./write-failed.js";

export class LogPen {
  readonly #files: RunFiles;
  readonly #log: number;
  readonly #head: number;
  readonly #clock: () => number;
  #end: Position;
  /** Set by the first failed write: what a disk kept after an error cannot be known, so nothing is appended after it. */
  #failed: Error | undefined;
  #closed = false;

  /** `end` is the log's length and its last event, as settled on disk by the holder of the lock. Throws WriteFailed. */
  constructor(files: RunFiles, end: Position, clock: () => number) {
    this.#files = files;
    this.#end = end;
    this.#clock = clock;
    this.#log = openForWriting(files.log);
    try {
      this.#head = openForWriting(files.head);
    } catch (error) {
      closeSync(this.#log);
      throw error;
    }
  }

  /** Durable when it returns, all of them or none. Throws WriteFailed, then and on every later call. */
  append(events: readonly RunEvent[]): readonly LoggedEvent[] {
    if (this.#closed) throw new Error("the log was closed before this append");
    if (this.#failed !== undefined) throw this.#failed;
    if (events.length === 0) return [];
    const at = Math.trunc(this.#clock());
    const written: LoggedEvent[] = [];
    const lines: Buffer[] = [];
    let end = this.#end;
    for (const [index, event] of events.entries()) {
      const line = encodeLine(event, at, events.length - 1 - index, end);
      written.push(line.event);
      lines.push(line.bytes);
      end = line.end;
    }
    this.#write(lines.length === 1 && lines[0] !== undefined ? lines[0] : Buffer.concat(lines), end);
    this.#end = end;
    return written;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#log);
    closeSync(this.#head);
  }

  #write(bytes: Buffer, end: Position): void {
    let path = this.#files.log;
    let headTouched = false;
    try {
      writeAt(this.#log, bytes, this.#end.bytes);
      fdatasyncSync(this.#log);
      path = this.#files.head;
      headTouched = true;
      writeAt(this.#head, encodeHead(end), 0);
      fdatasyncSync(this.#head);
    } catch (error) {
      this.#failed = this.#takeBack(error, path, headTouched);
      throw this.#failed;
    }
  }

  /** Brings the log back to its last durable end, the head first: a log shorter than its head would read as damage. */
  #takeBack(error: unknown, path: string, headTouched: boolean): Error {
    const code = errorCode(error);
    if (code === undefined) return new Error(`writing ${path} failed`, { cause: error });
    let doing = this.#files.head;
    try {
      if (headTouched) {
        writeAt(this.#head, encodeHead(this.#end), 0);
        fdatasyncSync(this.#head);
      }
      doing = this.#files.log;
      ftruncateSync(this.#log, this.#end.bytes);
      fdatasyncSync(this.#log);
    } catch (second) {
      const more = `${doing} could not be brought back either (${errorCode(second) ?? String(second)}); the next start settles it.`;
      return new WriteFailed(code, path, more, { cause: error });
    }
    return new WriteFailed(code, path, "", { cause: error });
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (error) {
    throw asWriteFailed(error, path);
  }
}

/** All of the bytes at the offset: a full disk shows first as a short write, and only the next one fails. */
function writeAt(fd: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
}
