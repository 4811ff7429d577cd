// Keeps the beginning and the end of an output of any length in bounded memory. It must never cut without saying so.

export interface CappedOutput {
  add(chunk: Uint8Array): void;
  /** Everything, or the head, a line that says how many bytes are missing, and the tail. */
  bytes(): Uint8Array;
  isCut(): boolean;
}

/** `cap`: bytes kept, half of them from each end. */
export function cappedOutput(cap: number): CappedOutput {
  const half = Math.floor(cap / 2);
  let head = Buffer.alloc(0);
  let tail: Buffer[] = [];
  let tailLength = 0;
  let total = 0;

  return {
    add(chunk) {
      total += chunk.length;
      const room = half - head.length;
      if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
      const rest = Buffer.from(chunk.subarray(Math.max(0, room)));
      tail.push(rest);
      tailLength += rest.length;
      // Joined only when twice too long, so that a flood of small chunks costs no more than its bytes.
      if (tailLength > 2 * half) {
        tail = [Buffer.from(Buffer.concat(tail).subarray(-half))];
        tailLength = half;
      }
    },
    bytes() {
      const end = Buffer.concat(tail).subarray(-half);
      const missing = total - head.length - end.length;
      if (missing === 0) return new Uint8Array(Buffer.concat([head, end]));
      return new Uint8Array(Buffer.concat([head, Buffer.from(`\n[${missing} bytes of output are not shown here]\n`), end]));
    },
    isCut: () => total > head.length + Math.min(tailLength, half),
  };
}
