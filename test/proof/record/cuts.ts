// A log that ends too early, or in rubbish: cut at every byte before its durable end, torn after it, or filled with zeros
// as a power cut leaves it. What is whole stays, and what is lost is said.
import { closeSync, ftruncateSync, openSync, truncateSync, writeFileSync } from "node:fs";
import { encodeHead } from "../../../src/store/head.js";
import { START } from "../../../src/store/position.js";
import type { Chance } from "../../chance.js";
import { prefixProblem, settled, writerProblem } from "./doors.js";
import type { Line, RealLog } from "./real-log.js";

export interface Tried {
  readonly cases: number;
  readonly short: readonly string[];
}

/** How many of `lines` are whole in the first `length` bytes. */
const wholeLines = (lines: readonly Line[], length: number): number => lines.filter((line) => line.end.bytes <= length).length;

/** Before the durable end: the reader at every `step`-th byte; the writer and every event compared at each line's end. */
export async function cutBeforeEnd(real: RealLog, step: number, chance: Chance): Promise<Tried> {
  const short: string[] = [];
  const ends = new Set(real.lines.map((line) => line.end.bytes));
  let cases = 0;
  real.restore();
  const file = openSync(real.files.log, "r+");
  try {
    for (let length = real.log.length - 1; length >= 0; length--) {
      const atEnd = ends.has(length) || ends.has(length + 1);
      if (length % step !== 0 && !atEnd) continue;
      ftruncateSync(file, length);
      const kept = wholeLines(real.lines, length);
      const problem = (await prefixProblem(real, kept, atEnd)) ?? (atEnd && (step === 1 || chance.oneIn(8)) ? await writerProblem(real) : undefined);
      if (problem !== undefined) short.push(`cut at byte ${String(length)}: ${problem}`);
      cases += 1;
    }
  } finally {
    closeSync(file);
    real.restore();
  }
  return { cases, short };
}

/**
 * After the durable end, as a crash leaves an append: the head names the append before. At `places` of the first append of
 * each kind of event, and where there are several, at the first, a middle, the last and the end of every other.
 */
export async function cutAfterEnd(real: RealLog, places: number, chance: Chance): Promise<Tried> {
  const short: string[] = [];
  const seen = new Set<string>();
  let cases = 0;
  let durable = START;
  for (const [index, line] of real.lines.entries()) {
    if (!line.closes) continue;
    const kind = real.events[index]?.kind ?? "";
    const size = line.end.bytes - durable.bytes;
    const spread = [...new Set([...Array.from({ length: places }, (_, n) => Math.floor((n * size) / places)), size])];
    const offsets = !seen.has(kind) ? spread : places > 1 ? [1, 1 + chance.below(size - 1), size - 1, size] : [1 + chance.below(size)];
    seen.add(kind);
    for (const offset of offsets) {
      const problem = await tornProblem(real, durable.seq, durable, offset === size ? index + 1 : durable.seq, real.log.subarray(0, durable.bytes + offset));
      if (problem !== undefined) short.push(`${kind} ${String(line.end.seq)} torn after ${String(offset)} of ${String(size)} bytes: ${problem}`);
      cases += 1;
    }
    durable = line.end;
  }
  real.restore();
  return { cases, short };
}

/** One byte, blocks as file systems have them, and much: behind the log, and in place of its end. */
const ZEROS = [1, 100, 511, 512, 513, 4095, 4096, 4097, 65_536, 1024 * 1024];

export async function zeroTails(real: RealLog, places: number, chance: Chance): Promise<Tried> {
  const short: string[] = [];
  let cases = 0;
  const closing = real.lines.filter((line) => line.closes);
  for (let n = 0; n < places; n++) {
    const durable = chance.pick(closing).end;
    const zeros = ZEROS[n % ZEROS.length] ?? 1;
    const inTheWay = chance.oneIn(2) ? Buffer.alloc(0) : real.log.subarray(durable.bytes, durable.bytes + chance.below(300));
    const tail = Buffer.concat([inTheWay, Buffer.alloc(zeros)]);
    // What was written before the zeros may be whole lines: then they are taken up, if their append is whole.
    const reached = real.lines.filter((line) => line.closes && line.end.bytes <= durable.bytes + inTheWay.length).at(-1)?.end.seq ?? 0;
    const torn = await tornProblem(real, durable.seq, durable, Math.max(durable.seq, reached), Buffer.concat([real.log.subarray(0, durable.bytes), tail]));
    if (torn !== undefined) short.push(`${String(zeros)} zeros behind event ${String(durable.seq)}: ${torn}`);
    // The same blocks in place of what was durable: the length is right, the content is gone.
    const from = Math.max(0, real.log.length - zeros);
    const blank = Buffer.from(real.log).fill(0, from);
    writeFileSync(real.files.log, blank);
    writeFileSync(real.files.head, real.head);
    const lost = (await prefixProblem(real, wholeLines(real.lines, from), true)) ?? (await writerProblem(real));
    if (lost !== undefined) short.push(`the last ${String(zeros)} bytes made zero: ${lost}`);
    cases += 2;
  }
  real.restore();
  return { cases, short };
}

/** The log `torn` under a head that names `durable`: readers get that much, and the writer takes up to event `kept`. */
async function tornProblem(real: RealLog, seq: number, durable: Line["end"], kept: number, torn: Buffer): Promise<string | undefined> {
  truncateSync(real.files.log, 0);
  writeFileSync(real.files.log, torn);
  writeFileSync(real.files.head, encodeHead(durable));
  let read = 0;
  for await (const event of real.run.read(Math.max(1, seq))) read = event.seq;
  if (read !== seq) return `readers got ${String(read)} of ${String(seq)} durable events`;
  const whole = kept === 0 ? 0 : (real.lines[kept - 1]?.end.bytes ?? 0);
  const left = await settled(real);
  if (left.events !== kept) return `the writer took up ${String(left.events)} events, and ${String(kept)} are whole`;
  if (!left.log.equals(torn.subarray(0, whole))) return "the log is not the whole events that were in it";
  if (!left.aside.equals(torn.subarray(whole)) || left.said !== torn.length - whole) return `${String(left.aside.length)} bytes were set aside and ${String(left.said)} said, of ${String(torn.length - whole)}`;
  const after = await real.run.verify();
  return after.length === 0 ? undefined : `after the repair: ${after[0]?.problem ?? ""}`;
}
