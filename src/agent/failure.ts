// What an error of the model service means for a run: wait, ask a person, begin the conversation anew, or give up.
// Sentences are the same for the same cause, so that a waiting run does not repeat itself in other words.
import { APIConnectionError, APIError } from "@anthropic-ai/sdk";

export type Failure =
  | { readonly kind: "unavailable"; readonly why: string; readonly retryAfterMs: number | undefined }
  | { readonly kind: "unauthorized"; readonly why: string }
  | { readonly kind: "unknown-model"; readonly why: string }
  | { readonly kind: "context-exceeded"; readonly why: string }
  /** `mayBeFeature`: the refusal may be about something that the request can do without. */
  | { readonly kind: "refused-request"; readonly why: string; readonly mayBeFeature: boolean };

const TOO_LONG = /prompt is too long|context (window|length|limit|size)|too many (input )?tokens|maximum context/i;
const NO_CREDIT = /credit balance|billing|spend limit|payment/i;
const NO_MODEL = /\bmodel\b.*(not (found|exist|available|supported)|does not exist|unknown|invalid|no such)|(unknown|invalid|no such|unsupported) model|^model:/i;

/** Classifies what a request threw. `now` is epoch milliseconds, for a retry-after that is a date. Rethrows what is no failure of a service. */
export function failureOf(error: unknown, baseUrl: string, now: number): Failure {
  if (error instanceof APIConnectionError) return { kind: "unavailable", why: unreachable(error, baseUrl), retryAfterMs: undefined };
  if (!(error instanceof APIError)) throw error;
  // The SDK's types leave status and headers open.
  const status: unknown = error.status;
  const headers: unknown = error.headers;
  if (typeof status !== "number") throw error;
  const said = typeof error.apiMessage === "string" ? error.apiMessage : error.message;
  return ofStatus(status, error.type, said, baseUrl, headers instanceof Headers ? retryAfter(headers, now) : undefined);
}

/** Classifies an error event that came before the reply had begun. */
export function failureOfType(type: string, said: string, baseUrl: string): Failure {
  return ofStatus(STATUS_OF_TYPE[type] ?? 500, type, said, baseUrl, undefined);
}

const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

function ofStatus(status: number, type: string | null, said: string, baseUrl: string, retryAfterMs: number | undefined): Failure {
  const why = `${said.slice(0, 500)} (${String(status)})`;
  if (status === 401 || status === 402 || status === 403) return { kind: "unauthorized", why };
  if (status === 413) return { kind: "context-exceeded", why };
  if (status === 404) return /model/i.test(said) && type !== null ? { kind: "unknown-model", why } : { kind: "refused-request", why: `Nothing speaks the Messages API at ${baseUrl} (404).`, mayBeFeature: false };
  if (status === 429) return { kind: "unavailable", why: "The service limits the rate of requests (429).", retryAfterMs };
  if (status === 529) return { kind: "unavailable", why: "The service is overloaded (529).", retryAfterMs };
  if (status === 408 || status === 409 || status === 425 || status === 499 || (status >= 500 && status !== 501)) {
    return { kind: "unavailable", why: `The service has a failure of its own (${String(status)}).`, retryAfterMs };
  }
  if (TOO_LONG.test(said)) return { kind: "context-exceeded", why };
  if (NO_CREDIT.test(said)) return { kind: "unauthorized", why };
  if (NO_MODEL.test(said)) return { kind: "unknown-model", why };
  return { kind: "refused-request", why, mayBeFeature: status === 400 || status === 422 };
}

/** Milliseconds from a `retry-after` in seconds or as a date, or from the service's own finer header. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const fine = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (fine >= 0) return fine;
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number.parseFloat(value) * 1000;
  // Whatever else stands there: a number below zero would read as a year.
  const date = /^\s*[a-z]{3,9},? /i.test(value) ? Date.parse(value) : Number.NaN;
  // By the service's own clock where it tells it: this machine's may be wrong by a day.
  const there = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(there) ? now : there));
}

const NOT_VALID_NOW: ReadonlySet<string> = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);
const NOT_TRUSTED = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET|VERIFY|DECRYPT)_)/;
const NO_TLS: ReadonlySet<string> = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "EPROTO"]);

function unreachable(error: APIConnectionError, baseUrl: string): string {
  const code = codeOf(error.cause);
  if (code === undefined) return `The service at ${baseUrl} cannot be reached.`;
  if (NOT_VALID_NOW.has(code)) return `The certificate of the service at ${baseUrl} is not valid at this time (${code}), or this machine's clock is wrong.`;
  if (NOT_TRUSTED.test(code)) return `The service at ${baseUrl} does not prove that it is the one it says (${code}). If its certificate is of your own authority, name that one's file in NODE_EXTRA_CA_CERTS, stop the run and resume it.`;
  if (NO_TLS.has(code)) return `What listens at ${baseUrl} does not speak TLS (${code}). If the address should begin with http:// instead, correct it, stop the run and resume it.`;
  return `The service at ${baseUrl} cannot be reached (${code}).`;
}

/** The system's own word for it lies somewhere down the chain of causes. */
function codeOf(cause: unknown): string | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string") return error.code;
  }
  return undefined;
}
