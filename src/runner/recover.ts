// What a crash left behind: a step with an intent and no outcome goes back to the tree before it and is answered
// "interrupted"; a landing between its intent and its end is healed; pending drops are done. Nothing is run again.
import type { Sha } from "../core/log/parts.js";
import type { Run } from "../core/run/run.js";
import { restore } from "../git/restore.js";
import { writesWorktree } from "../core/stage.js";
import { finished } from "./calls/call.js";
import { dropStack } from "./drop.js";
import { settleLowered, wroteBefore } from "./lowered.js";
import { remakeProposals } from "./proposals.js";
import type { Site } from "./site.js";
import { remakeWorktree } from "./worktree-again.js";
import { isWithoutCommands } from "./without-commands.js";

export async function recover(site: Site): Promise<void> {
  const { ledger } = site;
  const { run } = ledger;
  await remakeWorktree(site);
  await site.repeats.recall(ledger);
  // Between steps too: the crash may have come after an effect and before any word of it.
  const stood = standing(site, run);
  if (stood !== undefined) await restore(site.worktree, stood);
  if (run.stage === "read-only" && !isWithoutCommands(site)) await remakeProposals(site);
  for (const step of run.steps.filter((entry) => entry.outcome === undefined)) {
    const back = step.tree === undefined ? "" : " Files are as they were before it.";
    const text = `interrupted: the supervisor stopped while this call ran, so its outcome is unknown.${back} Call it again if it is still needed.`;
    await ledger.append(await finished(ledger, step.step, step.call, { outcome: "interrupted", text, tree: step.tree, ms: 0 }));
  }
  await pendingDrop(site);
  await settleLowered(site);
}

// What the worktree holds between steps. At read-only that is what was kept before the stage was lowered, if it was; and
// while a decision that wrote it is still open, what that one had written, because it is about to become its proposal.
function standing(site: Site, run: Run): Sha | undefined {
  if (writesWorktree(run.stage) || wroteBefore(site, run)) return run.tree;
  return run.decisions.findLast((decision) => decision.state === "kept")?.after ?? run.startTree;
}

// A rejection was accepted, and the crash came before its stack left the worktree.
async function pendingDrop(site: Site): Promise<void> {
  const { run } = site.ledger;
  const rejected = run.decisions.find((decision) => decision.state === "kept" && decision.verdicts[decision.id]?.verdict === "reject");
  if (rejected === undefined) return;
  const verdict = rejected.verdicts[rejected.id];
  await dropStack(site, { first: rejected.id, because: `a person rejected ${rejected.id}${verdict?.comment === undefined ? "" : `: ${verdict.comment}`}` });
}
