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
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
}

interface Marked {
  readonly cache_control?: CacheControl;
}

const MARK: CacheControl = { type: "ephemeral" };

/** Blocks before a mark among which the service looks for what it has stored. */
const LOOKS_BACK = 20;

/**
 * The request with up to four caching marks, the most that the service takes: after the tools and the system prompt, on the
 * last two user messages, and on one further back. The older of the last two finds what the turn before has stored, and the
 * one further back what is left of it when a large result among the newest was cut.
 */
export function requestBody(request: TurnRequest, caching: boolean): RequestBody {
  const { tools, messages } = request;
  const system = request.system.map((text): Block => ({ ...text }));
  const places = caching ? markedMessages(messages) : [];
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    stream: true,
    system: caching ? marked(system) : system,
    tools,
    messages: messages.map((message, index) => (places.includes(index) ? { ...message, content: marked(message.content) } : message)),
  };
}

function markedMessages(messages: readonly Message[]): readonly number[] {
  const users = messages.flatMap((message, index) => (message.role === "user" ? [index] : []));
  const newest = users.slice(-2);
  let blocks = 0;
  const further = messages.findLastIndex((message, index) => {
    const far = index < (newest[0] ?? 0) && message.role === "user" && blocks + message.content.length >= LOOKS_BACK;
    blocks += message.content.length;
    return far;
  });
  return further < 0 ? newest : [further, ...newest];
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
