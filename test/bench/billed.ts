// What a service with a five-minute cache bills for a request, by the longest prefix that was marked before. One estimator
// of tokens for all: four characters a token.
import { createHash } from "node:crypto";
import type { Usage } from "../../src/core/log/parts.js";
import type { RequestBody } from "../../src/agent/request.js";

export const CHARACTERS_A_TOKEN = 4;
/** Blocks before a mark among which the service looks for what it has stored. */
const LOOK_BACK = 20;

/** Stateful: one service, as one conversation meets it. */
export class BilledCache {
  #stored = new Set<string>();

  /** `late`: whatever was stored is forgotten. */
  bill(body: RequestBody, output: number, late: boolean): Usage {
    if (late) this.#stored = new Set();
    const hash = createHash("sha256");
    const prefixes: string[] = [];
    let total = 0;
    let read = 0;
    let last = 0;
    const stored: string[] = [];
    const ends: number[] = [];
    const blocks: readonly (object & { readonly cache_control?: unknown })[] = [...body.tools, ...body.system, ...body.messages.flatMap((message) => message.content.map((content) => ({ role: message.role, ...content })))];
    for (const block of blocks) {
      const { cache_control: mark, ...rest } = block;
      const json = JSON.stringify(rest);
      total += Math.ceil(json.length / CHARACTERS_A_TOKEN);
      hash.update(json);
      prefixes.push(hash.copy().digest("base64"));
      ends.push(total);
      if (mark === undefined) continue;
      const first = Math.max(0, prefixes.length - LOOK_BACK);
      const found = prefixes.slice(first).findLastIndex((prefix) => this.#stored.has(prefix));
      if (found >= 0) read = Math.max(read, ends[first + found] ?? 0);
      stored.push(prefixes.at(-1) ?? "");
      last = total;
    }
    for (const prefix of stored) this.#stored.add(prefix);
    return { input: total - Math.max(last, read), output, cacheRead: read, cacheWrite: Math.max(0, last - read) };
  }
}

export function added(one: Usage, other: Usage): Usage {
  return { input: one.input + other.input, output: one.output + other.output, cacheRead: one.cacheRead + other.cacheRead, cacheWrite: one.cacheWrite + other.cacheWrite };
}
