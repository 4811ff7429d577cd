// A run that starts from the accepted proposals of another and calls no model: each becomes a kept decision here, with
// its reason and its verdict, merged onto this run's base.
import path from "node:path";
import { selection } from "../core/review/verdict.js";
import { replay } from "../core/run/replay.js";
import type { LoggedEvent, RunEvent } from "../core/log/event.js";
import { HumanError } from "../core/error.js";
import { checkpoint } from "../git/checkpoint.js";
import { compareTrees } from "../git/compare.js";
import { fetchCheckpoints } from "../git/fetch-checkpoints.js";
import { mergeTrees } from "../git/merge.js";
import { restore } from "../git/restore.js";
import type { Store } from "../store/store.js";
import { stageForPath } from "../core/judge/path.js";
import { lowestStage } from "../core/stage.js";
import { makeWorktree, setUp } from "./prepare.js";
import type { Site } from "./site.js";
import { endRun } from "./work.js";

export async function adopt(site: Site, store: Store): Promise<void> {
  const { ledger, worktree } = site;
  const { adopts } = ledger.run.spec;
  if (adopts === undefined) throw new Error("this run adopts nothing");
  const events: LoggedEvent[] = [];
  for await (const event of store.open(adopts.run).read()) events.push(event);
  const source = replay(events);
  if (source === undefined) throw new HumanError(`The run ${adopts.run} has no record to adopt from. Choose another: vigil runs.`);
  await setUp(site, await makeWorktree(site));
  await fetchCheckpoints(worktree, path.join(store.open(adopts.run).folder, "git"));
  for (const { decision } of selection(source).filter((part) => adopts.decisions.includes(part.decision.id))) {
    if (decision.after === undefined || ledger.run.decisions.some((own) => own.reason.title === decision.reason.title && own.state === "kept")) continue;
    const before = ledger.run.tree ?? ledger.run.spec.base;
    const merged = await mergeTrees(worktree, decision.before, before, decision.after);
    const id = `d${String(ledger.run.decisions.length + 1)}`;
    const opened: RunEvent = { kind: "decision.opened", decision: id, reason: decision.reason, before, step: 0 };
    if (merged.kind === "conflict") {
      await ledger.append(opened, { kind: "decision.ended", decision: id, outcome: "discarded", by: "supervisor", after: before, files: [], heldTo: ledger.run.stage, outcomeText: `could not be applied: the base changed ${merged.paths.join(", ")} meanwhile`, notes: [], claims: [], step: 0 });
      continue;
    }
    await restore(worktree, merged.tree);
    const files = [...(await compareTrees(worktree, before, merged.tree))];
    const commit = await checkpoint(worktree, { tree: merged.tree, parent: ledger.run.decisions.findLast((own) => own.checkpoint !== undefined)?.checkpoint ?? ledger.run.spec.base, message: `${id}: ${decision.reason.title}`, name: id });
    const heldTo = lowestStage(...files.map((file) => stageForPath(ledger.run.spec.policy.values, file.path, ledger.run.stage).stage));
    const verdict = decision.verdicts[decision.id];
    await ledger.append(
      opened,
      { kind: "decision.ended", decision: id, outcome: files.length === 0 ? "empty" : "kept", by: "supervisor", after: merged.tree, checkpoint: commit, files, heldTo, outcomeText: `adopted from ${adopts.run} ${decision.id}`, notes: [...decision.notes], claims: [], step: 0 },
      ...(verdict?.verdict === "accept" ? [{ kind: "verdict.given" as const, targets: [id], verdict: "accept" as const, basis: verdict.basis, by: verdict.by }] : []),
    );
  }
  await endRun(site, { outcome: "ready", why: `adopted from ${adopts.run}` });
}
