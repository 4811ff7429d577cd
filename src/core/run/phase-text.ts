// The run's phase in the words of a screen.
import type { RunPhase } from "./run.js";

/** Without the reason, which stands in the phase itself. */
export function phaseText(phase: RunPhase): string {
  switch (phase.kind) {
    case "preparing":
      return "Preparing";
    case "working":
      return "Running";
    case "queued":
      return phase.until === undefined ? "Queued" : "Waiting for its time";
    case "waiting":
      return `Needs you (approval ${phase.on})`;
    case "outage":
      return "Waiting for the model's service";
    case "paused":
      return "Paused";
    case "ended":
      return ENDED[phase.outcome];
  }
}

/** With the reason. Where the reason says the phase's own words again ("Landed: landed on main"), they stand once. */
export function phaseSentence(phase: RunPhase): string {
  const text = phaseText(phase);
  if (!("why" in phase) || phase.why === "") return text;
  return phase.why.toLowerCase().startsWith(text.toLowerCase()) ? text + phase.why.slice(text.length) : `${text}: ${phase.why}`;
}

const ENDED: Readonly<Record<Extract<RunPhase, { kind: "ended" }>["outcome"], string>> = {
  ready: "Ready to review",
  landed: "Landed",
  proposed: "Ended with proposals; nothing was changed",
  stopped: "Stopped",
  failed: "Failed",
  abandoned: "Ended: a required goal was abandoned",
};
