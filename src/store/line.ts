// One line of the log: how an event becomes bytes that anyone can check, and how such bytes are checked. The hash field
// comes last, so that what it covers is the text before it as it lies on disk; nothing is ever re-serialised to verify.
import { hash as digest } from "node:crypto";
import { eventSchema } from "../core/log/event.js";
import type { LoggedEvent, RunEvent } from "../core/log/event.js";
import type { Position } from "./position.js";

/** A longer line is a bug when it is written and damage when it is read: 16 MiB, so that a reader's memory is bounded. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const HASH_FIELD = ',"hash":"';
const TAIL_BYTES = HASH_FIELD.length + 64 + '"}'.length;
/** The longest header: three numbers, a hash and a kind. */
const HEADER_BYTES = 256;
const HEADER = /^\{"seq":(\d{1,15}),"at":(-?\d{1,16}),"prev":"([0-9a-f]{64})",(?:"more":(\d{1,9}),)?"kind":"([A-Za-z.]{1,60})"/;
const TAIL = /^,"hash":"([0-9a-f]{64})"\}$/;

/**
 * `{"seq":…,"at":…,"prev":…,["more":…,]"kind":…, …,"hash":…}` and a line feed. `hash` is the SHA-256 of `prev` followed by
 * the line's text without `,"hash":"…"`. `more` counts the lines of the same append that still follow, so that after a
 * crash an append counts as a whole or not at all. Throws when the event is not one that could be read back.
 */
export function encodeLine(event: RunEvent, at: number, more: number, after: Position): { bytes: Buffer; event: LoggedEvent; end: Position } {
  // Through JSON and the schema first: the caller gets exactly what a reader of the line will get.
  const kept = eventSchema.parse(JSON.parse(JSON.stringify(event)));
  const seq = after.seq + 1;
  const body = JSON.stringify({ seq, at, prev: after.hash, ...(more > 0 ? { more } : {}), ...kept });
  const hash = digest("sha256", after.hash + body, "hex");
  const bytes = Buffer.from(`${body.slice(0, -1)}${HASH_FIELD}${hash}"}\n`);
  if (bytes.length > MAX_LINE_BYTES) throw new Error(`a ${kept.kind} event of ${bytes.length} bytes does not fit a log line; long text belongs in a blob`);
  return { bytes, event: { ...kept, seq, at }, end: { seq, bytes: after.bytes + bytes.length, hash } };
}

export interface CheckedLine {
  readonly kind: string;
  readonly at: number;
  readonly more: number;
  readonly end: Position;
}

export interface BadLine {
  readonly problem: string;
  /** Where the chain would go on if this line is taken as it stands; `undefined` when it is not a log line at all. */
  readonly claimed: { readonly seq: number; readonly hash: string } | undefined;
}

export type LineCheck = { readonly ok: true; readonly line: CheckedLine } | { readonly ok: false; readonly bad: BadLine };

/** Checks one line, without its line feed, against the place it must follow. Looks at the chain only, not at the event. */
export function checkLine(bytes: Buffer, after: Position): LineCheck {
  const bad = (problem: string, claimed?: BadLine["claimed"]): LineCheck => ({ ok: false, bad: { problem, claimed } });
  const next = after.seq + 1;
  const header = HEADER.exec(bytes.toString("latin1", 0, Math.min(HEADER_BYTES, bytes.length)));
  const tail = bytes.length > TAIL_BYTES ? TAIL.exec(bytes.toString("latin1", bytes.length - TAIL_BYTES)) : null;
  if (header === null || tail === null) return bad(`the line where event ${next} should be is not a log line`);
  const [, seqText = "", atText = "", prev = "", moreText = "0", kind = ""] = header;
  const hash = tail[1] ?? "";
  const seq = Number(seqText);
  const claimed = { seq, hash };
  if (lineHash(prev, bytes) !== hash) return bad(`event ${next} was changed after it was written: its hash does not match`, { ...claimed, seq: next });
  if (seq > next) return bad(seq === next + 1 ? `event ${next} is missing` : `events ${next} to ${seq - 1} are missing`, claimed);
  if (seq < next) return bad(`event ${seq} stands where event ${next} should be`, claimed);
  if (prev !== after.hash) return bad(`event ${next} does not follow from event ${after.seq}: it names another predecessor`, claimed);
  return { ok: true, line: { kind, at: Number(atText), more: Number(moreText), end: { seq, bytes: after.bytes + bytes.length + 1, hash } } };
}

/** Of the line's text without its hash field, as it lies there, behind the hash of the line before it. */
function lineHash(prev: string, bytes: Buffer): string {
  const text = bytes.length - TAIL_BYTES;
  const covered = Buffer.allocUnsafe(prev.length + text + 1);
  covered.write(prev, 0, "latin1");
  bytes.copy(covered, prev.length, 0, text);
  covered.write("}", prev.length + text, "latin1");
  return digest("sha256", covered, "hex");
}
