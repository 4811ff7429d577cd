// A run that a person gave a time to start at: its process waits for it, by the clock on the wall.
import { utcMinute } from "../core/run/amounts.js";
import type { Site } from "./site.js";
import { slept } from "./slept.js";

/** How often the clock is looked at, in milliseconds. One long timer would be late after the machine slept, or the clock was set. */
const LOOK_MS = 2_000;

/** Resolves at the run's time, at once where it has none or it is past, or when the run must halt. */
export async function awaitStart({ ledger, halt, now }: Pick<Site, "ledger" | "halt" | "now">): Promise<void> {
  const { startAt } = ledger.run.spec;
  if (startAt === undefined || now() >= startAt) return;
  const { phase } = ledger.run;
  if (phase.kind !== "queued" || phase.until !== startAt) await ledger.append({ kind: "run.queued", why: `It begins by itself at ${utcMinute(startAt)}, if this machine is on and awake then.`, until: startAt, behind: [] });
  while (now() < startAt && !halt.aborted) await slept(Math.min(LOOK_MS, startAt - now()), halt);
}
