// A reply as it arrives: the stream's events put together into whole blocks, each event parsed before it is used.
// It never decides what a broken stream means; it only says whether the reply is whole.
import { z } from "zod";
import type { EventOf } from "../core/log/event.js";
import type { Usage } from "../core/log/parts.js";
import { replyBlock, type ReplyBlock } from "./messages.js";
import { UNREADABLE_INPUT } from "./tools.js";

export type Stop = EventOf<"turn.received">["stop"];

/** A whole reply. `model` is the service's own name for what answered. */
export interface Reply {
  readonly model: string;
  readonly stop: Stop;
  readonly usage: Usage;
  readonly content: readonly ReplyBlock[];
}

const count = z.number().int().min(0).nullish();
const usageSchema = z.object({ input_tokens: count, output_tokens: count, cache_read_input_tokens: count, cache_creation_input_tokens: count });
type Counts = z.infer<typeof usageSchema>;

const messageSchema = z.object({ model: z.string(), content: z.array(z.unknown()), stop_reason: z.string().nullish(), usage: usageSchema.nullish() });

const index = z.number().int().min(0);
const streamEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message_start"), message: z.object({ model: z.string(), usage: usageSchema.nullish() }) }),
  z.object({ type: z.literal("content_block_start"), index, content_block: z.looseObject({ type: z.string() }) }),
  z.object({
    type: z.literal("content_block_delta"),
    index,
    delta: z.union([
      z.object({ type: z.literal("text_delta"), text: z.string() }),
      z.object({ type: z.literal("input_json_delta"), partial_json: z.string() }),
      z.object({ type: z.literal("thinking_delta"), thinking: z.string() }),
      z.object({ type: z.literal("signature_delta"), signature: z.string() }),
      z.object({ type: z.literal("citations_delta"), citation: z.unknown() }),
      z.object({ type: z.string() }),
    ]),
  }),
  z.object({ type: z.literal("content_block_stop"), index }),
  z.object({ type: z.literal("message_delta"), delta: z.object({ stop_reason: z.string().nullish() }), usage: usageSchema.nullish() }),
  z.object({ type: z.literal("message_stop") }),
]);
type StreamEvent = z.infer<typeof streamEvent>;
const KNOWN = ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"];

interface Part {
  block: Record<string, unknown> & { type: string };
  json: string | undefined;
}

/** What may be shown while a reply streams, after one word that it began. Nothing of it is kept. */
export type Progress = { readonly kind: "begun" } | { readonly kind: "text" | "thinking" | "input"; readonly text: string } | { readonly kind: "call"; readonly tool: string };

/** The service ended its reply with an error. `type` is its own word for it. */
export class BrokenOff extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
    this.name = "BrokenOff";
  }
}

const errorEvent = z.object({ error: z.object({ type: z.string(), message: z.string().default("") }) });

/** Puts a stream together. Stateful for the length of one reply. */
export class ReplyReader {
  #model: string | undefined;
  #usage: Usage = NOTHING;
  #stop: string | undefined;
  #whole = false;
  #characters = 0;
  /** In the order in which they began; that is what counts, because some servers number every block 0. */
  readonly #parts: Part[] = [];
  readonly #current = new Map<number, Part>();

  constructor(private readonly progress: (progress: Progress) => void) {}

  get started(): boolean {
    return this.#model !== undefined;
  }

  /** Takes one event of the stream, already read as JSON. Throws a ZodError for a known event that is malformed, and BrokenOff. */
  take(event: unknown): void {
    const type = z.object({ type: z.string() }).parse(event).type;
    if (type === "error") {
      const { error } = errorEvent.parse(event);
      throw new BrokenOff(error.type, error.message);
    }
    // The service may add kinds of events at any time.
    if (KNOWN.includes(type)) this.#apply(streamEvent.parse(event));
  }

