// The model service, spoken to through Anthropic's SDK: one turn in, one outcome out. It never retries by itself (the run's
// log shows each wait), reads no environment, and never throws for what a service or a network can do.
import Anthropic, { APIError } from "@anthropic-ai/sdk";
import { Stream } from "@anthropic-ai/sdk/streaming";
import { ZodError } from "zod";
import type { Usage } from "../core/log/parts.js";
import type { TurnRequest } from "./messages.js";
import { failureOf, failureOfType, type Failure } from "./failure.js";
import { requestBody } from "./request.js";
import { BrokenOff, ReplyReader, wholeReply, type Progress, type Reply } from "./reply.js";

export type TurnOutcome =
  /** `note` is a fact to tell once, such as a feature that the server lacks. */
  | { readonly kind: "received"; readonly reply: Reply; readonly note: string | undefined }
  /** The reply ended before it was whole. `usage` is undefined when nothing of it had come. */
  | { readonly kind: "cut"; readonly why: string; readonly usage: Usage | undefined }
  /** The signal was aborted. */
  | { readonly kind: "aborted"; readonly usage: Usage | undefined }
  | Failure;

export interface Model {
  /** Asks for one turn. `progress` is called while the reply streams. */
  turn(request: TurnRequest, signal: AbortSignal, progress: (progress: Progress) => void): Promise<TurnOutcome>;
}

export interface ModelOptions {
  readonly apiKey?: string | undefined;
  readonly authToken?: string | undefined;
  /** Another server that speaks the Messages API. Default: Anthropic's. */
  readonly baseUrl?: string | undefined;
  /** Milliseconds without a byte after which a reply counts as cut. Default: five minutes. */
  readonly idleMs?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

const OFFICIAL = "https://api.anthropic.com";
const IDLE_MS = 300_000;

/** A client for one process. It remembers when the server turned out to lack prompt caching. */
export function modelClient(options: ModelOptions): Model {
  const client = anthropic(options);
  const idleMs = options.idleMs ?? IDLE_MS;
  let caching = true;
  return {
    async turn(request, signal, progress) {
      if (client === undefined) return { kind: "unauthorized", why: "No key for the model service is set." };
      const outcome = await attempt(client, request, caching, idleMs, signal, progress);
      if (outcome.kind !== "refused-request" || !outcome.mayBeFeature || !caching) return outcome;
      const plain = await attempt(client, request, false, idleMs, signal, progress);
      // The first refusal names the cause when leaving out the marks did not help.
      if (plain.kind === "refused-request") return outcome;
      if (plain.kind !== "received") return plain;
      caching = false;
      return { ...plain, note: `The model service does not take prompt caching (${outcome.why}). The run goes on without it and costs more.` };
    },
  };
}

function anthropic(options: ModelOptions): Anthropic | undefined {
  const baseURL = (filled(options.baseUrl) ?? OFFICIAL).replace(/\/+$/, "");
  const apiKey = filled(options.apiKey);
  const authToken = filled(options.authToken);
  const own = baseURL === OFFICIAL;
  if (own && apiKey === undefined && authToken === undefined) return undefined;
  const credential =
    apiKey !== undefined
      ? { apiKey, authToken: null }
      : // A server without keys still gets a header, or the SDK would look for credentials in the user's own files.
        { apiKey: null, authToken: authToken ?? "none" };
  return new Anthropic({
    ...credential,
    baseURL,
    maxRetries: 0,
    // The SDK prints by itself otherwise, and reports spans where the environment asks for them.
    logLevel: "off",
    openTelemetry: false,
    // The SDK sends a key as a bearer token only; servers made for its earlier versions look for this header.
    ...(own || apiKey === undefined ? {} : { defaultHeaders: { "x-api-key": apiKey } }),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
}

/** A variable that is set to nothing is not set. */
function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}

async function attempt(client: Anthropic, request: TurnRequest, caching: boolean, idleMs: number, signal: AbortSignal, progress: (progress: Progress) => void): Promise<TurnOutcome> {
  const idle = new AbortController();
  const reader = new ReplyReader(progress);
  let answered = false;
  let otherThan: string | undefined;
  let timer = setTimeout(() => idle.abort(), idleMs);
  const touch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => idle.abort(), idleMs);
  };
  const both = AbortSignal.any([signal, idle.signal]);
  const soFar = (): Usage | undefined => (reader.started ? reader.soFar() : undefined);
  try {
    const response = await client.post("/v1/messages", { body: requestBody(request, caching), stream: true, signal: both, timeout: idleMs }).asResponse();
    answered = true;
    if (!isStream(response)) otherThan = notJson(response);
    const reply = isStream(response) ? await streamed(watched(response, touch), reader, both) : wholeReply(JSON.parse(await watched(response, touch).text()));
    if (signal.aborted) return { kind: "aborted", usage: soFar() };
    if (reply !== undefined) return { kind: "received", reply, note: undefined };
    return { kind: "cut", why: idle.signal.aborted ? silence(idleMs) : "The reply ended before it was whole.", usage: soFar() };
  } catch (error) {
    if (signal.aborted) return { kind: "aborted", usage: soFar() };
    if (error instanceof BrokenOff && !reader.started) return failureOfType(error.type, error.message, client.baseURL);
    // A sign-in page of the network, a proxy's greeting: no model has answered, so nothing is paid for.
    if (error instanceof SyntaxError && otherThan !== undefined) return { kind: "unavailable", why: `What answers at ${client.baseURL} is no model service (${otherThan}). A network that wants a sign-in may be in between.`, retryAfterMs: undefined };
    if (answered && !(error instanceof APIError)) return { kind: "cut", why: idle.signal.aborted ? silence(idleMs) : cutWhy(error), usage: soFar() };
    if (idle.signal.aborted) return { kind: "unavailable", why: silence(idleMs), retryAfterMs: undefined };
    return failureOf(error, client.baseURL, Date.now());
  } finally {
    clearTimeout(timer);
  }
}

async function streamed(response: Response, reader: ReplyReader, signal: AbortSignal): Promise<Reply | undefined> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  signal.addEventListener("abort", stop, { once: true });
  try {
    // The raw events, because the SDK's own reading skips those of servers that send no event names.
    for await (const { data } of Stream.rawEvents(response, controller)) {
      if (data === "" || data === "[DONE]") continue;
      reader.take(JSON.parse(data));
      const reply = reader.reply();
      if (reply !== undefined) return reply;
    }
    return undefined;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function isStream(response: Response): boolean {
  return (response.headers.get("content-type") ?? "").includes("text/event-stream");
}

/** The kind of an answer that does not say that it is JSON. */
function notJson(response: Response): string | undefined {
  const type = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "no content type";
  return /\bjson$/i.test(type) ? undefined : type.slice(0, 60);
}

/** The same response, telling of each piece as it arrives: pings count as life, which the SDK would swallow. */
function watched(response: Response, arrived: () => void): Response {
  if (response.body === null) return response;
  const watch = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      arrived();
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(watch), { status: response.status, headers: response.headers });
}

function silence(idleMs: number): string {
  return `Nothing came from the model service for ${String(Math.ceil(idleMs / 1000))} seconds.`;
}

/** A stable sentence for each way in which a reply can break off. */
function cutWhy(error: unknown): string {
  if (error instanceof ZodError || error instanceof SyntaxError) return "The reply was not readable.";
  if (error instanceof BrokenOff) return `The service broke the reply off (${error.type}).`;
  return "The connection broke while the reply came.";
}
