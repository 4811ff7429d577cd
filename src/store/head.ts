// The head: a small file of fixed size that holds the last durable position of the log. It is overwritten in place, well
// inside one disk sector, and carries its own checksum, so a half-written head is never taken for a position.
import { hash as digest } from "node:crypto";
import type { Position } from "./position.js";

const FORM = /^vigil-head 1 seq=(\d{16}) bytes=(\d{16}) hash=([0-9a-f]{64}) check=([0-9a-f]{16})\n$/;

/** `vigil-head 1 seq=<16 digits> bytes=<16 digits> hash=<64 hex> check=<first 16 hex of the SHA-256 of the text before it>`. */
export function encodeHead(position: Position): Buffer {
  const covered = coveredText(position);
  return Buffer.from(`${covered}check=${check(covered)}\n`);
}

/** The position, or `undefined` when these bytes are not a whole and unchanged head. */
export function decodeHead(bytes: Uint8Array): Position | undefined {
  const found = FORM.exec(Buffer.from(bytes).toString("latin1"));
  if (found === null) return undefined;
  const [, seq = "", length = "", hash = "", sum = ""] = found;
  const position = { seq: Number(seq), bytes: Number(length), hash };
  return check(coveredText(position)) === sum ? position : undefined;
}

function coveredText(position: Position): string {
  return `vigil-head 1 seq=${digits(position.seq)} bytes=${digits(position.bytes)} hash=${position.hash} `;
}

function digits(n: number): string {
  return String(n).padStart(16, "0");
}

function check(covered: string): string {
  return digest("sha256", covered, "hex").slice(0, 16);
}
