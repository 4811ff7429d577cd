// What a model service and the network before it can do to a run that is none of the run's fault: each must be waited out,
// told to the person, and cost what it cost.
import type { Trouble } from "../../../src/agent/scripted/script.js";
import type { ScriptedOptions } from "../../../src/agent/scripted/server.js";

export interface Fault {
  readonly name: string;
  readonly troubles: readonly Trouble[];
  /** What the log says of it. */
  readonly why: RegExp;
  /** Replies that began, or may have, and must therefore be counted as an estimate. */
  readonly counted: number;
  /** Milliseconds that must pass before the second try, at least and at most. */
  readonly wait?: readonly [number, number];
  readonly service?: ScriptedOptions;
  /** Milliseconds after which silence counts as a broken reply. */
  readonly idleMs?: number;
}

const OVERLOADED = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
const START = sse({ type: "message_start", message: { id: "m", model: "claude-opus-5-5", role: "assistant", content: [], usage: { input_tokens: 2_000, output_tokens: 1 } } });
const STOP = sse({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } }) + sse({ type: "message_stop" });
const DAY = 86_400_000;
const SILENCE = /Nothing came from the model service/;
/** Long enough for a busy machine to answer in when nothing is wrong. */
const IDLE_MS = 1_500;

function sse(event: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function status(code: number, retryAfter?: string): Trouble {
  return { kind: "status", status: code, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

const stream = (body: string): Trouble => ({ kind: "body", body, contentType: "text/event-stream" });

const own = (code: number): Fault => ({ name: String(code), troubles: [status(code)], why: new RegExp(`failure of its own \\(${String(code)}\\)`), counted: 0, wait: [1, 1_000] });
const limited = (name: string, retryAfter: string | undefined, wait: readonly [number, number]): Fault => ({ name: `429 ${name}`, troubles: [status(429, retryAfter)], why: /limits the rate/, counted: 0, wait });
const broken = (name: string, body: string): Fault => ({ name: `malformed stream: ${name}`, troubles: [stream(body)], why: /not readable|before it was whole/, counted: 1 });
const plain = (name: string, trouble: Trouble, why: RegExp, counted: number): Fault => ({ name: `plain JSON: ${name}`, troubles: [trouble], why, counted, service: { streams: false } });

export const FAULTS: readonly Fault[] = [
  limited("without retry-after", undefined, [1, 1_000]),
  limited("with retry-after in seconds", "7200", [7_200_000, 7_200_000]),
  limited("with retry-after 0", "0", [1, 1_000]),
  limited("with a retry-after that is no time", "soon", [1, 1_000]),
  limited("with a retry-after below zero", "-3600", [1, 1_000]),
  limited("with a retry-after of years", "99999999999", [DAY, DAY]),
  limited("with a date that is past", "Wed, 21 Oct 2015 07:28:00 GMT", [1, 1_000]),
  { name: "529", troubles: [status(529)], why: /overloaded \(529\)/, counted: 0, wait: [1, 1_000] },
  ...[500, 502, 503, 504, 408].map(own),
  { name: "503 with retry-after", troubles: [status(503, "60")], why: /failure of its own \(503\)/, counted: 0, wait: [60_000, 60_000] },
  { name: "a row of different ones", troubles: [status(500), status(429), status(529), { kind: "reset" }, status(503)], why: /\(500\)|\(429\)|\(529\)|\(503\)|cannot be reached/, counted: 0 },
  { name: "reset before the answer", troubles: [{ kind: "reset" }], why: /cannot be reached/, counted: 0 },
  { name: "reset within the headers", troubles: [{ kind: "reset", within: "headers" }], why: /cannot be reached/, counted: 0 },
  { name: "reset within the body", troubles: [{ kind: "cut", afterBytes: 600, reset: true }], why: /connection broke/, counted: 1 },
  { name: "taken and never answered", troubles: [{ kind: "silence" }], why: SILENCE, counted: 0, idleMs: IDLE_MS },
  { name: "a stream that falls silent", troubles: [{ kind: "hang", afterBytes: 700 }], why: SILENCE, counted: 1, idleMs: IDLE_MS },
  { name: "a stream that falls silent at once", troubles: [{ kind: "hang", afterBytes: 0 }], why: SILENCE, counted: 1, idleMs: IDLE_MS },
  { name: "an error event first of all", troubles: [stream(sse(OVERLOADED))], why: /overloaded \(529\)/, counted: 0 },
  { name: "an error event in the middle", troubles: [{ kind: "error-event", type: "overloaded_error", afterBlocks: 1 }], why: /broke the reply off \(overloaded_error\)/, counted: 1 },
  { name: "a page of the network's own", troubles: [{ kind: "body", body: "<!doctype html><title>Sign in</title>", contentType: "text/html; charset=utf-8" }], why: /is no model service \(text\/html\)/, counted: 0 },
  broken("an event that is no JSON", `${START}event: content_block_start\ndata: {"type": "content_block_st\n\n${STOP}`),
  broken("an event without its fields", sse({ type: "message_start" })),
  broken("a piece of a block that never began", START + sse({ type: "content_block_delta", index: 4, delta: { type: "text_delta", text: "lost" } }) + STOP),
  broken("a block without a name", START + sse({ type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "toolu_1" } }) + STOP),
  broken("no end", START + sse({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } })),
  broken("an end without a beginning", STOP),
  broken("bytes that mean nothing", "\u0000\u0001\u0002\n\n\ufffd\ufffd: {}\n\n"),
  broken("an error that says nothing", "event: error\ndata: down\n\n"),
  broken("nothing at all", ""),
  plain("cut by the connection", { kind: "cut", afterBytes: 120 }, /connection broke|not readable/, 1),
  plain("reset within the body", { kind: "cut", afterBytes: 300, reset: true }, /connection broke|not readable/, 1),
  plain("half a document", { kind: "body", body: '{"type":"message","content":[{"ty', contentType: "application/json" }, /not readable/, 1),
  plain("no document", { kind: "body", body: "", contentType: "application/json" }, /not readable/, 1),
  plain("another document", { kind: "body", body: "{}", contentType: "application/json" }, /not readable/, 1),
  plain("an error with status 200", { kind: "body", body: JSON.stringify(OVERLOADED), contentType: "application/json" }, /overloaded \(529\)/, 0),
];

/** What only a person can mend: the run must end and say how, and must not ask again and again. */
export interface Refusal {
  readonly name: string;
  readonly trouble: Trouble;
  /** What the person is told. */
  readonly why: RegExp;
  /** Requests that may be spent on it. */
  readonly most: number;
}

const refused = (code: number, message: string, why: RegExp, most = 1): Refusal => ({ name: `${String(code)} ${message}`, trouble: { kind: "status", status: code, message, times: 10 }, why, most });

export const REFUSALS: readonly Refusal[] = [
  refused(401, "invalid API key", /does not let this run in: .*Set ANTHROPIC_API_KEY.*vigil resume r1/),
  refused(403, "this key may not use the model", /does not let this run in: .*vigil resume r1/),
  refused(402, "your credit balance is too low", /does not let this run in: .*has credit.*vigil resume r1/),
  refused(400, "your credit balance is too low", /does not let this run in: .*has credit.*vigil resume r1/),
  refused(404, "model: claude-opus-5-5", /does not know the model claude-opus-5-5: .*vigil\.model\.name/),
  refused(404, "Not found", /refuses this run's request: Nothing speaks the Messages API at/),
  // Twice: the second time without the marks that some servers do not take.
  refused(400, "messages.3: tool_use ids must be unique", /refuses this run's request: .*tool_use ids must be unique.*vigil resume r1/, 2),
  refused(422, "unprocessable", /refuses this run's request: .*vigil resume r1/, 2),
  refused(501, "not implemented", /refuses this run's request: .*vigil resume r1/),
];
