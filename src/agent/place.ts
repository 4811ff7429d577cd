// Where a log stands between two steps of the loop. Only events are looked at, so a run that was killed at any point goes
// on from the same place as one that was not.
import type { EventOf, LoggedEvent } from "../core/log/event.js";
import type { BlobId } from "../core/log/parts.js";

type Received = EventOf<"turn.received">;

export type Place =
  /** Nothing was said to the model yet. */
  | { readonly kind: "begin" }
  /** A turn was asked for and nothing is known of it. `waited`: the service was down when last heard of. */
  | { readonly kind: "hanging"; readonly turn: number; readonly model: string; readonly waited: boolean }
  /** Calls of the last reply have no answer yet. `broken`: one before them did not go well, so they are not run. */
  | { readonly kind: "calls"; readonly turn: number; readonly reply: BlobId; readonly open: Received["calls"]; readonly broken: boolean }
  /** The last reply called nothing, and nothing was said to it since. */
  | { readonly kind: "silence"; readonly cutShort: boolean; readonly seq: number }
  | { readonly kind: "ask" };

export function placeOf(events: readonly LoggedEvent[]): Place {
  const at = events.findLastIndex((event) => event.kind === "turn.requested" || event.kind === "turn.received" || event.kind === "turn.discarded" || event.kind === "conversation.restarted");
  const last = events[at];
  const since = events.slice(at + 1);
  switch (last?.kind) {
    case "turn.requested":
      return { kind: "hanging", turn: last.turn, model: last.model, waited: isWaiting(events) };
    case "turn.received":
      return afterReply(last, since);
    case undefined:
      return events.some((event) => event.kind === "message.added") ? { kind: "ask" } : { kind: "begin" };
    default:
      return { kind: "ask" };
  }
}

function afterReply(reply: Received & { readonly seq: number }, since: readonly LoggedEvent[]): Place {
  const results = since.filter((event) => event.kind === "step.finished");
  const open = reply.calls.filter((call) => !results.some((result) => result.call === call.id));
  if (open.length > 0) {
    const broken = results.some((result) => result.outcome !== "ok" && reply.calls.some((call) => call.id === result.call));
    return { kind: "calls", turn: reply.turn, reply: reply.reply, open, broken };
  }
  const spokenTo = since.some((event) => event.kind === "message.added");
  if (reply.calls.length > 0 || reply.stop === "pause_turn" || spokenTo) return { kind: "ask" };
  return { kind: "silence", cutShort: reply.stop === "max_tokens", seq: reply.seq };
}

/** True while the service was down when last heard of: since then it has not begun a reply, and nothing was used. */
export function isWaiting(events: readonly LoggedEvent[]): boolean {
  return events.findLast((event) => event.kind.startsWith("turn."))?.kind === "turn.waiting";
}

/** The number of the next turn: turns count from 1 and never repeat. */
export function nextTurn(events: readonly LoggedEvent[]): number {
  const last = events.findLast((event) => event.kind === "turn.requested");
  return last?.kind === "turn.requested" ? last.turn + 1 : 1;
}

/** Why a refusal is discarded; the same words every time, because the log is what counts refusals. */
export const REFUSED = "The model refused to answer.";

/** How many times in a row the model refused, up to now. */
export function refusalsInARow(events: readonly LoggedEvent[]): number {
  const answered = events.findLastIndex((event) => event.kind === "turn.received");
  return events.slice(answered + 1).filter((event) => event.kind === "turn.discarded" && event.why === REFUSED).length;
}

/** True when the conversation began anew and no reply has come since: doing it again would change nothing. */
export function justRestarted(events: readonly LoggedEvent[]): boolean {
  return events.findLast((event) => event.kind === "turn.received" || event.kind === "conversation.restarted")?.kind === "conversation.restarted";
}
