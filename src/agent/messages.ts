// The shapes of the Messages API that this agent sends and keeps. Shapes only; what is unknown in a reply passes through.
import { z } from "zod";
import type { SystemText } from "./prompt.js";
import type { ToolDefinition } from "./tools.js";

/** A reply's content block as the service sent it. Types that are not known here are kept as they are. */
export const replyBlock = z.union([
  z.looseObject({ type: z.literal("text"), text: z.string() }),
  z.looseObject({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
  z.looseObject({ type: z.literal("thinking"), thinking: z.string(), signature: z.string() }),
  z.looseObject({ type: z.literal("redacted_thinking"), data: z.string() }),
  z.looseObject({ type: z.string() }).refine((block) => !["text", "tool_use", "thinking", "redacted_thinking"].includes(block.type), "a known block without its fields"),
]);
export type ReplyBlock = z.infer<typeof replyBlock>;

/** The blob that `turn.received` names. */
export const replyContent = z.array(replyBlock);

export interface CacheControl {
  readonly type: "ephemeral";
}

/** A content block on its way to the service. */
export interface Block {
  readonly type: string;
  readonly cache_control?: CacheControl;
  readonly [field: string]: unknown;
}

export interface Message {
  readonly role: "user" | "assistant";
  readonly content: readonly Block[];
}

/** One request for a turn, before the caching marks. */
export interface TurnRequest {
  readonly model: string;
  readonly maxTokens: number;
  readonly system: readonly SystemText[];
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
}
