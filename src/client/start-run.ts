// Starts a run. Everything that can be wrong is found before anything is created; what fails later leaves nothing behind.
import { join } from "node:path";
import { DEFAULT_MODEL } from "../agent/models.js";
import type { RunSpec } from "../core/log/lifecycle.js";
import { HumanError } from "../core/error.js";
import { boundariesIn, boundariesOf } from "../core/policy/boundary.js";
import { narrowPolicy, policyText } from "../core/policy/merge.js";
import { goalProblem } from "../core/goals/problem.js";
import type { PolicyValues } from "../core/policy/schema.js";
import { stageRank, type Stage } from "../core/stage.js";
import { notices } from "../git/notices.js";
import { foldersAt } from "../git/read.js";
import type { RunLog } from "../store/store.js";
import { digestOf } from "./confirmed.js";
import { launchRun } from "./launch-run.js";
import { checkBaseUrl, requireModelAccess } from "./model-access.js";
import type { Workspace } from "./open-repository.js";
import { chosenStage } from "./opening.js";
import { requirePerson } from "./person.js";
import { planOf, readPlan, untouchable } from "./plan-file.js";
import { planGoals } from "./plan-goals.js";
import { resolvePolicy, type ResolvedPolicy } from "./resolve-policy.js";
import { newRunId } from "./run-id.js";
import { ownerOf } from "./owner.js";
import { personalSpec } from "./personal-spec.js";

export interface Starting {
  readonly task: string | undefined;
  /** A plan in a file; its goal is the task where none is given. */
  readonly file: string | undefined;
  /** A plan that is no file yet. */
  readonly plan?: string | undefined;
  /** The highest that policy, machine and evidence allow when undefined. */
  readonly stage: Stage | undefined;
  /** Nothing is changed before a person has approved the goals. */
  readonly planFirst?: boolean;
  /** Epoch milliseconds; at once, or as soon as there is a place, when absent. */
  readonly at?: number | undefined;
}

export interface Started {
  readonly id: string;
  readonly log: RunLog;
  readonly stage: Stage;
  readonly spec: RunSpec;
}

/** Resolves once a runner holds the run. Throws HumanError, with nothing created, when the run cannot start. */
export async function startRun(workspace: Workspace, starting: Starting): Promise<Started> {
  const { repository, place } = workspace;
  const plan = starting.plan !== undefined ? planOf(starting.plan, "The document") : starting.file === undefined ? undefined : await readPlan(place.folder, starting.file);
  const task = starting.task ?? plan?.task;
  if (task === undefined || task.trim() === "") throw new HumanError('There is no task. Write it in quotes: vigil run "Fix the flaky date test".', 2);
  const person = await requirePerson(repository);
  const resolved = await resolvePolicy(workspace);
  const said = [...(plan === undefined ? [] : untouchable(plan.text)), ...boundariesIn(task)];
  const boundaries = boundariesOf(said, said.length === 0 ? [] : await foldersAt(repository, repository.head));
  const policy = narrowPolicy(resolved.policy, "run", { protected: [...boundaries.enforced] });
  const planned = plan === undefined ? undefined : planGoals(plan.text);
  const problem = planned === undefined ? undefined : goalProblem(planned.goals);
  if (problem !== undefined) throw new HumanError(`The plan cannot be followed: ${problem}`, 2);
  const { values } = policy;
  const model = chosenModel(resolved);
  const access = requireModelAccess(place.env);
  const { stage, why, withoutCommands } = await chosenStage(workspace, resolved, starting.stage);
  const id = newRunId(new Date());
  const spec: RunSpec = {
    task,
    repository: { root: repository.root, commonDir: repository.commonDir, ...(repository.branch === undefined ? {} : { branch: repository.branch }) },
    base: repository.head,
    stage,
    stageWhy: why,
    policy: { values, origins: { ...policy.origins } },
    policyDigest: digestOf(policyText(policy)),
    owner: ownerOf(values.owner, person),
    startedBy: person,
    model,
    prices: { ...resolved.personal["model.prices"] },
    worktree: join(worktreesFolder(workspace, resolved), id, "tree"),
    notices: [...(withoutCommands === undefined ? [] : [commandNotice(withoutCommands, values)]), ...(await notices(repository)), ...policyNotices(values, stage)],
    ...(plan === undefined ? {} : { plan: plan.text }),
    ...(boundaries.enforced.length + boundaries.advice.length === 0 ? {} : { boundaries: { enforced: [...boundaries.enforced], advice: [...boundaries.advice] } }),
    ...(planned === undefined || planned.goals.length === 0 ? {} : { goals: [...planned.goals] }),
    ...(planned === undefined || planned.advice.length === 0 ? {} : { stopAdvice: [...planned.advice] }),
    ...(starting.planFirst === true ? { planFirst: true } : {}),
    ...(withoutCommands === undefined ? {} : { withoutCommands }),
    ...(starting.at === undefined ? {} : { startAt: starting.at }),
    ...personalSpec(resolved.personal),
  };
  const log = await launchRun(workspace, id, spec, { role: "worker", access });
  return { id, log, stage, spec };
}

/** Where new worktrees go: outside the repository and outside every tool's config folder. */
export function worktreesFolder(workspace: Workspace, resolved: ResolvedPolicy): string {
  return resolved.personal["worktrees.folder"] ?? join(workspace.dataFolder, "worktrees");
}

function chosenModel(resolved: ResolvedPolicy): RunSpec["model"] {
  const name = resolved.personal["model.name"] ?? DEFAULT_MODEL;
  const allowed = resolved.policy.values.models;
  if (allowed.length > 0 && !allowed.some((one) => one === name)) {
    throw new HumanError(`The model ${name} is not among those that "vigil.policy.models" allows here: ${allowed.join(", ")}. Set "vigil.model.name" to one of them in your own settings.`, 2);
  }
  const baseUrl = resolved.personal["model.baseUrl"];
  checkBaseUrl(baseUrl, '"vigil.model.baseUrl" in your own settings');
  return { name, ...(baseUrl === undefined ? {} : { baseUrl }) };
}

function commandNotice(why: string, values: PolicyValues): string {
  const setUp = values["worktree.setup"] === undefined ? "" : ` nor the set-up command "${values["worktree.setup"]}"`;
  return `This run is read-only without commands: the agent reads and proposes, and no command, check or claim is run${setUp}. ${why}`;
}

function policyNotices(values: PolicyValues, stage: Stage): readonly string[] {
  return [
    ...(values["worktree.services"].length === 0 ? [] : ["Services beside the checks (vigil.policy.worktree.services) are not started by this version."]),
    ...(values.requiredChecks.length === 0 && stageRank(stage) > 0 ? ["No required checks are set: what lands is proved by nothing but your review."] : []),
    ...(values["promotion.waived"] !== undefined && stageRank(stage) >= stageRank("bounded-write")
      ? [`The track record was waived by ${values["promotion.waived"].by}: ${values["promotion.waived"].reason}`]
      : []),
  ];
}
