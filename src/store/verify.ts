// Names everything that is wrong with a run's record: the chain, the head, the blobs that events name. It repairs nothing
// and goes on after each finding, so that one changed byte is told from a log that was cut, and both are told at once.
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { agreesAtRest } from "./at-rest.js";
import { checkBlob } from "./blobs.js";
import { writtenByNewer } from "./damage.js";
import { MAX_LINE_BYTES, checkLine } from "./line.js";
import type { CheckedLine } from "./line.js";
import { eventOfLine, versionIn } from "./line-event.js";
import { readLog } from "./follow.js";
import { lockHolder } from "./lock.js";
import { namedBlobs } from "./named-blobs.js";
import { START } from "./position.js";
import type { Position } from "./position.js";
import { readHead } from "./read-head.js";
import type { RunFiles } from "./run-files.js";
import { scanLines } from "./scan.js";
import type { RawLine } from "./scan.js";
import type { Damage } from "./store.js";
import { missing } from "./walk.js";
import { errorCode } from "./write-failed.js";

/**
 * Everything wrong, in the order of the log; empty when the record is whole. Throws HumanError when there is no such run
 * or when a newer Vigil wrote it. A command that waits in the inbox is no damage.
 */
export async function verifyRun(files: RunFiles): Promise<readonly Damage[]> {
  const head = await readHead(files);
  let log: FileHandle;
  try {
    log = await open(files.log, "r");
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    return [{ seq: 0, problem: "the log file is missing" }];
  }
  try {
    const { size } = await log.stat();
    const problems: Damage[] = head.kind === "bad" ? [{ seq: 0, problem: head.problem }] : [];
    const expected = head.kind === "head" ? head.position : undefined;
    const { end, more } = await checkChain(files, log, size, expected, problems);
    if (expected !== undefined) {
      const reached = end.seq === expected.seq && end.hash === expected.hash;
      // Lines of one append become durable together, so no head was ever written between them.
      if (reached && more > 0) problems.push({ seq: end.seq, problem: `the log ends in the middle of what was written at once: ${more === 1 ? "one event that belongs" : `${more} events that belong`} to event ${end.seq} ${more === 1 ? "is" : "are"} missing` });
      // Where lines were changed the lengths differ too, and were named already.
      if (!reached || (end.bytes !== expected.bytes && problems.length === 0)) problems.push({ seq: end.seq, problem: `the log is cut or its head was changed: ${missing(end, expected)}` });
      if (reached) problems.push(...(await afterEnd(files, log, end, size)));
      // Only then is it read again: whoever looks at a run that has ended may see what was left in place of the log.
      if (problems.length === 0 && !(await agreesAtRest(files, readLog(files, 1)))) problems.push({ seq: expected.seq, problem: `what is shown of the run (${files.condensed}) is not what its log says; delete that file, and the log is read in its place` });
    }
    return problems;
  } finally {
    await log.close();
  }
}

/**
 * Checks the lines up to the head's event and adds what it finds. Returns where the chain ends, as far as it can be told,
 * and how many lines of the last one's append should still follow.
 */
async function checkChain(files: RunFiles, log: FileHandle, size: number, head: Position | undefined, problems: Damage[]): Promise<{ end: Position; more: number }> {
  let at = START;
  let more = 0;
  let version: string | undefined;
  if (head?.seq === 0) return { end: at, more };
  for await (const lines of scanLines(log, 0, size, MAX_LINE_BYTES)) {
    for (const raw of lines) {
      const { found, line, end } = look(raw, at);
      problems.push(...found);
      if (line !== undefined) {
        const read = eventOfLine(raw.bytes, line);
        if (read.kind === "newer") throw writtenByNewer(files.id, read.what, read.version ?? version);
        if (read.kind === "invalid") problems.push({ seq: at.seq, problem: read.problem });
        if (read.kind === "event") {
          version = versionIn(read.event) ?? version;
          if (read.event.kind === "run.started" && read.event.run !== files.id) problems.push({ seq: at.seq, problem: `this is the log of another run, ${read.event.run}` });
          for (const id of namedBlobs(read.event)) problems.push(...(await checkNamed(files, id, read.event.seq)));
        }
      }
      at = end;
      more = line?.more ?? 0;
      if (at.seq === head?.seq) return { end: at, more };
    }
  }
  return { end: at, more };
}

/** One line: what is wrong with it, the line if it can be used for more, and where the chain goes on after it. */
function look(raw: RawLine, at: Position): { found: readonly Damage[]; line: CheckedLine | undefined; end: Position } {
  const finding = (problem: string): readonly Damage[] => [{ seq: at.seq, problem }];
  if (raw.form === "unended") return { found: [], line: undefined, end: at };
  const checked = checkLine(raw.bytes, at);
  if (checked.ok) return { found: [], line: checked.line, end: checked.line.end };
  const { problem, claimed } = checked.bad;
  if (claimed === undefined) return { found: finding(problem), line: undefined, end: { seq: at.seq + 1, bytes: raw.end, hash: at.hash } };
  // Taken as it stands, so that the lines after it are compared with what they were written after.
  return { found: finding(problem), line: undefined, end: { seq: claimed.seq, bytes: raw.end, hash: claimed.hash } };
}

async function checkNamed(files: RunFiles, id: string, seq: number): Promise<readonly Damage[]> {
  const { kind } = await checkBlob(files, id);
  if (kind === "whole") return [];
  return [{ seq, problem: kind === "missing" ? `blob ${id}, which event ${seq} names, is missing` : `blob ${id}, which event ${seq} names, was altered` }];
}

/**
 * Bytes after the durable end. One whole append there waits to be adopted, and a living runner may be writing right now.
 * Several mean that the head was set back, because it is written after each; anything else is not part of the record. Both
 * a person who asks should hear of before the next start settles it.
 */
async function afterEnd(files: RunFiles, log: FileHandle, end: Position, size: number): Promise<readonly Damage[]> {
  if (size <= end.bytes || (await lockHolder(files.lock)) !== undefined) return [];
  let at = end;
  let appends = 0;
  for await (const lines of scanLines(log, end.bytes, size, MAX_LINE_BYTES)) {
    for (const raw of lines) {
      const checked = raw.form === "whole" ? checkLine(raw.bytes, at) : undefined;
      if (checked?.ok !== true) return [{ seq: at.seq, problem: `${size - at.bytes} bytes after event ${at.seq} are not part of the record; the next start of the run sets them aside` }];
      at = checked.line.end;
      if (checked.line.more === 0) appends += 1;
    }
  }
  if (appends < 2) return [];
  return [{ seq: end.seq, problem: `its head was set back: it names event ${end.seq}, and the log goes on soundly to event ${at.seq}; the next start of the run takes those events up again` }];
}
