// Which stage a run may have here, from the policy, the machine and the landing branch. Core decides; this asks the world.
import { HumanError } from "../core/error.js";
import { openStage, stageLadder } from "../core/policy/open.js";
import type { Stage } from "../core/stage.js";
import { checkedOutAt, isValidBranchName } from "../git/read.js";
import { machineStages } from "./machine-stages.js";
import type { Workspace } from "./open-repository.js";
import type { ResolvedPolicy } from "./resolve-policy.js";

/** `requested`: the highest stage that is open when undefined. Throws HumanError when the landing branch is no name. */
export async function openingFor(workspace: Workspace, resolved: ResolvedPolicy, requested: Stage | undefined) {
  const branch = resolved.policy.values["landing.branch"];
  if (branch !== undefined && !(await isValidBranchName(workspace.repository, branch))) {
    throw new HumanError(`"vigil.policy.landing.branch" is "${branch}", which git does not take as the name of a branch. Write one like "vigil/nightly".`, 2);
  }
  const machine = await machineStages();
  const checkedOut = branch === undefined ? undefined : await checkedOutAt(workspace.repository, branch);
  const world = {
    policy: resolved.policy,
    hasCommittedPolicy: resolved.hasCommittedPolicy,
    machine,
    landingBranch: checkedOut === undefined ? {} : { checkedOutAt: checkedOut },
    evidence: { kind: "none" },
  } as const;
  return { opened: openStage(requested === undefined ? world : { ...world, requested }), ladder: stageLadder(world), withoutCommands: machine.why };
}

export interface ChosenStage {
  readonly stage: Stage;
  readonly why: string;
  /** Why no command can run here, with the remedy; absent where commands are confined. The stage is read-only then. */
  readonly withoutCommands?: string;
}

/** Throws HumanError (exit 2) with the one edit that opens the stage when it is closed. */
export async function chosenStage(workspace: Workspace, resolved: ResolvedPolicy, requested: Stage | undefined): Promise<ChosenStage> {
  const { opened, withoutCommands } = await openingFor(workspace, resolved, requested);
  if (opened.kind === "open") {
    if (withoutCommands === undefined) return { stage: opened.stage, why: opened.why };
    return { stage: opened.stage, why: opened.why.includes(withoutCommands) ? `Without commands. ${opened.why}` : `${opened.why} Without commands: ${withoutCommands}`, withoutCommands };
  }
  throw new HumanError(`A run at ${opened.requested} cannot start here: ${opened.why} ${opened.edit}`, 2);
}
