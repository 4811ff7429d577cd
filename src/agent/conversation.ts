// The conversation as a pure function of the log: whatever crashed in between, the same events give the same messages.
// It must never hold anything that a strict service refuses.
import type { EventOf, LoggedEvent } from "../core/log/event.js";
import type { BlobId } from "../core/log/parts.js";
import { held } from "./held.js";
import { replyContent, type Block, type Message, type ReplyBlock } from "./messages.js";
import { shortInput, shortResult } from "./shorten.js";
import { isToolName } from "./tools.js";

/** Characters of a made-up name that are sent back. */
const LONGEST_NAME = 64;

interface Draft {
  readonly messages: Message[];
  /** Calls of the last reply that wait for their answer, in its order. */
  calls: readonly string[];
  answers: Map<string, Block>;
  /** Texts of the user message that is being written. */
  texts: Block[];
  /** Texts that came while a turn was under way: the model has not seen them in it, so they follow its reply. */
  late: Block[];
  underWay: boolean;
  /** Calls of the last reply that name no tool: they are sent as text, and so is their answer. */
  strange: readonly string[];
  /** The last reply was paused by the service and goes on from where it stopped. */
  paused: boolean;
  /** What came before this place in the log is sent short where it is large. */
  readonly whole: number;
}

/** The blobs that `conversation` will read. */
export function conversationBlobs(events: readonly LoggedEvent[]): readonly BlobId[] {
  return held(events).events.flatMap((event) => {
    if (event.kind === "message.added") return [event.text];
    if (event.kind === "conversation.restarted") return [event.brief];
    if (event.kind === "conversation.trimmed") return event.brief === undefined ? [] : [event.brief];
    if (event.kind === "turn.received") return [event.reply];
    return event.kind === "step.finished" ? [event.result] : [];
  });
}

/**
 * The messages to send for the next turn. Roles alternate and begin with the user; every call is answered. It ends with an
 * assistant message only where a reply was paused or nothing was said since. `text` gives a blob's content.
 */
export function conversation(events: readonly LoggedEvent[], text: (id: BlobId) => string): readonly Message[] {
  const { events: kept, whole } = held(events);
  const draft: Draft = { messages: [], calls: [], answers: new Map(), strange: [], texts: [], late: [], underWay: false, paused: false, whole };
  for (const event of kept) apply(draft, event, text);
  // While a turn is under way the user message is what was sent; what came later waits for the reply.
  const last = userContent(draft);
  return last.length === 0 ? draft.messages : [...draft.messages, { role: "user", content: last }];
}

function apply(draft: Draft, event: LoggedEvent, text: (id: BlobId) => string): void {
  switch (event.kind) {
    case "message.added":
      addText(draft, text(event.text));
      return;
    case "conversation.restarted":
      addText(draft, text(event.brief));
      return;
    case "conversation.trimmed":
      if (event.brief !== undefined) addText(draft, text(event.brief));
      return;
    case "turn.requested":
      draft.texts.push(...draft.late);
      draft.late = [];
      draft.underWay = true;
      return;
    case "turn.discarded":
      draft.texts.push(...draft.late);
      draft.late = [];
      draft.underWay = false;
      return;
    case "turn.received":
      addReply(draft, event, text(event.reply));
      return;
    case "step.finished":
      addResult(draft, event, event.seq < draft.whole ? shortResult(text(event.result)) : text(event.result));
      return;
    default:
      return;
  }
}

function addResult(draft: Draft, event: EventOf<"step.finished">, result: string): void {
  if (draft.strange.includes(event.call)) draft.texts.push({ type: "text", text: result });
  if (draft.calls.includes(event.call) && !draft.answers.has(event.call)) draft.answers.set(event.call, answer(event, result));
}

function addText(draft: Draft, content: string): void {
  // The service refuses a text without a visible character.
  if (content.trim() === "") return;
  (draft.underWay ? draft.late : draft.texts).push({ type: "text", text: content });
}

function addReply(draft: Draft, event: EventOf<"turn.received"> & { readonly seq: number }, reply: string): void {
  draft.underWay = false;
  const said = sendable(replyContent.parse(JSON.parse(reply)));
  const content = event.seq < draft.whole ? said.map((block) => (block.type === "tool_use" ? { ...block, input: shortInput(block["input"]) } : block)) : said;
  const heard = event.stop !== "refusal" && event.stop !== "context_exceeded" && content.length > 0;
  if (!heard) {
    draft.texts.push(...draft.late);
    draft.late = [];
    draft.paused = false;
    return;
  }
  const before = draft.messages.at(-1);
  const asked = userContent(draft);
  if (asked.length > 0) draft.messages.push({ role: "user", content: asked }, { role: "assistant", content });
  // The continuation of a paused reply belongs to the same message.
  else if (before?.role === "assistant") draft.messages.splice(-1, 1, { role: "assistant", content: [...before.content, ...content] });
  // Never in a log that this runner wrote: a reply to nothing.
  else return;
  // Texts held back during a pause come now, as one user message after the whole reply.
  draft.texts = draft.paused && asked.length === 0 ? [...draft.texts, ...draft.late] : draft.late;
  draft.late = [];
  draft.calls = content.flatMap((block) => (block.type === "tool_use" && typeof block["id"] === "string" ? [block["id"]] : []));
  draft.answers = new Map();
  draft.strange = event.calls.flatMap((call) => (draft.calls.includes(call.id) ? [] : [call.id]));
  draft.paused = event.stop === "pause_turn" && draft.calls.length === 0;
}

/** Answers first, in the order of the calls, then what people and the supervisor said. */
function userContent(draft: Draft): readonly Block[] {
  if (draft.paused) return [];
  return [...draft.calls.map((id) => draft.answers.get(id) ?? missing(id)), ...draft.texts];
}

function answer(event: EventOf<"step.finished">, content: string): Block {
  return {
    type: "tool_result",
    tool_use_id: event.call,
    content: content.trim() === "" ? "(no output)" : content,
    ...(event.outcome === "ok" ? {} : { is_error: true }),
  };
}

/** Only in a conversation looked at while a call runs: every call must be answered in what is sent. */
function missing(id: string): Block {
  return { type: "tool_result", tool_use_id: id, content: "not run: no result was recorded", is_error: true };
}

/** The reply as it may be sent back: known blocks with the fields that requests have, and nothing the service refuses. */
function sendable(blocks: readonly ReplyBlock[]): readonly Block[] {
  const kept = blocks.map(asSent).filter((block) => !(block.type === "text" && String(block["text"]).trim() === ""));
  // A message that ends in thinking, or holds nothing else, is refused; what was cut off there says nothing by itself.
  const end = kept.findLastIndex((block) => block.type !== "thinking" && block.type !== "redacted_thinking");
  return kept.slice(0, end + 1);
}

function asSent(block: ReplyBlock): Block {
  switch (block.type) {
    case "text": {
      const citations = block["citations"];
      return { type: "text", text: block["text"], ...(Array.isArray(citations) && citations.length > 0 ? { citations } : {}) };
    }
    case "tool_use":
      // A service may refuse calls of tools that it was not told about, and with them the conversation from then on.
      if (!isToolName(String(block["name"]))) return { type: "text", text: `(Called ${String(block["name"]).slice(0, LONGEST_NAME)}, which is no tool.)` };
      return { type: "tool_use", id: block["id"], name: block["name"], input: block["input"] };
    case "thinking":
      return { type: "thinking", thinking: block["thinking"], signature: block["signature"] };
    case "redacted_thinking":
      return { type: "redacted_thinking", data: block["data"] };
    default:
      return block;
  }
}
