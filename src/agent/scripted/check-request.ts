// Checks a request the way the real service does, and stricter where it only joins or repairs, so that a conversation which
// would be refused in the night fails a test instead. Pure: it answers nothing and keeps nothing.
import { z } from "zod";

const cacheControl = z.strictObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() });
const mark = { cache_control: cacheControl.nullish() };
const visible = z.string().refine((text) => text.trim() !== "", "text content blocks must contain a visible character");
const callId = z.string().regex(/^[a-zA-Z0-9_-]+$/);

const textBlock = z.strictObject({ type: z.literal("text"), text: visible, citations: z.array(z.unknown()).nullish(), ...mark });
const toolUse = z.strictObject({ type: z.literal("tool_use"), id: callId, name: z.string().min(1), input: z.record(z.string(), z.unknown()), ...mark });
const thinking = z.strictObject({ type: z.literal("thinking"), thinking: z.string(), signature: z.string() });
const redacted = z.strictObject({ type: z.literal("redacted_thinking"), data: z.string().min(1) });
const toolResult = z.strictObject({
  type: z.literal("tool_result"),
  tool_use_id: callId,
  content: z.union([z.string(), z.array(textBlock)]).optional(),
  is_error: z.boolean().optional(),
  ...mark,
});

const content = <T extends z.ZodType>(block: T) => z.union([visible.transform((text) => [{ type: "text" as const, text }]), z.array(block).min(1)]);
const message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("user"), content: content(z.discriminatedUnion("type", [textBlock, toolResult])) }),
  z.strictObject({ role: z.literal("assistant"), content: content(z.discriminatedUnion("type", [textBlock, toolUse, thinking, redacted])) }),
]);

const tool = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  type: z.literal("custom").optional(),
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal("object") }),
  ...mark,
});

const bodySchema = z.strictObject({
  model: z.string().min(1),
  max_tokens: z.number().int().min(1),
  messages: z.array(message).min(1),
  system: z.union([z.string(), z.array(textBlock)]).optional(),
  tools: z.array(tool).optional(),
  tool_choice: z.looseObject({ type: z.enum(["auto", "any", "none", "tool"]) }).optional(),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string()).optional(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional(),
  thinking: z.looseObject({ type: z.string() }).optional(),
  output_config: z.looseObject({}).optional(),
  service_tier: z.enum(["auto", "standard_only"]).optional(),
  cache_control: cacheControl.nullish(),
});

/** A request that the service would take. */
export type CheckedRequest = z.infer<typeof bodySchema>;
export type CheckedMessage = CheckedRequest["messages"][number];

const MOST_MARKS = 4;

/**
 * `refused` with the sentence of the service's 400. `mayContinue`: the last reply was paused, so the conversation may end
 * with an assistant message; otherwise that is refused, as current models do.
 */
export function checkRequest(body: unknown, mayContinue: boolean): { readonly kind: "ok"; readonly request: CheckedRequest } | { readonly kind: "refused"; readonly message: string } {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { kind: "refused", message: describe(parsed.error) };
  const request = parsed.data;
  const problem = repeatedTool(request) ?? turnOrder(request.messages, mayContinue) ?? calls(request) ?? endings(request.messages) ?? marks(request);
  return problem === undefined ? { kind: "ok", request } : { kind: "refused", message: problem };
}

function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "the request is not readable";
  const deepest = innermost(issue);
  const place = [...issue.path, ...(deepest === issue ? [] : deepest.path)].join(".");
  if (deepest.code === "unrecognized_keys") return `${[place, deepest.keys.join(", ")].filter((part) => part !== "").join(".")}: extra inputs are not permitted`;
  return `${place}: ${deepest.message}`;
}

/** In a union the branch that came furthest says what is wrong. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const branches = issue.errors.flatMap((branch) => branch.slice(0, 1)).sort((a, b) => b.path.length - a.path.length);
  const deepest = branches[0];
  return deepest === undefined ? issue : innermost(deepest);
}

function repeatedTool(request: CheckedRequest): string | undefined {
  const names = (request.tools ?? []).map((declared) => declared.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `tools: the name ${twice} is declared twice`;
}

function turnOrder(messages: readonly CheckedMessage[], mayContinue: boolean): string | undefined {
  for (const [index, entry] of messages.entries()) {
    const expected = index % 2 === 0 ? "user" : "assistant";
    if (entry.role !== expected) return `messages.${String(index)}: roles must alternate and begin with user; expected ${expected}`;
  }
  if (messages.at(-1)?.role === "assistant" && !mayContinue) return "messages: the conversation must end with a user message";
  return undefined;
}

/** Every call is declared, unique, and answered once, first thing in the next message; nothing else is answered. */
function calls(request: CheckedRequest): string | undefined {
  const declared = new Set((request.tools ?? []).map((entry) => entry.name));
  const seen = new Set<string>();
  let open: readonly string[] = [];
  for (const [index, entry] of request.messages.entries()) {
    const place = `messages.${String(index)}`;
    if (entry.role === "user") {
      const problem = answers(entry.content, open, place);
      if (problem !== undefined) return problem;
      open = [];
      continue;
    }
    const uses = entry.content.filter((block) => block.type === "tool_use");
    for (const use of uses) {
      if (!declared.has(use.name)) return `${place}: tool_use names ${use.name}, which is not among the tools`;
      if (seen.has(use.id)) return `${place}: tool_use ids must be unique; ${use.id} was used before`;
      seen.add(use.id);
    }
    open = uses.map((use) => use.id);
  }
  return open.length === 0 ? undefined : `messages: no tool_result follows the tool_use ids ${open.join(", ")}`;
}

function answers(blocks: readonly { readonly type: string; readonly tool_use_id?: string | undefined }[], open: readonly string[], place: string): string | undefined {
  const results = blocks.flatMap((block) => (block.type === "tool_result" && block.tool_use_id !== undefined ? [block.tool_use_id] : []));
  const stray = results.find((id) => !open.includes(id));
  if (stray !== undefined) return `${place}: tool_result ${stray} answers no tool_use of the message before`;
  const twice = results.find((id, at) => results.indexOf(id) !== at);
  if (twice !== undefined) return `${place}: tool_use ${twice} is answered twice`;
  const unanswered = open.filter((id) => !results.includes(id));
  if (unanswered.length > 0) return `${place}: no tool_result follows the tool_use ids ${unanswered.join(", ")}`;
  if (blocks.slice(0, results.length).some((block) => block.type !== "tool_result")) return `${place}: tool_result blocks must come before everything else`;
  return undefined;
}

function endings(messages: readonly CheckedMessage[]): string | undefined {
  const at = messages.findIndex((entry) => {
    const last = entry.content.at(-1);
    return entry.role === "assistant" && (last?.type === "thinking" || last?.type === "redacted_thinking");
  });
  return at < 0 ? undefined : `messages.${String(at)}: the last block of an assistant message cannot be thinking`;
}

function marks(request: CheckedRequest): string | undefined {
  const blocks = [...(request.tools ?? []), ...(typeof request.system === "object" ? request.system : []), ...request.messages.flatMap((entry) => [...entry.content])];
  const marked = blocks.filter((block) => "cache_control" in block && block.cache_control !== undefined && block.cache_control !== null).length;
  return marked > MOST_MARKS ? `at most ${String(MOST_MARKS)} blocks may have cache_control; found ${String(marked)}` : undefined;
}
