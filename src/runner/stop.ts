// Stopping a run where no model works on it, and a stop that lost its process before it had its effect.
import { endForAgent } from "./calls/end-decision.js";
import type { Site } from "./site.js";
import { endRun } from "./work.js";

/** Carries out a stop that was accepted and never took effect. True when there was one: whoever wanted to go on must say so again. */
export async function carryOutStop(site: Site): Promise<boolean> {
  const { ledger } = site;
  const stop = ledger.events.findLast((event) => event.kind === "run.unpaused" || event.kind === "run.ended" || (event.kind === "command.accepted" && event.command.kind === "stop"));
  if (stop?.kind !== "command.accepted" || stop.command.kind !== "stop") return false;
  await stopAtRest(site, stop.command.why ?? `${stop.command.by.name} stopped the run`);
  return true;
}

/** Ends the run as stopped where no model works on it. What its open decision changed so far belongs to that decision. */
export async function stopAtRest(site: Site, why: string): Promise<void> {
  await endForAgent(site);
  await endRun(site, { outcome: "stopped", why });
}
