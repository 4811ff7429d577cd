// Walks the log's events from one place to another, checking every link of the chain on the way. It never skips: the
// first thing that is not as it should be ends the walk with an error that names the place.
import type { FileHandle } from "node:fs/promises";
import { HumanError } from "../core/error.js";
import type { LoggedEvent } from "../core/log/event.js";
import type { RunId } from "../core/run/run.js";
import { LogDamaged, writtenByNewer } from "./damage.js";
import { MAX_LINE_BYTES, checkLine } from "./line.js";
import { eventOfLine, namesVersion, versionIn } from "./line-event.js";
import { START } from "./position.js";
import type { Position } from "./position.js";
import { scanLines } from "./scan.js";
import type { RawLine } from "./scan.js";

/** How far a reader has come. Kept between walks, so that following never starts over. */
export interface Place {
  readonly at: Position;
  /** The Vigil that wrote what was read last, for the error about one that is newer. */
  readonly version: string | undefined;
}

export const BEGINNING: Place = { at: START, version: undefined };

export interface Stretch {
  readonly events: readonly LoggedEvent[];
  /** The place after the last of them. */
  readonly place: Place;
}

/**
 * Events after `start` up to the position `head`, in stretches of one read each; those below `from` are checked but not
 * handed out. Throws LogDamaged, or HumanError for a log that a newer Vigil wrote, after handing out what came before.
 */
export async function* walk(file: FileHandle, id: RunId, start: Place, head: Position, from: number): AsyncGenerator<Stretch> {
  let place = start;
  for await (const lines of scanLines(file, start.at.bytes, head.bytes, MAX_LINE_BYTES)) {
    const events: LoggedEvent[] = [];
    let problem: HumanError | undefined;
    for (const raw of lines) {
      const read = step(raw, id, place, head, from);
      if (read instanceof HumanError) {
        problem = read;
        break;
      }
      if (read.event !== undefined) events.push(read.event);
      place = read.place;
    }
    yield { events, place };
    if (problem !== undefined) throw problem;
  }
  const { at } = place;
  if (at.seq !== head.seq || at.bytes !== head.bytes || at.hash !== head.hash) throw new LogDamaged(id, { seq: at.seq, problem: missing(at, head) });
}

/** One line further: the place after it and the event, if it is one that was asked for; or the error that ends the walk. */
function step(raw: RawLine, id: RunId, place: Place, head: Position, from: number): { event: LoggedEvent | undefined; place: Place } | HumanError {
  const { at, version } = place;
  const damaged = (problem: string): LogDamaged => new LogDamaged(id, { seq: at.seq, problem });
  if (raw.form !== "whole") return damaged(raw.form === "long" ? `the line of event ${at.seq + 1} does not end` : missing(at, head));
  const checked = checkLine(raw.bytes, at);
  if (!checked.ok) return damaged(checked.bad.problem);
  const { line } = checked;
  const wanted = line.end.seq >= from;
  if (!wanted && !namesVersion(line)) return { event: undefined, place: { at: line.end, version } };
  const read = eventOfLine(raw.bytes, line);
  if (read.kind === "newer") return writtenByNewer(id, read.what, read.version ?? version);
  if (read.kind === "invalid") return damaged(read.problem);
  return { event: wanted ? read.event : undefined, place: { at: line.end, version: versionIn(read.event) ?? version } };
}

/** What it means that the log's lines end at `at` while its head says otherwise. */
export function missing(at: Position, head: Position): string {
  if (at.seq < head.seq) return at.seq + 1 === head.seq ? `event ${head.seq} is missing from its end` : `events ${at.seq + 1} to ${head.seq} are missing from its end`;
  return `its end is not the one that its head file names (event ${head.seq})`;
}
