// What a person who looks at no screen is told, in plain text that has passed the one sink. It quotes the agent as the agent.
import type { LoggedEvent } from "../log/event.js";
import { oneLine } from "../text/one-line.js";
import { duration } from "./amounts.js";
import { phaseSentence } from "./phase-text.js";
import type { Gate, Run } from "./run.js";

export interface Announcement {
  readonly event: "approval" | "ended" | "outage" | "abandoned" | "escalation";
  readonly title: string;
  readonly text: string;
  /** The question that it is about: once that is answered, there is nothing to tell. */
  readonly gate?: string;
  /** Whom a committed policy names, and what it says of how: data for the person's own command, never a program to start. */
  readonly to?: string;
  readonly notify?: string;
}

const TITLE = 100;
const TEXT = 500;
/** A service that is away for less is no news, in milliseconds and tries. */
const SHORT_MS = 60_000;
const TRIES = 4;

/** What an event that has just happened to `run` is worth telling; undefined for nearly all. */
export function announcementOf(event: LoggedEvent, run: Run): Announcement | undefined {
  switch (event.kind) {
    case "gate.raised":
      // At gated-write the agent works ahead of such questions: they are told when it can do so no longer.
      return event.type === "decision" || event.type === "landing" ? undefined : waits(run, event.gate);
    case "gate.awaited": {
      const gate = run.gates.find(({ id }) => id === event.gate);
      return gate?.type === "decision" || gate?.type === "landing" ? waits(run, event.gate) : undefined;
    }
    case "run.ended":
      return told("ended", run, phaseSentence(run.phase));
    case "turn.waiting":
      return event.attempt >= TRIES || event.retryAt - event.at >= SHORT_MS ? told("outage", run, `The model does not answer: ${event.why} The run tries again by itself.`) : undefined;
    case "goal.abandoned":
      return told("abandoned", run, `Goal ${event.goal} was given up by ${event.by === "agent" ? "the agent" : `a ${event.by}`}: "${event.why}"`);
    default:
      return undefined;
  }
}

/** That a question has waited for long; `rule` is of the committed policy. */
export function escalation(run: Run, gate: Gate, waited: number, rule: { readonly to: string; readonly notify?: string | undefined }): Announcement {
  return { ...told("escalation", run, `Approval ${gate.id} has waited ${duration(waited)}: ${gate.target}`), gate: gate.id, to: oneLine(rule.to, TITLE), ...(rule.notify === undefined ? {} : { notify: oneLine(rule.notify, TEXT) }) };
}

function waits(run: Run, id: string): Announcement | undefined {
  const gate = run.gates.find((one) => one.id === id);
  return gate?.state.kind === "open" || gate?.state.kind === "parked" ? { ...told("approval", run, `Approval ${gate.id} (${gate.type}) waits for you: ${gate.target} (why: "${gate.why}")`), gate: gate.id } : undefined;
}

function told(event: Announcement["event"], run: Run, text: string): Announcement {
  return { event, title: oneLine(`Vigil: ${run.spec.task}`, TITLE), text: oneLine(text, TEXT) };
}
