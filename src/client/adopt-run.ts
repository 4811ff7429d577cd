// Makes changes out of accepted proposals: a gated-write run that starts from them and calls no model.
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
import { selection } from "../core/review/verdict.js";
import { launchRun } from "./launch-run.js";
import type { Workspace } from "./open-repository.js";
import { chosenStage } from "./opening.js";
import { requirePerson } from "./person.js";
import { requireRun } from "./read-run.js";
import { resolvePolicy } from "./resolve-policy.js";
import { requireFiles } from "./run-files.js";
import { newRunId } from "./run-id.js";
import { worktreesFolder, type Started } from "./start-run.js";
import { ownerOf } from "./owner.js";

/** Throws HumanError when nothing proposed was accepted, or when gated-write is closed here. */
export async function adoptRun(workspace: Workspace, id: RunId): Promise<Started> {
  const view = await requireRun(workspace.store, id);
  const { run } = view;
  const accepted = selection(run).filter((one) => one.decision.state === "proposed").map((one) => one.decision.id);
  if (accepted.length === 0) {
    const proposed = run.decisions.filter((decision) => decision.state === "proposed").map((decision) => decision.id);
    throw new HumanError(
      proposed.length === 0
        ? `The run ${id} proposed nothing, so there is nothing to adopt.`
        : `Nothing proposed by the run ${id} is accepted yet (${proposed.join(", ")}). Look at it: vigil diff ${id}. Then: vigil review ${id} --accept ${proposed.join(",")}`,
    );
  }
  await requireFiles(view, "its proposals cannot be adopted");
  const person = await requirePerson(workspace.repository);
  const resolved = await resolvePolicy(workspace);
  const { stage, why } = await chosenStage(workspace, resolved, "gated-write");
  const adopted = newRunId(new Date());
  // What the proposing run lacked, and when it started, is no matter of this one: its stage is open here, so commands are confined here.
  const { withoutCommands: _lacked, startAt: _past, ...proposing } = run.spec;
  const spec: Started["spec"] = {
    ...proposing,
    repository: { root: workspace.repository.root, commonDir: workspace.repository.commonDir, ...(workspace.repository.branch === undefined ? {} : { branch: workspace.repository.branch }) },
    stage,
    stageWhy: why,
    policy: { values: resolved.policy.values, origins: { ...resolved.policy.origins } },
    policyDigest: resolved.digest,
    owner: ownerOf(resolved.policy.values.owner, person),
    startedBy: person,
    worktree: join(worktreesFolder(workspace, resolved), adopted, "tree"),
    notices: [`Its changes are the accepted proposals ${accepted.join(", ")} of ${id}; no model is called.`],
    adopts: { run: id, decisions: accepted },
  };
  const log = await launchRun(workspace, adopted, spec, { role: "worker" });
  return { id: adopted, log, stage, spec };
}
