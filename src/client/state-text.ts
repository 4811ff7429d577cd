// How a run stands, in the words of a screen: the same ones in every front end.
import type { RunRow } from "./list-runs.js";

export const STATE_TEXT: Readonly<Record<RunRow["state"], string>> = {
  queued: "Queued",
  preparing: "Preparing",
  working: "Running",
  waiting: "Needs you",
  outage: "Model unreachable",
  paused: "Paused",
  interrupted: "Interrupted",
  ready: "Ready to review",
  landed: "Landed",
  proposed: "Proposals to review",
  stopped: "Stopped",
  failed: "Failed",
  abandoned: "Goal abandoned",
  unreadable: "Cannot be read",
};
