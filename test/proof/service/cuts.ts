// A reply that ends too early, at every byte that it has: within an event, a tool call, a character, the count of tokens.
// Every other one ends by a reset. It is thrown away whole, counted as an estimate, and asked for again.
import type { ScriptedOptions } from "../../../src/agent/scripted/server.js";
import { judgeNight } from "./judge-night.js";
import { night, task } from "./night.js";

export interface Cuts {
  readonly offsets: number;
  readonly problems: readonly string[];
}

const WHY = /before it was whole|connection broke|not readable/;

/** Cuts reply number `at` at `most` offsets, evenly spread and beginning anywhere below the first step, or at all that there are. */
export async function cutReply(at: number, most: number, chance: number, service: ScriptedOptions = {}): Promise<Cuts> {
  const reply = await replyBytes(at, service);
  const step = Math.max(1, reply.length / most);
  const offsets = Array.from({ length: Math.min(most, reply.length) }, (_, n) => Math.min(reply.length - 1, Math.floor((n + (step > 1 ? chance : 0)) * step)));
  const problems: string[] = [];
  for (const offset of offsets) {
    const played = await night(task(at, [{ kind: "cut", afterBytes: offset, reset: offset % 2 === 1 }]), { service });
    // Without its last line break the last event says all there is to say.
    const whole = offset >= reply.trimmed && played.bench.log.every((event) => event.kind !== "turn.discarded");
    const found = judgeNight(played, whole ? { counted: 0, why: undefined } : { counted: 1, why: WHY });
    problems.push(...found.map((problem) => `${service.streams === false ? "document" : "stream"} ${String(at)} cut after ${String(offset)} of ${String(reply.length)} bytes: ${problem}`));
  }
  return { offsets: offsets.length, problems };
}

/** How long the reply is, and how long without the white space at its end. */
async function replyBytes(at: number, service: ScriptedOptions): Promise<{ readonly length: number; readonly trimmed: number }> {
  const texts: Promise<string>[] = [];
  await night(task(at, []), {
    service,
    model: {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        texts.push(response.clone().text());
        return response;
      },
    },
  });
  const text = (await Promise.all(texts))[at] ?? "";
  return { length: Buffer.byteLength(text), trimmed: Buffer.byteLength(text.trimEnd()) };
}
