// One word for how a run stands, the same on every screen and in the command line's JSON.
import type { Run } from "../core/run/run.js";

export const RUN_STATES = [
  "queued",
  "preparing",
  "working",
  "waiting",
  "outage",
  "paused",
  "interrupted",
  "ready",
  "landed",
  "proposed",
  "stopped",
  "failed",
  "abandoned",
] as const;
export type RunState = (typeof RUN_STATES)[number];

/**
 * `alive`: a worker holds the run's lock. Without one a run that has not ended is interrupted, unless a person paused it;
 * also one that has landed already and was killed before it could say that it ended.
 */
export function stateOf(run: Run, alive: boolean): RunState {
  if (run.phase.kind === "ended") {
    if (run.landing?.state === "landed") return "landed";
    return run.phase.outcome === "landed" ? "ready" : run.phase.outcome;
  }
  if (run.phase.kind === "paused") return "paused";
  return alive ? run.phase.kind : "interrupted";
}

/** The command line's exit code for a state: see `vigil help`. */
export function exitOf(state: RunState): 0 | 1 | 3 | 4 {
  switch (state) {
    case "ready":
    case "landed":
    case "proposed":
      return 0;
    case "failed":
      return 1;
    case "abandoned":
      return 3;
    case "queued":
    case "preparing":
    case "working":
    case "waiting":
    case "outage":
    case "paused":
    case "interrupted":
    case "stopped":
      return 4;
  }
}
