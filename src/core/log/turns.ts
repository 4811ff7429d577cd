// Events from which the conversation with the model is rebuilt: it is a pure function of these and their blobs.
import { z } from "zod";
import { blobId, cost, usage } from "./parts.js";

export const stopReason = z.enum(["end_turn", "tool_use", "max_tokens", "stop_sequence", "pause_turn", "refusal", "context_exceeded"]);

export const turnEvents = [
  /** Text for the model that is not a tool result; it joins the next user message. */
  z.object({
    kind: z.literal("message.added"),
    from: z.enum(["brief", "person", "supervisor"]),
    text: blobId,
    /** The supervisor's one reminder after a reply that called nothing. */
    nudge: z.boolean().optional(),
  }),
  /** The conversation begins anew from a brief: earlier messages are no longer sent. */
  z.object({ kind: z.literal("conversation.restarted"), why: z.string(), brief: blobId }),
  /**
   * Room was made in the conversation. Large results and inputs of replies before the place `whole` are sent short from here
   * on. Where there is a `brief`, it stands for everything before the place `from`, which is no longer sent. Places are `seq`.
   */
  z.object({ kind: z.literal("conversation.trimmed"), why: z.string(), whole: z.number().int(), from: z.number().int().optional(), brief: blobId.optional() }),
  z.object({ kind: z.literal("turn.requested"), turn: z.number().int(), model: z.string(), maxTokens: z.number().int() }),
  /** The service could not answer; the run waits and tries again. `retryAt` is epoch milliseconds. */
  z.object({ kind: z.literal("turn.waiting"), turn: z.number().int(), attempt: z.number().int(), why: z.string(), retryAt: z.number() }),
  /** The service answers again after it could not: a reply is under way. */
  z.object({ kind: z.literal("turn.answered"), turn: z.number().int() }),
  z.object({
    kind: z.literal("turn.received"),
    turn: z.number().int(),
    model: z.string(),
    stop: stopReason,
    usage,
    cost,
    /** The service counted nothing: the usage is a guess. */
    estimated: z.boolean().optional(),
    /** The reply's content blocks verbatim, as JSON. */
    reply: blobId,
    /** Tool calls in the order of the reply. `cut` marks one that the token limit broke off: it is never run. */
    calls: z.array(z.object({ id: z.string(), tool: z.string(), cut: z.boolean().default(false) })),
    ms: z.number(),
  }),
  /** A reply that did not arrive whole, or a refusal: it is not part of the conversation. Its cost counts. */
  z.object({ kind: z.literal("turn.discarded"), turn: z.number().int(), why: z.string(), usage, cost, estimated: z.boolean() }),
] as const;
