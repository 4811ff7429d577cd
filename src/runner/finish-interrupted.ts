// Commands that were accepted and then lost their process before they had their effect. A stop is carried out; a landing
// is reported as not done, because a branch must not move long after somebody asked for it.
import type { LoggedEvent } from "../core/log/event.js";
import { endForAgent } from "./calls/end-decision.js";
import type { Site } from "./site.js";
import { endRun } from "./work.js";

/** True when a stop was carried out: whoever wanted to go on must say so again. Landings between intent and end are healed. */
export async function finishInterrupted(site: Site): Promise<boolean> {
  const { ledger } = site;
  await reportLanding(site);
  const stop = ledger.events.findLast((event) => event.kind === "run.unpaused" || event.kind === "run.ended" || isAccepted(event, "stop"));
  if (stop?.kind !== "command.accepted" || stop.command.kind !== "stop") return false;
  await stopAtRest(site, stop.command.why ?? `${stop.command.by.name} stopped the run`);
  return true;
}

/** Ends the run as stopped where no model works on it. What its open decision changed so far belongs to that decision. */
export async function stopAtRest(site: Site, why: string): Promise<void> {
  await endForAgent(site);
  await endRun(site, { outcome: "stopped", why });
}

async function reportLanding({ ledger }: Site): Promise<void> {
  const last = ledger.events.findLast((event) => event.kind.startsWith("landing.") || isAccepted(event, "land") || isAccepted(event, "unland"));
  if (last?.kind !== "command.accepted") return;
  const why =
    last.command.kind === "land"
      ? "The landing was interrupted before it changed anything. Land again."
      : `Taking the landing back was interrupted. Do it again to be sure: vigil unland ${ledger.run.id}.`;
  await ledger.append({ kind: "landing.stopped", outcome: "blocked", why, paths: [], confirm: [] });
}

function isAccepted(event: LoggedEvent, kind: "stop" | "land" | "unland"): boolean {
  return event.kind === "command.accepted" && event.command.kind === kind;
}
