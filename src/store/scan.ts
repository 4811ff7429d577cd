// Reads a file line by line in bounded memory, whatever its size. Knows nothing of what the lines mean.
import type { FileHandle } from "node:fs/promises";

const CHUNK_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

export interface RawLine {
  /** The line without its line feed. */
  readonly bytes: Buffer;
  /** Offset just after the line and its line feed. */
  readonly end: number;
  /** `unended`: the stretch ends without a line feed; `long`: no line feed within the limit, and nothing more is read. */
  readonly form: "whole" | "unended" | "long";
}

/** The lines between two offsets, in batches of one read each. A file that is shorter than `to` simply ends earlier. */
export async function* scanLines(file: FileHandle, from: number, to: number, longest: number): AsyncGenerator<readonly RawLine[]> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  let size = CHUNK_BYTES;
  while (offset < to) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(Math.min(size, to - offset)), 0, undefined, offset);
    if (bytesRead === 0) break;
    const start = offset - rest.length;
    const chunk = buffer.subarray(0, bytesRead);
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    offset += bytesRead;
    const lines: RawLine[] = [];
    let begin = 0;
    for (let stop = text.indexOf(LINE_FEED, rest.length); stop !== -1; stop = text.indexOf(LINE_FEED, begin)) {
      lines.push({ bytes: text.subarray(begin, stop), end: start + stop + 1, form: "whole" });
      begin = stop + 1;
    }
    rest = text.subarray(begin);
    // Longer reads while a line does not end keep the copying linear.
    size = lines.length === 0 ? size * 2 : CHUNK_BYTES;
    if (lines.length > 0) yield lines;
    if (rest.length > longest) {
      yield [{ bytes: rest.subarray(0, longest), end: offset, form: "long" }];
      return;
    }
  }
  if (rest.length > 0) yield [{ bytes: rest, end: offset, form: "unended" }];
}
