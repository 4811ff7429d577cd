// How a run stands, as a colour of the terminal. The words are the client's, the same wherever a person reads them.
import type { RunRow } from "../client/list-runs.js";
import type { Ink } from "./ink.js";

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
    case "queued":
    case "preparing":
    case "working":
    case "stopped":
      return "cyan";
  }
}
