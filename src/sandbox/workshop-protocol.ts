// What host and workshop say to one another: one JSON object a line. Both sides parse every line before they read it;
// the host trusts no word of it, because a hostile program inside may speak in the workshop's place.
import { z } from "zod";

/** Longest line that is read, in bytes. Tool output is capped far below it. */
export const LINE_LIMIT = 2 * 1024 * 1024;

const carriedSchema = z.object({ cwd: z.string(), env: z.record(z.string(), z.string()) });

/** To the workshop. `open` is the first line and the only one of its kind; `n` counts requests up from 1. */
export const requestSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("open"),
    root: z.string(),
    /** Words for a refused write: what refused it, and what to do. */
    readOnlyBecause: z.string(),
    hidden: z.array(z.string()),
    carried: carriedSchema.optional(),
  }),
  z.object({ kind: z.literal("call"), n: z.number().int(), tool: z.string(), input: z.unknown(), timeoutMs: z.number().positive() }),
  z.object({ kind: z.literal("farewell"), n: z.number().int() }),
]);

/** From the workshop. */
export const replySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("open") }),
  z.object({ kind: z.literal("result"), n: z.number().int(), ok: z.boolean(), text: z.string(), exit: z.number().int().optional() }),
  z.object({ kind: z.literal("farewell"), n: z.number().int(), carried: carriedSchema, processes: z.array(z.string()).max(1000) }),
]);

export type Request = z.infer<typeof requestSchema>;
export type Reply = z.infer<typeof replySchema>;

/** Cuts a stream of chunks into lines. Throws where a line is longer than the limit; what is unfinished stays for later. */
export function lineReader(limit: number = LINE_LIMIT): (chunk: Uint8Array) => readonly string[] {
  let pending: Uint8Array[] = [];
  let length = 0;
  return (chunk) => {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10, from); end >= 0; end = chunk.indexOf(10, from)) {
      pending.push(chunk.subarray(from, end));
      lines.push(Buffer.concat(pending).toString("utf8"));
      pending = [];
      length = 0;
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    length += rest.length;
    if (length > limit) throw new Error(`a line is longer than ${limit} bytes`);
    if (rest.length > 0) pending.push(rest);
    return lines;
  };
}
