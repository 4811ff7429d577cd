// A service on this machine that speaks the Messages API and plays a script, for the rehearsal and the tests. It listens on
// the loopback address only, checks each request like the real service, and misbehaves when the script says so.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { checkRequest, type CheckedRequest } from "./check-request.js";
import { choose, type Chosen } from "./choose.js";
import { eventsOf, messageOf, render, type Rendered, type StreamEvent } from "./render.js";
import type { Script, Trouble } from "./script.js";
import { tally, tokensOf, type Tally } from "./tally.js";

export interface ScriptedOptions {
  /** Default: one that is free. */
  readonly port?: number;
  /** The only key that is let in. Default: any. */
  readonly key?: string;
  /** The models that exist. Default: all. */
  readonly models?: readonly string[];
  /** False: answers plain JSON to whoever asks for a stream. */
  readonly streams?: boolean;
  /** False: refuses caching marks as unknown fields. */
  readonly caching?: boolean;
  /** Prompts of more tokens are refused as too long. */
  readonly contextTokens?: number;
}

/** A request as it came, refused ones included. */
export interface SeenRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The HTTP status that it was answered with; 0 for a reset connection and for none. */
  readonly status: number;
  /** What a reply was said to use, sent whole or not; undefined where there was none. */
  readonly usage: Tally | undefined;
  /** Why the check refused it. */
  readonly problem: string | undefined;
}

