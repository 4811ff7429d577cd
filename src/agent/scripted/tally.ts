// Tokens of a scripted turn, from the sizes of its parts, with a prompt cache that remembers what was marked before.
import { createHash } from "node:crypto";
import type { CheckedRequest } from "./check-request.js";

export interface Tally {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation_input_tokens: number;
}

/** Four characters a token: near enough for a script, and the same every time. */
export function tokensOf(value: unknown): number {
  return Math.ceil(JSON.stringify(value).length / 4);
}

/** Counts a request and remembers its marked prefixes in `cache`, which belongs to one server. */
export function tally(request: CheckedRequest, outputTokens: number, cache: Set<string>): Tally {
  const parts: readonly Part[] = [
    ...(request.tools ?? []).map(part),
    ...(typeof request.system === "string" ? [part({ type: "text", text: request.system })] : (request.system ?? []).map(part)),
    ...request.messages.flatMap((message) => message.content.map((block) => part({ role: message.role, ...block }))),
  ];
  const hash = createHash("sha256").update(request.model);
  let total = 0;
  let read = 0;
  let stored = 0;
  for (const { json, marked } of parts) {
    hash.update(json);
    total += Math.ceil(json.length / 4);
    if (!marked) continue;
    const prefix = hash.copy().digest("hex");
    if (cache.has(prefix)) read = total;
    cache.add(prefix);
    stored = total;
  }
  return { input_tokens: total - Math.max(stored, read), output_tokens: outputTokens, cache_read_input_tokens: read, cache_creation_input_tokens: stored - read };
}

interface Part {
  readonly json: string;
  readonly marked: boolean;
}

function part(block: object): Part {
  const { cache_control: control, ...rest } = block as { cache_control?: unknown };
  return { json: JSON.stringify(rest), marked: control !== undefined && control !== null };
}
