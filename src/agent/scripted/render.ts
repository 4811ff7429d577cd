// A scripted turn as the service would send it: one JSON message, or the events of a stream.
import { createHash } from "node:crypto";
import type { ScriptBlock, Turn } from "./script.js";
import { tokensOf, type Tally } from "./tally.js";

export interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Call {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: { readonly type: "direct" };
}

type Content = { readonly type: "text"; readonly text: string; readonly citations: null } | { readonly type: "thinking"; readonly thinking: string; readonly signature: string } | Call;

/** A turn made concrete. `inputs` are the texts that stream as the calls' inputs, by the blocks' positions. */
export interface Rendered {
  readonly id: string;
  readonly content: readonly Content[];
  readonly inputs: readonly (string | undefined)[];
  readonly stop: string;
  readonly outputTokens: number;
}

/** `seed` makes ids unique: the same seed gives the same ids. */
export function render(turn: Turn, stop: string | undefined, seed: string): Rendered {
  const content = turn.blocks.map((block, index) => contentOf(block, `${seed} ${String(index)}`));
  const calls = turn.blocks.some((block) => "call" in block);
  return {
    id: `msg_${digest(seed)}`,
    content,
    inputs: turn.blocks.map((block) => ("call" in block ? ("json" in block.call ? block.call.json : JSON.stringify(block.call.input)) : undefined)),
    stop: stop ?? turn.stop ?? (calls ? "tool_use" : "end_turn"),
    outputTokens: Math.max(1, tokensOf(content)),
  };
}

function contentOf(block: ScriptBlock, seed: string): Content {
  if ("say" in block) return { type: "text", text: block.say, citations: null };
  if ("think" in block) return { type: "thinking", thinking: block.think, signature: digest(block.think) };
  return { type: "tool_use", id: block.call.id ?? `toolu_${digest(seed)}`, name: block.call.tool, input: "json" in block.call ? {} : block.call.input, caller: { type: "direct" } };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}

/** The reply to a request that did not ask for a stream. */
export function messageOf(rendered: Rendered, model: string, usage: Tally): object {
  return { ...envelope(rendered, model, usage), content: rendered.content, stop_reason: rendered.stop, stop_sequence: null };
}

/** The events of a stream, in order. */
export function eventsOf(rendered: Rendered, model: string, usage: Tally): readonly StreamEvent[] {
  return [
    { type: "message_start", message: { ...envelope(rendered, model, { ...usage, output_tokens: 1 }), content: [], stop_reason: null, stop_sequence: null } },
    { type: "ping" },
    ...rendered.content.flatMap((block, index) => blockEvents(block, index, rendered.inputs[index])),
    { type: "message_delta", delta: { stop_reason: rendered.stop, stop_sequence: null }, usage: { output_tokens: rendered.outputTokens } },
    { type: "message_stop" },
  ];
}

function envelope(rendered: Rendered, model: string, usage: Tally): object {
  return { id: rendered.id, type: "message", role: "assistant", model, usage: { ...usage, service_tier: "standard" } };
}

function blockEvents(block: Content, index: number, input: string | undefined): readonly StreamEvent[] {
  const delta = (value: object): StreamEvent => ({ type: "content_block_delta", index, delta: value });
  const around = (start: object, deltas: readonly StreamEvent[]): readonly StreamEvent[] => [
    { type: "content_block_start", index, content_block: start },
    ...deltas,
    { type: "content_block_stop", index },
  ];
  switch (block.type) {
    case "text":
      return around({ ...block, text: "" }, pieces(block.text).map((text) => delta({ type: "text_delta", text })));
    case "thinking":
      return around({ ...block, thinking: "", signature: "" }, [
        ...pieces(block.thinking).map((thinking) => delta({ type: "thinking_delta", thinking })),
        delta({ type: "signature_delta", signature: block.signature }),
      ]);
    case "tool_use":
      return around({ ...block, input: {} }, ["", ...pieces(input ?? "")].map((json) => delta({ type: "input_json_delta", partial_json: json })));
  }
}

const PIECE = 40;

function pieces(text: string): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / PIECE) }, (_, index) => text.slice(index * PIECE, (index + 1) * PIECE));
}