export interface ScriptedModel {
  readonly url: string;
  /** Requests for a turn, in order. Grows. */
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Starts the service. The caller closes it. */
export async function startScriptedModel(script: Script, options: ScriptedOptions = {}): Promise<ScriptedModel> {
  const play = new Play(script, options);
  const server = createServer((incoming, response) => {
    play.answer(incoming, response).catch((error: unknown) => {
      // A bug in a script's own function, or a client that left: the one sees it, the other does not matter.
      if (response.headersSent) response.destroy();
      else fail(response, 500, "api_error", `the script failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    requests: play.requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Play {
  readonly requests: SeenRequest[] = [];
  /** How often a trouble of a turn was given, by the turn's key. */
  readonly #given = new Map<Chosen["key"], number>();
  readonly #cache = new Set<string>();
  #paused = new Set<string>();

  constructor(
    private readonly script: Script,
    private readonly options: ScriptedOptions,
  ) {}

  async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(incoming.url ?? "/", "http://localhost").pathname;
    const body = await bodyOf(incoming);
    response.setHeader("request-id", `req_${digest(`${String(this.requests.length)} ${body}`)}`);
    if (incoming.method === "HEAD") {
      response.writeHead(200).end();
      return;
    }
    const refusal = this.#letIn(incoming);
    if (refusal !== undefined) {
      if (path === "/v1/messages") this.#saw(incoming, undefined, refusal.status, refusal.message);
      fail(response, refusal.status, refusal.type, refusal.message);
      return;
    }
    if (incoming.method === "POST" && path === "/v1/messages") return this.#turn(incoming, response, parse(body));
    if (incoming.method === "POST" && path === "/v1/messages/count_tokens") return json(response, 200, { input_tokens: tokensOf(parse(body) ?? "") });
    if (incoming.method === "GET" && path.startsWith("/v1/models")) return this.#models(response, path);
    fail(response, 404, "not_found_error", "Not found");
  }

  async #turn(incoming: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const refuse = (status: number, type: string, message: string): void => {
      this.#saw(incoming, body, status, message);
      fail(response, status, type, message);
    };
    if (body === undefined) return refuse(400, "invalid_request_error", "the body is not valid JSON");
    if (this.options.caching === false && JSON.stringify(body).includes('"cache_control"')) return refuse(400, "invalid_request_error", "cache_control: extra inputs are not permitted");
    const checked = checkRequest(body, this.#mayContinue(body));
    if (checked.kind === "refused") return refuse(400, "invalid_request_error", checked.message);
    const request = checked.request;
    if (this.options.models !== undefined && !this.options.models.includes(request.model)) return refuse(404, "not_found_error", `model: ${request.model}`);
    const size = tokensOf(body);
    const most = this.options.contextTokens;
    if (most !== undefined && size > most) return refuse(400, "invalid_request_error", `prompt is too long: ${String(size)} tokens > ${String(most)} maximum`);
    const chosen = choose(this.script, request);
    const trouble = this.#trouble(chosen);
    if (trouble === undefined || isInReply(trouble)) return this.#reply(incoming, response, { body, request }, chosen, trouble);
    this.#saw(incoming, body, trouble.kind === "status" ? trouble.status : trouble.kind === "body" ? 200 : 0, undefined);
    instead(incoming, response, trouble);
  }

  async #reply(incoming: IncomingMessage, response: ServerResponse, { body, request }: { readonly body: unknown; readonly request: CheckedRequest }, chosen: Chosen, trouble: InReply | undefined): Promise<void> {
    const rendered = render(chosen.turn, trouble?.kind === "stop" ? trouble.reason : undefined, `${digest(JSON.stringify(request.messages))} ${String(this.requests.length)}`);
    const usage = tally(request, rendered.outputTokens, this.#cache);
    this.#saw(incoming, body, 200, undefined, usage);
    if (rendered.stop === "pause_turn") this.#paused.add(lastText(rendered));
    const streams = request.stream === true && this.options.streams !== false;
    const events = troubled(eventsOf(rendered, request.model, usage), trouble);
    const bytes = Buffer.from(streams ? events.map(sse).join("") : JSON.stringify(messageOf(rendered, request.model, usage)));
    response.writeHead(200, streams ? { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" } : { "content-type": "application/json", "content-length": bytes.length });
    const slow = chosen.turn.slowMs ?? 0;
    if (streams && slow > 0) {
      for (const event of events) {
        response.write(sse(event));
        await pause(slow);
      }
      response.end();
      return;
    }
    const sent = trouble?.kind === "cut" || trouble?.kind === "hang" ? trouble.afterBytes : bytes.length;
    if (sent >= bytes.length) return void response.end(bytes);
    // The socket is broken only after these bytes left, or that would come earlier than the script says.
    response.flushHeaders();
    const end = (): void => {
      if (trouble?.kind !== "cut") return;
      if (trouble.reset === true) incoming.socket.resetAndDestroy();
      else response.destroy();
    };
    if (sent === 0) end();
    else response.write(bytes.subarray(0, sent), end);
  }

  #trouble(chosen: Chosen): Trouble | undefined {
    if (chosen.turn.troubles === undefined) return undefined;
    const given = this.#given.get(chosen.key) ?? 0;
    this.#given.set(chosen.key, given + 1);
    const due = chosen.turn.troubles.flatMap((trouble) => Array.from({ length: trouble.times ?? 1 }, () => trouble));
    return due[given];
  }

  /** Only a reply that this server paused may be sent back as the last message. */
  #mayContinue(body: unknown): boolean {
    const text = JSON.stringify(body);
    return [...this.#paused].some((paused) => text.includes(paused));
  }

  #letIn(incoming: IncomingMessage): { readonly status: number; readonly type: string; readonly message: string } | undefined {
    const key = incoming.headers["x-api-key"] ?? incoming.headers.authorization?.replace(/^Bearer /i, "");
    if (typeof key !== "string" || key === "" || (this.options.key !== undefined && key !== this.options.key)) return { status: 401, type: "authentication_error", message: "invalid API key" };
    if (incoming.headers["anthropic-version"] === undefined) return { status: 400, type: "invalid_request_error", message: "anthropic-version: header is required" };
    return undefined;
  }

  #models(response: ServerResponse, path: string): void {
    const models = this.options.models ?? ["scripted"];
    const info = (id: string): object => ({ type: "model", id, display_name: id, created_at: "2026-01-01T00:00:00Z" });
    const id = decodeURIComponent(path.slice("/v1/models/".length));
    if (id === "") json(response, 200, { data: models.map(info), has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null });
    else if (models.includes(id)) json(response, 200, info(id));
    else fail(response, 404, "not_found_error", `model: ${id}`);
  }

  #saw(incoming: IncomingMessage, body: unknown, status: number, problem: string | undefined, usage?: Tally): void {
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    this.requests.push({ headers, body, status, problem, usage });
  }
}

type InReply = Extract<Trouble, { kind: "cut" | "error-event" | "hang" | "stop" }>;

/** True for what goes wrong in the middle of a reply, so that there is one. */
function isInReply(trouble: Trouble): trouble is InReply {
  return trouble.kind === "cut" || trouble.kind === "error-event" || trouble.kind === "hang" || trouble.kind === "stop";
}

/** What comes in place of a reply. */
function instead(incoming: IncomingMessage, response: ServerResponse, trouble: Trouble): void {
  if (trouble.kind === "status") {
    if (trouble.retryAfter !== undefined) response.setHeader("retry-after", trouble.retryAfter);
    fail(response, trouble.status, trouble.type ?? typeOf(trouble.status), trouble.message ?? "scripted trouble");
  } else if (trouble.kind === "body") {
    response.writeHead(200, { "content-type": trouble.contentType }).end(trouble.body);
  } else if (trouble.kind === "reset" && trouble.within === "headers") {
    incoming.socket.write("HTTP/1.1 200 OK\r\ncontent-ty", () => incoming.socket.resetAndDestroy());
  } else if (trouble.kind === "reset") {
    incoming.socket.resetAndDestroy();
  }
}

function troubled(events: readonly StreamEvent[], trouble: Trouble | undefined): readonly StreamEvent[] {
  if (trouble?.kind !== "error-event") return events;
  const ends = events.flatMap((event, index) => (event.type === "content_block_stop" ? [index + 1] : []));
  const at = trouble.afterBlocks === 0 ? 0 : (ends[trouble.afterBlocks - 1] ?? events.length);
  return [...events.slice(0, at), { type: "error", error: { type: trouble.type, message: "scripted trouble" } }];
}

function lastText(rendered: Rendered): string {
  return JSON.stringify(rendered.content.findLast((block) => block.type === "text")?.text ?? rendered.id);
}

function sse(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) {
    if (chunk instanceof Uint8Array) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function fail(response: ServerResponse, status: number, type: string, message: string): void {
  json(response, status, { type: "error", error: { type, message }, request_id: response.getHeader("request-id") ?? null });
}

const TYPES: Readonly<Record<number, string>> = { 400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error", 404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 504: "timeout_error", 529: "overloaded_error" };

function typeOf(status: number): string {
  return TYPES[status] ?? "api_error";
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}
