// Puts what was accepted on a branch, and takes it back. The runner does it; here is asked, waited, and told.
import { HumanError } from "../core/error.js";
import type { EventOf, LoggedEvent } from "../core/log/event.js";
import type { Confirmation } from "../core/log/landing.js";
import type { RunId } from "../core/run/run.js";
import { isValidBranchName } from "../git/read.js";
import { commandRun, outcomeOf } from "./command-run.js";
import type { Workspace } from "./open-repository.js";
import { requirePerson } from "./person.js";
import { requireRun } from "./read-run.js";
import { requireFiles } from "./run-files.js";
import { runnerComplaints } from "./spawn-runner.js";

export type Landed =
  | { readonly kind: "landed"; readonly branch: string; readonly commits: readonly string[] }
  | { readonly kind: "conflict" | "blocked"; readonly why: string; readonly paths: readonly string[] }
  /** Some files must be confirmed by name before they land. */
  | { readonly kind: "confirm"; readonly why: string; readonly confirm: readonly Confirmation[] };

export type Unlanded = { readonly kind: "undone"; readonly branch: string; readonly to: string | null } | { readonly kind: "blocked"; readonly why: string };

type Ending = EventOf<"landing.finished"> | EventOf<"landing.stopped">;

/** `onto`: a branch; a new one where undefined. `confirm`: ids given by an earlier answer of kind "confirm". */
export async function landRun(workspace: Workspace, id: RunId, onto: string | undefined, confirm: readonly string[]): Promise<Landed> {
  if (onto !== undefined && !(await isValidBranchName(workspace.repository, onto))) {
    throw new HumanError(`"${onto}" is no name for a branch. Name one such as main or vigil/fix after --onto.`, 2);
  }
  await requireFiles(await requireRun(workspace.store, id), "nothing of it can land");
  const by = await requirePerson(workspace.repository);
  const folding = await commandRun(workspace, id, { kind: "land", confirm: [...confirm], by, ...(onto === undefined ? {} : { onto }) });
  if (folding.kind === "refused") return { kind: "blocked", why: folding.why, paths: [] };
  return landingAfter(workspace, id, folding.seq);
}

/** What came of the landing that the command at `seq` set off. */
export async function landingAfter(workspace: Workspace, id: RunId, seq: number): Promise<Landed> {
  const ending = await outcomeOf(workspace, id, seq, isEnding);
  if (ending === undefined) throw await gone(workspace, id, "landing");
  if (ending.kind === "landing.finished") {
    const { run } = await requireRun(workspace.store, id);
    return { kind: "landed", branch: ending.branch, commits: run.landing?.intended.commits.map((one) => one.commit) ?? [] };
  }
  if (ending.outcome === "confirm") return { kind: "confirm", why: ending.why, confirm: ending.confirm };
  return { kind: ending.outcome, why: ending.why, paths: ending.paths };
}

/** Takes the landing back. The branch is then what it was before, or gone where the landing made it. */
export async function unlandRun(workspace: Workspace, id: RunId): Promise<Unlanded> {
  await requireRun(workspace.store, id);
  const by = await requirePerson(workspace.repository);
  const folding = await commandRun(workspace, id, { kind: "unland", by });
  if (folding.kind === "refused") return { kind: "blocked", why: folding.why };
  const ending = await outcomeOf(workspace, id, folding.seq, isUndoing);
  if (ending === undefined) throw await gone(workspace, id, "taking back the landing");
  return ending.kind === "landing.undone" ? { kind: "undone", branch: ending.branch, to: ending.to } : { kind: "blocked", why: ending.why };
}

function isEnding(event: LoggedEvent): event is LoggedEvent & Ending {
  return event.kind === "landing.finished" || event.kind === "landing.stopped";
}

function isUndoing(event: LoggedEvent): event is LoggedEvent & (EventOf<"landing.undone"> | EventOf<"landing.stopped">) {
  return event.kind === "landing.undone" || event.kind === "landing.stopped";
}

async function gone(workspace: Workspace, id: RunId, what: string): Promise<HumanError> {
  const said = await runnerComplaints(workspace, id);
  return new HumanError(
    `The process that did the ${what} of ${id} went away before it was done. ${said === "" ? "" : `Its last words: ${said} `}The branch is as it was or complete, never between. Give the command again; "vigil show ${id}" says how it stands.`,
  );
}
