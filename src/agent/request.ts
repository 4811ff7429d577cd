// A turn's request as it goes to the service, and a guess at its size before the service has counted it.
import type { LoggedEvent } from "../core/log/event.js";
import type { Block, CacheControl, Message, TurnRequest } from "./messages.js";
import type { ToolDefinition } from "./tools.js";

/** The body of `POST /v1/messages`. */
export interface RequestBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly stream: true;
  readonly system: readonly Block[];
  readonly tools: readonly (ToolDefinition & Marked)[];
  readonly messages: readonly Message[];
}

interface Marked {
  readonly cache_control?: CacheControl;
}

const MARK: CacheControl = { type: "ephemeral" };

/**
 * The request with up to four caching marks, the most that the service takes: after the tools, after the system prompt,
 * and on the last two user messages. The older of these two finds what the turn before has stored.
 */
export function requestBody(request: TurnRequest, caching: boolean): RequestBody {
  const { tools } = request;
  const system = request.system.map((text): Block => ({ ...text }));
  const users = request.messages.flatMap((message, index) => (message.role === "user" ? [index] : [])).slice(-2);
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    stream: true,
    system: caching ? marked(system) : system,
    tools: caching ? marked(tools) : tools,
    messages: caching ? request.messages.map((message, index) => (users.includes(index) ? { ...message, content: marked(message.content) } : message)) : request.messages,
  };
}

function marked<T extends object>(blocks: readonly T[]): readonly (T & Marked)[] {
  return blocks.map((block, index) => (index === blocks.length - 1 ? { ...block, cache_control: MARK } : block));
}

/** English, code and JSON have between three and four characters a token; the smaller figure keeps budgets. */
export const CHARACTERS_A_TOKEN = 3;
/** What the service adds around messages and tools. */
const OVERHEAD = 500;

/**
 * Tokens that the request will have, guessed. After a reply the service's own count stands for everything up to it, and
 * only what came since is guessed.
 */
export function estimateTokens(request: Omit<TurnRequest, "maxTokens" | "model">, events: readonly LoggedEvent[]): number {
  const counted = lastCount(events);
  const said = request.messages.findLastIndex((message) => message.role === "assistant");
  if (counted === undefined || said < 0) {
    return OVERHEAD + tokens(request.system) + tokens(request.tools) + tokens(request.messages);
  }
  return counted + tokens(request.messages.slice(said + 1));
}

/** Tokens of a text or of a value's JSON, guessed. */
export function tokens(value: unknown): number {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return Math.ceil(text.length / CHARACTERS_A_TOKEN);
}

/** Prompt and reply of the last turn, as counted; undefined when the conversation began anew or was trimmed since, or nothing was counted. */
function lastCount(events: readonly LoggedEvent[]): number | undefined {
  const last = events.findLast((event) => event.kind === "turn.received" || event.kind === "conversation.trimmed" || event.kind === "conversation.restarted");
  if (last?.kind !== "turn.received") return undefined;
  const { input, output, cacheRead, cacheWrite } = last.usage;
  const prompt = input + cacheRead + cacheWrite;
  return prompt === 0 ? undefined : prompt + output;
}
