// Which events the conversation still holds, and which of them are sent as they came. It looks back no further than the
// conversation reaches, so that a turn costs the same however long the log is.
import type { EventOf, LoggedEvent } from "../core/log/event.js";

/** `whole`: what belongs to replies before this place in the log is sent short where it is large. */
export interface Held {
  readonly events: readonly LoggedEvent[];
  readonly whole: number;
}

type Beginning = LoggedEvent & (EventOf<"conversation.restarted"> | EventOf<"conversation.trimmed">);

/** True for what a conversation begins with from there on. */
function isBeginning(event: LoggedEvent): event is Beginning {
  return event.kind === "conversation.restarted" || (event.kind === "conversation.trimmed" && event.brief !== undefined);
}

/** A copy, which does not grow with the log; of itself it gives the same. */
export function held(events: readonly LoggedEvent[]): Held {
  const at = events.findLastIndex(isBeginning);
  const beginning = events[at];
  const trimmed = events.findLast((event) => event === beginning || event.kind === "conversation.trimmed");
  const whole = trimmed?.kind === "conversation.trimmed" ? trimmed.whole : 0;
  if (beginning === undefined) return { events: [...events], whole };
  if (beginning.kind === "conversation.trimmed") return { events: [beginning, ...keptBy(beginning, events)], whole };
  return { events: [beginning, ...unheard(events, at), ...events.slice(at + 1)], whole };
}

/** Earlier trims within what was kept are over. */
function keptBy(trim: LoggedEvent & EventOf<"conversation.trimmed">, events: readonly LoggedEvent[]): readonly LoggedEvent[] {
  const from = trim.from ?? trim.seq;
  return events.slice(events.findLastIndex((event) => event.seq < from) + 1).filter((event) => event.kind !== "conversation.trimmed" || event.seq > trim.seq);
}

/**
 * Before a restart: the texts of people and of the supervisor that no reply has followed, so that a word said while the
 * conversation overflowed is not lost.
 */
function unheard(events: readonly LoggedEvent[], at: number): readonly LoggedEvent[] {
  const answered = events.findLastIndex((event, index) => index < at && (event.kind === "turn.received" || event.kind === "conversation.restarted"));
  return events.slice(answered + 1, at).filter((event) => event.kind === "message.added" && event.from !== "brief");
}
