// What a scripted model says, and how its service misbehaves: as values, or as a JSON document that can be shipped.
import { z } from "zod";
import { HumanError } from "../../core/error.js";
import type { CheckedRequest } from "./check-request.js";

const block = z.union([
  z.strictObject({ say: z.string() }),
  z.strictObject({ think: z.string() }),
  z.strictObject({ call: z.strictObject({ tool: z.string().min(1), input: z.record(z.string(), z.unknown()), id: z.string().optional() }) }),
  /** A call whose input is sent exactly so, whatever it is: broken JSON, or half of it. */
  z.strictObject({ call: z.strictObject({ tool: z.string().min(1), json: z.string(), id: z.string().optional() }) }),
]);
export type ScriptBlock = z.infer<typeof block>;

const times = z.number().int().min(1).optional();

/** What goes wrong instead of a reply, for as many requests as `times` says (one), before the turn is given. */
const trouble = z.discriminatedUnion("kind", [
  /** An error answer: 429, 500, 529… `retryAfter` is sent as the header, in seconds or as a date. */
  z.strictObject({ kind: z.literal("status"), status: z.number().int().min(400).max(599), retryAfter: z.string().optional(), message: z.string().optional(), type: z.string().optional(), times }),
  /** The connection is reset before an answer, or in the middle of its headers. */
  z.strictObject({ kind: z.literal("reset"), within: z.literal("headers").optional(), times }),
  /** The reply, streamed or not, ends after so many bytes; with a reset instead of an end where it says so. */
  z.strictObject({ kind: z.literal("cut"), afterBytes: z.number().int().min(0), reset: z.boolean().optional(), times }),
  /** An answer with status 200 whose body is exactly this. */
  z.strictObject({ kind: z.literal("body"), body: z.string(), contentType: z.string(), times }),
  /** The request is taken and never answered. */
  z.strictObject({ kind: z.literal("silence"), times }),
  /** An error event in the middle of the stream, after so many blocks. */
  z.strictObject({ kind: z.literal("error-event"), type: z.string(), afterBlocks: z.number().int().min(0), times }),
  /** The stream stays open and says nothing more after so many bytes. */
  z.strictObject({ kind: z.literal("hang"), afterBytes: z.number().int().min(0), times }),
  /** The reply stops with this reason, after its blocks. */
  z.strictObject({ kind: z.literal("stop"), reason: z.enum(["refusal", "model_context_window_exceeded"]), times }),
]);
export type Trouble = z.infer<typeof trouble>;

const turn = z.strictObject({
  blocks: z.array(block),
  /** Default: `tool_use` when something is called, else `end_turn`. */
  stop: z.enum(["end_turn", "tool_use", "max_tokens", "stop_sequence", "pause_turn", "refusal", "model_context_window_exceeded"]).optional(),
  troubles: z.array(trouble).optional(),
  /** For a turn that stops with `pause_turn`: what follows when it is sent back. */
  then: z.strictObject({ blocks: z.array(block), stop: z.enum(["end_turn", "tool_use", "max_tokens"]).optional() }).optional(),
  /** Milliseconds between two events of the stream. */
  slowMs: z.number().int().min(0).optional(),
});
export type Turn = z.infer<typeof turn>;

const rule = z.strictObject({
  /** Holds when the last message contains each of these texts. */
  when: z.strictObject({ lastContains: z.array(z.string()).min(1) }),
  turn,
});

const scriptSchema = z.strictObject({
  /** Tried in order before `turns`. */
  rules: z.array(rule).optional(),
  /** The n-th is said when the conversation holds n replies. */
  turns: z.array(turn),
  /** When a result begins with "interrupted", the reply that called it is said again. Default: true. */
  repeatInterrupted: z.boolean().optional(),
  /** What is said when all turns are over. Default: one sentence that says so. */
  after: turn.optional(),
});

export interface Script extends z.infer<typeof scriptSchema> {
  /** Chooses instead of all the above; undefined leaves the choice to them. */
  readonly choose?: (request: CheckedRequest) => Turn | undefined;
}

/** Reads a script from JSON. Throws HumanError naming the place that does not fit. */
export function parseScript(json: string): Script {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new HumanError(`The model script is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = scriptSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HumanError(`The model script does not fit: ${z.prettifyError(parsed.error)}`);
}
