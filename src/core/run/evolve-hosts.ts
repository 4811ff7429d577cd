// Hosts that were reached or refused, one entry for each host, port and outcome, however often it was tried.
import type { LoggedEvent } from "../log/event.js";
import type { HostContact } from "./run.js";

type HostEvent = Extract<LoggedEvent, { kind: "host.reached" | "host.refused" }>;

export function withContact(known: readonly HostContact[], event: HostEvent, afterStep: number): readonly HostContact[] {
  const refused = event.kind === "host.refused" ? event.why : undefined;
  const step = event.during.kind === "step" ? event.during.step : undefined;
  const at = known.findIndex((contact) => contact.host === event.host && contact.port === event.port && contact.refused === refused);
  const before = known[at];
  if (before === undefined) {
    return [...known, { host: event.host, port: event.port, count: event.count, refused, steps: step === undefined ? undefined : [step, step], afterStep }];
  }
  const steps = step === undefined ? before.steps : ([before.steps?.[0] ?? step, step] as const);
  return known.with(at, { ...before, count: before.count + event.count, steps });
}
