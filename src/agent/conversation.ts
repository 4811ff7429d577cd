// The conversation as a pure function of the log: whatever crashed in between, the same events give the same messages.
// It must never hold anything that a strict service refuses.
import type { EventOf, LoggedEvent } from "../core/log/event.js";
import type { BlobId } from "../core/log/parts.js";
import { isToolName } from "./tools.js";
import { replyContent, type Block, type Message, type ReplyBlock } from "./messages.js";

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
}

/** The blobs that `conversation` will read. */
export function conversationBlobs(events: readonly LoggedEvent[]): readonly BlobId[] {
  return sinceRestart(events).flatMap((event) => {
    if (event.kind === "message.added") return [event.text];
    if (event.kind === "conversation.restarted") return [event.brief];
    if (event.kind === "turn.received") return [event.reply];
    return event.kind === "step.finished" ? [event.result] : [];
  });
}

/**
 * The messages to send for the next turn. Roles alternate and begin with the user; every call is answered. It ends with an
 * assistant message only where a reply was paused or nothing was said since. `text` gives a blob's content.
 */
export function conversation(events: readonly LoggedEvent[], text: (id: BlobId) => string): readonly Message[] {
  const draft: Draft = { messages: [], calls: [], answers: new Map(), strange: [], texts: [], late: [], underWay: false, paused: false };
  for (const event of sinceRestart(events)) apply(draft, event, text);
  // While a turn is under way the user message is what was sent; what came later waits for the reply.
  const last = userContent(draft);
  return last.length === 0 ? draft.messages : [...draft.messages, { role: "user", content: last }];
}

/**
 * What still counts: everything from the last restart on, and before it the texts of people and of the supervisor that no
 * reply has followed, so that a word said while the conversation overflowed is not lost.
 */
function sinceRestart(events: readonly LoggedEvent[]): readonly LoggedEvent[] {
  const at = events.findLastIndex((event) => event.kind === "conversation.restarted");
  const restart = events[at];
  if (restart === undefined) return events;
  const answered = events.findLastIndex((event, index) => index < at && (event.kind === "turn.received" || event.kind === "conversation.restarted"));
  const unheard = events.slice(answered + 1, at).filter((event) => event.kind === "message.added" && event.from !== "brief");
  return [restart, ...unheard, ...events.slice(at + 1)];
}

function apply(draft: Draft, event: LoggedEvent, text: (id: BlobId) => string): void {
  switch (event.kind) {
    case "message.added":
      addText(draft, text(event.text));
      return;
    case "conversation.restarted":
      addText(draft, text(event.brief));
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
      if (draft.strange.includes(event.call)) draft.texts.push({ type: "text", text: text(event.result) });
      if (draft.calls.includes(event.call) && !draft.answers.has(event.call)) draft.answers.set(event.call, answer(event, text(event.result)));
      return;
    default:
      return;
  }
}

function addText(draft: Draft, content: string): void {
  // The service refuses a text without a visible character.
  if (content.trim() === "") return;
  (draft.underWay ? draft.late : draft.texts).push({ type: "text", text: content });
}

function addReply(draft: Draft, event: EventOf<"turn.received">, reply: string): void {
  draft.underWay = false;
  const content = sendable(replyContent.parse(JSON.parse(reply)));
  const heard = event.stop !== "refusal" && event.stop !== "context_exceeded" && content.length > 0;
  if (!heard) {
    draft.texts.push(...draft.late);
    draft.late = [];
    draft.paused = false;
    return;
  }
  const before = draft.messages.at(-1);
  const said = userContent(draft);
  if (said.length > 0) draft.messages.push({ role: "user", content: said }, { role: "assistant", content });
  // The continuation of a paused reply belongs to the same message.
  else if (before?.role === "assistant") draft.messages.splice(-1, 1, { role: "assistant", content: [...before.content, ...content] });
  // Never in a log that this runner wrote: a reply to nothing.
  else return;
  // Texts held back during a pause come now, as one user message after the whole reply.
  draft.texts = draft.paused && said.length === 0 ? [...draft.texts, ...draft.late] : draft.late;
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
