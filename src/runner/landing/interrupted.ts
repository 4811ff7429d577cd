// A landing, or taking one back, whose process was killed: branch and checkout are brought to one of their two states, and
// the log is told which. Nothing is landed or taken back here, because nobody may expect that any more.
import type { LoggedEvent } from "../../core/log/event.js";
import type { Person } from "../../core/log/parts.js";
import type { Landing } from "../../core/run/run.js";
import { healLanding } from "../../git/land.js";
import type { Site } from "../site.js";

/** Call it when a runner starts, before it does anything else. */
export async function healInterrupted(site: Site): Promise<void> {
  const { landing } = site.ledger.run;
  if (landing?.state === "intended") return healMove(site, landing);
  const last = site.ledger.events.findLast((event) => event.kind.startsWith("landing.") || isAccepted(event, "land") || isAccepted(event, "unland"));
  if (last?.kind !== "command.accepted") return;
  if (last.command.kind === "unland" && landing?.state === "landed") return healUndo(site, landing, last.command.by, last.at);
  await stopped(site, "The landing was interrupted before it changed anything. Land again.");
}

async function healMove(site: Site, { intended, at }: Landing): Promise<void> {
  const { branch, from, to } = intended;
  const { kind } = await healLanding(site.repository, site.worktree, { branch, from, to, since: at });
  if (kind === "new") await site.ledger.append({ kind: "landing.finished", branch, to });
  else if (kind === "old") await stopped(site, "The landing was interrupted before it changed anything. Land again.");
  else await stopped(site, `The landing was interrupted, and ${branch} has moved since by other hands. Look at it (git log ${branch}), then land again if the run's commits are not in it.`);
}

async function healUndo(site: Site, { intended }: Landing, by: Person, since: number): Promise<void> {
  const { branch, from, to } = intended;
  const { kind } = await healLanding(site.repository, site.worktree, { branch, from: to, to: from, since });
  if (kind === "new") await site.ledger.append({ kind: "landing.undone", branch, from: to, to: from, by });
  else if (kind === "old") await stopped(site, `Taking the landing back was interrupted before it changed anything: ${branch} holds it still. Take it back again: vigil unland ${site.ledger.run.id}.`);
  else await stopped(site, `Taking the landing back was interrupted, and ${branch} has moved since by other hands. Look at it (git log ${branch}) before you do anything more.`);
}

async function stopped(site: Site, why: string): Promise<void> {
  await site.ledger.append({ kind: "landing.stopped", outcome: "blocked", why, paths: [], confirm: [] });
}

function isAccepted(event: LoggedEvent, kind: "land" | "unland"): boolean {
  return event.kind === "command.accepted" && event.command.kind === kind;
}
