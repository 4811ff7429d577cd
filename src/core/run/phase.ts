// How a run's phase moves. What a person decided stays: a pause ends by being resumed, an end by nothing that the
// machinery reports.
import type { GateId, RunPhase } from "./run.js";

const WORKING = { kind: "working" } as const;

/** The machinery reports work, a question that is waited for, an outage, or that the run waits its turn. */
export function enter(phase: RunPhase, next: Extract<RunPhase, { kind: "working" | "waiting" | "outage" | "queued" }>): RunPhase {
  if (phase.kind === "ended") return phase;
  if (phase.kind !== "paused") return next;
  return { kind: "paused", why: phase.why, ...(next.kind === "waiting" ? { on: next.on } : {}) };
}

/** A pause keeps in mind what is waited for besides. */
export function paused(phase: RunPhase, why: string): RunPhase {
  const on = waitedFor(phase);
  return phase.kind === "ended" ? phase : { kind: "paused", why, ...(on === undefined ? {} : { on }) };
}

/** A person set the run going again. */
export function unpaused(phase: RunPhase): RunPhase {
  const on = phase.kind === "paused" ? phase.on : undefined;
  return on === undefined ? WORKING : { kind: "waiting", on };
}

/** A question needs no waiting for any more. */
export function settled(phase: RunPhase, gate: GateId): RunPhase {
  if (waitedFor(phase) !== gate) return phase;
  return phase.kind === "paused" ? { kind: "paused", why: phase.why } : WORKING;
}

function waitedFor(phase: RunPhase): GateId | undefined {
  return phase.kind === "waiting" || phase.kind === "paused" ? phase.on : undefined;
}
