// How a run stands, in the words of a screen: the same ones wherever a person reads them.
import type { RunRow } from "../client/list-runs.js";
import type { Ink } from "./ink.js";

export const STATE_TEXT: Readonly<Record<RunRow["state"], string>> = {
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

/** Yellow wants a person, red is trouble, green is done. */
export function stateInk(state: RunRow["state"]): keyof Ink {
  switch (state) {
    case "waiting":
    case "paused":
    case "interrupted":
    case "ready":
    case "proposed":
      return "yellow";
    case "outage":
    case "failed":
    case "abandoned":
    case "unreadable":
      return "red";
    case "landed":
      return "green";
    case "preparing":
    case "working":
    case "stopped":
      return "cyan";
  }
}
