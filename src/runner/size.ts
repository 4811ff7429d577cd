// How much a run may change in all: counted when a decision is about to be kept, granted beyond the limit by a person only.
import type { Decision } from "../core/run/run.js";
import { writesWorktree } from "../core/stage.js";
import { compareTrees } from "../git/compare.js";
import { sizeGranted } from "./budget.js";
import type { Site } from "./site.js";

/** What the agent is told when the decision would take the run past its limits and nobody allows it; else undefined. */
export async function beyondSize(site: Site, open: Decision): Promise<string | undefined> {
  const { run } = site.ledger;
  const { "limits.files": files, "limits.lines": lines } = run.spec.policy.values;
  if ((files === undefined && lines === undefined) || !writesWorktree(run.stage)) return undefined;
  const kept = run.decisions.filter((decision) => decision.state === "kept").flatMap((decision) => decision.files);
  // What the last step left: commands that still write in the background are counted by the next decision.
  const changed = [...kept, ...(await compareTrees(site.worktree, open.before, run.tree ?? open.before))];
  const refused =
    (await sizeGranted(site, "files", new Set(changed.map((file) => file.path)).size)) ??
    (await sizeGranted(site, "lines", changed.reduce((sum, file) => sum + file.added + file.removed, 0)));
  return refused === undefined ? undefined : `${refused} A person did not allow more. Make the decision smaller and end it again, or drop it (end_decision with discard).`;
}
