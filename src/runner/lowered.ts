// The stage was lowered to read-only inside a decision that wrote the worktree: what it changed so far becomes its
// proposal, and the worktree goes back to what it was before it.
import type { Run } from "../core/run/run.js";
import { compareTrees } from "../git/compare.js";
import { checkpoint } from "../git/checkpoint.js";
import { restore } from "../git/restore.js";
import { inspect } from "./inspection.js";
import { growProposals } from "./proposals.js";
import type { Site } from "./site.js";

/** Call it only where no tool runs. */
export async function settleLowered(site: Site): Promise<void> {
  const { ledger, worktree } = site;
  const { run } = ledger;
  const open = run.decisions.find((decision) => decision.id === run.openDecision);
  if (open === undefined || !wroteBefore(site, run)) return;
  await site.shop.close();
  const seen = await inspect(site, run.tree ?? open.before, open.steps[1]);
  const files = [...(await compareTrees(worktree, open.before, seen.tree))];
  const commit = files.length === 0 ? undefined : await checkpoint(worktree, { tree: seen.tree, parent: run.spec.base, message: `${open.id}: ${open.reason.title}`, name: open.id });
  await restore(worktree, open.before);
  const told = await ledger.keep(`The stage was lowered to read-only. Decision ${open.id} was ended as a proposal with what it had changed; from now on changes are proposals only.`);
  await ledger.append(
    ...seen.violations,
    {
      kind: "decision.ended",
      decision: open.id,
      outcome: files.length === 0 ? "empty" : "proposed",
      by: "supervisor",
      after: seen.tree,
      files,
      heldTo: "read-only",
      outcomeText: "ended because the stage was lowered to read-only",
      notes: [],
      claims: [],
      step: run.spent.steps,
      ...(commit === undefined ? {} : { checkpoint: commit }),
    },
    { kind: "message.added", from: "supervisor", text: told.id },
  );
  if (files.length > 0) await growProposals(site, open.before, seen.tree);
  site.shop.open("layer");
}

/** The open decision began while the stage still wrote the worktree, and it was lowered to read-only since. */
export function wroteBefore(site: Site, run: Run): boolean {
  if (run.openDecision === undefined || run.stage !== "read-only" || run.spec.stage === "read-only") return false;
  const lowered = site.ledger.events.findLast((event) => event.kind === "stage.lowered" && event.to === "read-only");
  const opened = site.ledger.events.findLast((event) => event.kind === "decision.opened" && event.decision === run.openDecision);
  return lowered !== undefined && opened !== undefined && lowered.seq > opened.seq;
}