  /** Tokens so far: counted where the service said, guessed from the text where it did not. */
  soFar(): Usage {
    return { ...this.#usage, output: Math.max(this.#usage.output, Math.ceil(this.#characters / 3)) };
  }

  /** The reply, or undefined when the stream ended before it was whole. Throws a ZodError for blocks that are malformed. */
  reply(): Reply | undefined {
    if (!this.#whole || this.#model === undefined) return undefined;
    const content = this.#parts.map((part) => replyBlock.parse(finished(part)));
    return { model: this.#model, stop: stopOf(this.#stop, content), usage: this.#usage, content };
  }

  #apply(event: StreamEvent): void {
    switch (event.type) {
      case "message_start":
        this.#model = event.message.model;
        this.#usage = merged(this.#usage, event.message.usage);
        this.progress({ kind: "begun" });
        return;
      case "content_block_start":
        this.#begin(event.index, { block: event.content_block, json: undefined });
        if (event.content_block.type === "tool_use") this.progress({ kind: "call", tool: String(event.content_block["name"]) });
        return;
      case "content_block_delta":
        this.#grow(this.#current.get(event.index), event.delta);
        return;
      case "content_block_stop":
        return;
      case "message_delta":
        this.#stop = event.delta.stop_reason ?? this.#stop;
        this.#usage = merged(this.#usage, event.usage);
        return;
      case "message_stop":
        this.#whole = true;
    }
  }

  #begin(index: number, part: Part): void {
    this.#parts.push(part);
    this.#current.set(index, part);
  }

  #grow(part: Part | undefined, delta: Record<string, unknown>): void {
    // Its beginning is missing. Passing over it would lose a piece of what the model said.
    if (part === undefined) throw new SyntaxError("a piece of a block that never began");
    const block = part.block;
    if (typeof delta["text"] === "string") this.#extend(block, "text", delta["text"], "text");
    if (typeof delta["thinking"] === "string") this.#extend(block, "thinking", delta["thinking"], "thinking");
    if (typeof delta["signature"] === "string") block["signature"] = delta["signature"];
    if ("citation" in delta) block["citations"] = z.array(z.unknown()).catch([]).parse(block["citations"]).concat([delta["citation"]]);
    if (typeof delta["partial_json"] === "string") {
      part.json = (part.json ?? "") + delta["partial_json"];
      this.#characters += delta["partial_json"].length;
      this.progress({ kind: "input", text: delta["partial_json"] });
    }
  }

  #extend(block: Record<string, unknown>, field: string, text: string, kind: "text" | "thinking"): void {
    block[field] = (typeof block[field] === "string" ? block[field] : "") + text;
    this.#characters += text.length;
    this.progress({ kind, text });
  }
}

/** A reply that came as one JSON document, from a server that does not stream. Throws a ZodError when it is no message, and BrokenOff. */
export function wholeReply(message: unknown): Reply {
  const failed = errorEvent.safeParse(message);
  if (failed.success) throw new BrokenOff(failed.data.error.type, failed.data.error.message);
  const parsed = messageSchema.parse(message);
  const content = parsed.content.map((block) => replyBlock.parse(normal(block)));
  return { model: parsed.model, stop: stopOf(parsed.stop_reason, content), usage: merged(NOTHING, parsed.usage), content };
}

const NOTHING: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/** Later counts are totals of the whole message: they replace earlier ones where they are given. */
function merged(usage: Usage, counts: Counts | null | undefined): Usage {
  return {
    input: counts?.input_tokens ?? usage.input,
    output: counts?.output_tokens ?? usage.output,
    cacheRead: counts?.cache_read_input_tokens ?? usage.cacheRead,
    cacheWrite: counts?.cache_creation_input_tokens ?? usage.cacheWrite,
  };
}

function finished(part: Part): unknown {
  if (part.json === undefined) return normal(part.block);
  // Empty: the tool was called without any input.
  return { ...part.block, input: part.json.trim() === "" ? {} : readInput(part.json) };
}

/** Some servers leave out what this one does not need: a signature, the input of a call without any. */
function normal(block: unknown): unknown {
  const parsed = z.looseObject({ type: z.string() }).safeParse(block);
  if (!parsed.success) return block;
  if (parsed.data.type === "thinking") return { signature: "", ...parsed.data };
  if (parsed.data.type !== "tool_use") return block;
  const input = parsed.data["input"];
  return { ...parsed.data, input: typeof input === "string" ? readInput(input) : (input ?? {}) };
}

/** A tool input that is no JSON object is kept under a name of its own, so that the call can be answered as invalid. */
function readInput(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { [UNREADABLE_INPUT]: json };
}

const STOPS: Readonly<Record<string, Stop>> = {
  end_turn: "end_turn",
  tool_use: "tool_use",
  max_tokens: "max_tokens",
  stop_sequence: "stop_sequence",
  pause_turn: "pause_turn",
  refusal: "refusal",
  model_context_window_exceeded: "context_exceeded",
};

/** Servers of other makers send none, or words of their own; then what the reply holds tells. */
function stopOf(reason: string | null | undefined, content: readonly ReplyBlock[]): Stop {
  return STOPS[reason ?? ""] ?? (content.some((block) => block.type === "tool_use") ? "tool_use" : "end_turn");
}
