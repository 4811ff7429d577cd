// A shift that an error ended: the run ends as failed, with the reason where people look for it, and can be resumed. Where
// the log itself is what failed, nothing is written and the error speaks for itself.
import { HumanError } from "../core/error.js";
import { systemRefusal } from "../core/system-error.js";
import { endForAgent } from "./calls/end-decision.js";
import { Leaving } from "./halt.js";
import { recover } from "./recover.js";
import type { Site } from "./site.js";
import { endRun } from "./work.js";

export async function endAsFailed(site: Site, error: unknown): Promise<void> {
  const { ledger } = site;
  if (error instanceof Leaving || ledger.lost.aborted || ledger.run.phase.kind === "ended") return;
  await site.shop.shut("the run failed");
  await putInOrder(site);
  await endRun(site, { outcome: "failed", why: sentence(error, ledger.run.id) });
}

// What was under way is answered and its decision ended, so that the work done so far can be reviewed.
async function putInOrder(site: Site): Promise<void> {
  try {
    await recover(site);
    await endForAgent(site);
  } catch (error) {
    if (site.ledger.lost.aborted || error instanceof Leaving) throw error;
    await site.ledger.append({ kind: "note.added", text: `What was under way could not be put in order: ${messageOf(error)}` });
  }
}

function sentence(error: unknown, run: string): string {
  const told = error instanceof HumanError ? error : systemRefusal(error);
  if (told !== undefined) return told.message;
  return `The supervisor met a fault of its own (${messageOf(error)}). What was done so far is kept; runner.err in the run's folder says more. To go on: vigil resume ${run}.`;
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}
