// What lies after the log's durable end: events that were written whole but not yet counted, which are adopted, and torn
// bytes, which are set aside. Only the holder of the run's lock may settle this. Nothing before the end is touched.
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { LoggedEvent } from "../core/log/event.js";
import { writtenByNewer } from "./damage.js";
import { syncFolder } from "./durable.js";
import { encodeHead } from "./head.js";
import { MAX_LINE_BYTES, checkLine } from "./line.js";
import { eventOfLine, versionIn } from "./line-event.js";
import type { RunFiles } from "./run-files.js";
import { scanLines } from "./scan.js";
import type { Place } from "./walk.js";
import { asWriteFailed } from "./write-failed.js";

export interface Settled {
  readonly adopted: readonly LoggedEvent[];
  readonly place: Place;
  /** The torn bytes and the file they went to; `undefined` when there were none. */
  readonly torn: { readonly bytes: number; readonly aside: string } | undefined;
}

/** Settles everything after `durable`. Afterwards the log ends where the head says. Throws WriteFailed. */
export async function settleTail(files: RunFiles, log: FileHandle, durable: Place, now: number): Promise<Settled> {
  const { size } = await log.stat();
  if (size === durable.at.bytes) return { adopted: [], place: durable, torn: undefined };
  const { adopted, place } = await wholeAppends(files, log, durable, size);
  try {
    const torn = size > place.at.bytes ? await setAside(files, log, place, size, now) : undefined;
    await log.datasync();
    if (adopted.length > 0) await moveHead(files, place);
    return { adopted, place, torn };
  } catch (error) {
    throw asWriteFailed(error, files.folder);
  }
}

/** The longest stretch after the durable end that is made of whole appends. An append that lacks its last line is torn. */
async function wholeAppends(files: RunFiles, log: FileHandle, durable: Place, size: number): Promise<{ adopted: LoggedEvent[]; place: Place }> {
  const adopted: LoggedEvent[] = [];
  let place = durable;
  let pending: LoggedEvent[] = [];
  let { at, version } = durable;
  for await (const lines of scanLines(log, at.bytes, size, MAX_LINE_BYTES)) {
    for (const raw of lines) {
      const checked = raw.form === "whole" ? checkLine(raw.bytes, at) : undefined;
      if (checked?.ok !== true) return { adopted, place };
      const read = eventOfLine(raw.bytes, checked.line);
      if (read.kind === "newer") throw writtenByNewer(files.id, read.what, read.version ?? version);
      if (read.kind === "invalid") return { adopted, place };
      at = checked.line.end;
      version = versionIn(read.event) ?? version;
      pending.push(read.event);
      if (checked.line.more === 0) {
        adopted.push(...pending);
        pending = [];
        place = { at, version };
      }
    }
  }
  return { adopted, place };
}

/** Copies the torn bytes beside the log, durably, and only then cuts them off. */
async function setAside(files: RunFiles, log: FileHandle, place: Place, size: number, now: number): Promise<{ bytes: number; aside: string }> {
  const aside = await freshFile(files.folder, `torn-${place.at.seq}-${now}`);
  try {
    const piece = Buffer.alloc(64 * 1024);
    for (let offset = place.at.bytes; offset < size; ) {
      const { bytesRead } = await log.read(piece, 0, Math.min(piece.length, size - offset), offset);
      if (bytesRead === 0) throw new Error(`${files.log} became shorter while its lock was held`);
      await aside.handle.writeFile(piece.subarray(0, bytesRead));
      offset += bytesRead;
    }
    await aside.handle.sync();
  } finally {
    await aside.handle.close();
  }
  await syncFolder(files.folder);
  await log.truncate(place.at.bytes);
  return { bytes: size - place.at.bytes, aside: aside.path };
}

async function freshFile(folder: string, name: string): Promise<{ handle: FileHandle; path: string }> {
  for (let n = 0; ; n++) {
    const path = join(folder, n === 0 ? name : `${name}-${n}`);
    try {
      return { handle: await open(path, "wx", 0o600), path };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}

async function moveHead(files: RunFiles, place: Place): Promise<void> {
  const head = await open(files.head, "r+");
  try {
    const bytes = encodeHead(place.at);
    await head.write(bytes, 0, bytes.length, 0);
    await head.datasync();
  } finally {
    await head.close();
  }
}
