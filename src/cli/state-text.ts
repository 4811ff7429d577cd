// How a run stands, in the words of a screen: the same ones wherever a person reads them.
import type { RunRow } from "../client/list-runs.js";
import type { Ink } from "./ink.js";

export const STATE_TEXT: Readonly<Record<RunRow["state"], string>> = {
  preparing: "Preparing",
  working: "Running",
  waiting: "Needs you",
  outage: "Waiting for the model's service",
  paused: "Paused",
  interrupted: "Interrupted",
  ready: "Ready to review",
  landed: "Landed",
  proposed: "Proposals to review",
  stopped: "Stopped",
  failed: "Failed",
  abandoned: "A required goal was abandoned",
  unreadable: "Cannot be read",
};

/** Yellow wants a person, red is trouble, green is done. */
export function stateInk(state: RunRow["state"], ink: Ink): (text: string) => string {
  switch (state) {
    case "waiting":
    case "paused":
    case "interrupted":
    case "ready":
    case "proposed":
      return ink.yellow;
    case "outage":
    case "failed":
    case "abandoned":
    case "unreadable":
      return ink.red;
    case "landed":
      return ink.green;
    case "preparing":
    case "working":
    case "stopped":
      return ink.cyan;
  }
}
