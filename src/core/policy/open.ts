// Which stages a run may have here, why not more, and the one edit that opens the next. A stage that cannot be held is
// never offered, and nothing is lowered without saying so.
import { lowestStage, STAGES, stageRank, type Stage } from "../stage.js";
import { CEILING_WITHOUT_POLICY } from "./narrow.js";
import type { EffectivePolicy, PolicyKey } from "./schema.js";

export interface Circumstances {
  readonly policy: EffectivePolicy;
  /** The base commit's settings file sets at least one policy key. */
  readonly hasCommittedPolicy: boolean;
  /** Stages that this machine can hold a run to, and what is missing for the others. */
  readonly machine: { readonly enforceable: readonly Stage[]; readonly why?: string };
  /** Where the branch of `landing.branch` is checked out, if anywhere. */
  readonly landingBranch: { readonly checkedOutAt?: string };
  /** Past records are not counted by this build, so that only a committed waiver stands for them. */
  readonly evidence: { readonly kind: "none" };
}

export type Opening =
  | { readonly kind: "open"; readonly stage: Stage; readonly why: string }
  | { readonly kind: "closed"; readonly requested: Stage; readonly why: string; readonly edit: string };

export interface Rung {
  readonly stage: Stage;
  readonly state: { readonly kind: "open"; readonly why: string } | { readonly kind: "closed"; readonly why: string; readonly edit: string };
}

interface Obstacle {
  readonly why: string;
  readonly edit: string;
}

/** The stage of a run: the requested one if it is open, else the highest that is. */
export function openStage(input: Circumstances & { readonly requested?: Stage }): Opening {
  const { requested } = input;
  if (requested !== undefined) {
    const obstacle = obstacleTo(requested, input);
    return obstacle === undefined ? { kind: "open", stage: requested, why: `It was asked for${waivedBy(requested, input)}.` } : { kind: "closed", requested, ...obstacle };
  }
  const obstacles = new Map(STAGES.map((stage) => [stage, obstacleTo(stage, input)]));
  const stage = STAGES.findLast((candidate) => obstacles.get(candidate) === undefined);
  if (stage === undefined) {
    const lowest = obstacles.get("read-only");
    return { kind: "closed", requested: "read-only", why: lowest?.why ?? "No stage is open.", edit: lowest?.edit ?? "Run vigil doctor." };
  }
  const next = STAGES[stageRank(stage) + 1];
  const obstacle = next === undefined ? undefined : obstacles.get(next);
  const more = obstacle === undefined || next === undefined ? "" : ` Not ${next}: ${obstacle.why} ${obstacle.edit}`;
  return { kind: "open", stage, why: `The highest stage that is open here${waivedBy(stage, input)}.${more}` };
}

/** All four stages, each open or with what opens it. */
export function stageLadder(input: Circumstances): readonly Rung[] {
  return STAGES.map((stage) => {
    const obstacle = obstacleTo(stage, input);
    return { stage, state: obstacle === undefined ? { kind: "open", why: `Open here${waivedBy(stage, input)}.` } : { kind: "closed", ...obstacle } };
  });
}

function obstacleTo(stage: Stage, input: Circumstances): Obstacle | undefined {
  return overCeiling(stage, input) ?? beyondMachine(stage, input) ?? (stage === "bounded-write" ? missingScope(input) : undefined) ?? (stage === "autonomous-with-summary" ? missingLanding(input) : undefined) ?? missingEvidence(stage, input);
}

function overCeiling(stage: Stage, { policy, hasCommittedPolicy }: Circumstances): Obstacle | undefined {
  const set = policy.values.maxStage ?? CEILING_WITHOUT_POLICY;
  const ceiling = hasCommittedPolicy ? set : lowestStage(set, CEILING_WITHOUT_POLICY);
  if (stageRank(stage) <= stageRank(ceiling)) return undefined;
  const edit = commit("maxStage", stage);
  if (!hasCommittedPolicy && ceiling === CEILING_WITHOUT_POLICY) return { why: `No policy is committed here, so the ceiling is ${ceiling}.`, edit };
  const heldBy = policy.origins["maxStage"]?.heldBy;
  if (heldBy !== undefined) return { why: `The ceiling is ${ceiling}.`, edit: heldBy };
  return { why: policy.values.maxStage === undefined ? `The committed policy names no maxStage, so the ceiling is ${ceiling}.` : `The committed policy's ceiling is ${ceiling}.`, edit };
}

function beyondMachine(stage: Stage, { machine }: Circumstances): Obstacle | undefined {
  if (machine.enforceable.includes(stage)) return undefined;
  return { why: machine.why ?? `This machine cannot hold a run to ${stage}.`, edit: "Run vigil doctor: it prints what to install or switch on." };
}

function missingScope({ policy }: Circumstances): Obstacle | undefined {
  if (policy.values.scope !== undefined) return undefined;
  return missing("scope", policy, "bounded-write needs to know where it may write without asking.", ["src/**"]);
}

function missingLanding({ policy, landingBranch }: Circumstances): Obstacle | undefined {
  const { values } = policy;
  const branch = values["landing.branch"];
  if (values.requiredChecks.length === 0) return missing("requiredChecks", policy, "A run that lands by itself needs checks that must be green.", ["npm test"]);
  if (values.owner === undefined) return missing("owner", policy, "A run that lands by itself needs somebody who answers for it.", "you@team.example");
  if (branch === undefined) return missing("landing.branch", policy, "A run that lands by itself needs a branch to land on, checked out nowhere.", "vigil/landed");
  if (landingBranch.checkedOutAt === undefined) return undefined;
  return { why: `The landing branch ${branch} is checked out at ${landingBranch.checkedOutAt}, where landing would change files under somebody's hands.`, edit: `Check out another branch there, or ${lowered(commit("landing.branch", `${branch}-vigil`))}` };
}

function missingEvidence(stage: Stage, { policy }: Circumstances): Obstacle | undefined {
  if (stageRank(stage) < stageRank("bounded-write")) return undefined;
  const { "promotion.waived": waived, owner } = policy.values;
  if (waived !== undefined && stageRank(waived.stage) >= stageRank(stage)) return undefined;
  const why = `${stage} needs a track record, which this version does not count yet.`;
  return missing("promotion.waived", policy, why, { stage, by: owner ?? "you@team.example", reason: "why this team goes without one" });
}

function missing(key: PolicyKey, policy: EffectivePolicy, why: string, example: unknown): Obstacle {
  return { why, edit: policy.origins[key]?.heldBy ?? commit(key, example) };
}

function commit(key: PolicyKey, value: unknown): string {
  return `Commit "vigil.policy.${key}": ${JSON.stringify(value)} in .vscode/settings.json.`;
}

function lowered(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}

function waivedBy(stage: Stage, { policy }: Circumstances): string {
  const waived = policy.values["promotion.waived"];
  if (waived === undefined || stageRank(stage) < stageRank("bounded-write")) return "";
  return `, without a track record: waived by ${waived.by} (${waived.reason})`;
}
