// Walks the log's events from one place to another, checking every link of the chain on the way. It never skips: the
// first thing that is not as it should be ends the walk with an error that names the place.
import type { FileHandle } from "node:fs/promises";
import type { LoggedEvent } from "../core/log/event.js";
import type { RunId } from "../core/run/run.js";
import { LogDamaged, writtenByNewer } from "./damage.js";
import { MAX_LINE_BYTES, checkLine } from "./line.js";
import { eventOfLine, namesVersion, versionIn } from "./line-event.js";
import { START } from "./position.js";
import type { Position } from "./position.js";
import { scanLines } from "./scan.js";

/** How far a reader has come. Kept between walks, so that following never starts over. */
export interface Place {
  readonly at: Position;
  /** The Vigil that wrote what was read last, for the error about one that is newer. */
  readonly version: string | undefined;
}

export const BEGINNING: Place = { at: START, version: undefined };

/**
 * Events after `start` up to the position `head`, those below `from` checked but not handed out, each with the place
 * after it. Throws LogDamaged, or HumanError for a log that a newer Vigil wrote.
 */
export async function* walk(file: FileHandle, id: RunId, start: Place, head: Position, from: number): AsyncGenerator<{ event: LoggedEvent | undefined; place: Place }> {
  let { at, version } = start;
  const damaged = (problem: string): LogDamaged => new LogDamaged(id, { seq: at.seq, problem });
  for await (const lines of scanLines(file, at.bytes, head.bytes, MAX_LINE_BYTES)) {
    for (const raw of lines) {
      if (raw.form !== "whole") throw damaged(raw.form === "long" ? `the line of event ${at.seq + 1} does not end` : missing(at, head));
      const checked = checkLine(raw.bytes, at);
      if (!checked.ok) throw damaged(checked.bad.problem);
      const { line } = checked;
      let event: LoggedEvent | undefined;
      if (line.end.seq >= from || namesVersion(line)) {
        const read = eventOfLine(raw.bytes, line);
        if (read.kind === "newer") throw writtenByNewer(id, read.what, read.version ?? version);
        if (read.kind === "invalid") throw damaged(read.problem);
        event = read.event;
        version = versionIn(event) ?? version;
      }
      at = line.end;
      yield { event: line.end.seq >= from ? event : undefined, place: { at, version } };
    }
  }
  if (at.seq !== head.seq || at.bytes !== head.bytes || at.hash !== head.hash) throw damaged(missing(at, head));
}

/** What it means that the log's lines end at `at` while its head says otherwise. */
export function missing(at: Position, head: Position): string {
  if (at.seq < head.seq) return at.seq + 1 === head.seq ? `event ${head.seq} is missing from its end` : `events ${at.seq + 1} to ${head.seq} are missing from its end`;
  return `its end is not the one that its head file names (event ${head.seq})`;
}
