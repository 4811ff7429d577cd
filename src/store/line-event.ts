// From a checked line to the event it holds. Knows three outcomes: an event, one that only a newer Vigil knows, or
// something that was written wrongly. Never skips what it does not know.
import { eventSchema } from "../core/log/event.js";
import type { LoggedEvent } from "../core/log/event.js";
import { LOG_FORMAT } from "../core/log/lifecycle.js";
import type { CheckedLine } from "./line.js";

const KNOWN_KINDS: ReadonlySet<string> = new Set(eventSchema.options.map((option) => option.shape.kind.value));

export type LineEvent =
  | { readonly kind: "event"; readonly event: LoggedEvent }
  /** `what` completes the sentence "the log holds …". */
  | { readonly kind: "newer"; readonly what: string; readonly version: string | undefined }
  | { readonly kind: "invalid"; readonly problem: string };

export function eventOfLine(bytes: Buffer, line: CheckedLine): LineEvent {
  const { seq } = line.end;
  if (!KNOWN_KINDS.has(line.kind)) return { kind: "newer", what: `an event of the unknown kind "${line.kind}" (event ${seq})`, version: undefined };
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    return { kind: "invalid", problem: `event ${seq} is not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  const parsed = eventSchema.safeParse(value);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    return { kind: "invalid", problem: `event ${seq} is not a valid ${line.kind}: ${first === undefined ? "" : `${first.path.join(".")}: ${first.message}`}` };
  }
  const event = parsed.data;
  if (event.kind === "run.started" && event.format > LOG_FORMAT) {
    return { kind: "newer", what: `the log format ${event.format}, and this one reads formats up to ${LOG_FORMAT}`, version: event.version };
  }
  // Added in place: the object is ours alone, and copying it would double the cost of reading a log.
  return { kind: "event", event: Object.assign(event, { seq, at: line.at }) };
}

/** The version of Vigil that an event says wrote what follows, where it says so. */
export function versionIn(event: LoggedEvent): string | undefined {
  return event.kind === "run.started" || event.kind === "runner.started" ? event.version : undefined;
}

/** Lines that must be looked at even when a reader wants later ones only, because they say who wrote the log. */
export function namesVersion(line: CheckedLine): boolean {
  return line.kind === "run.started" || line.kind === "runner.started";
}
