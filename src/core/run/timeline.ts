// The compressed timeline: thousands of steps as their decisions, with everything between them that must not be hidden.
// It quotes the agent and states facts apart; it is a value for programs, and text is made of it elsewhere.
import { band, type Band } from "../review/band.js";
import { claimResults, receiptsOf, type ClaimResult } from "../review/claims.js";
import { effectiveVerdict, type EffectiveVerdict } from "../review/verdict.js";
import { goalState, type GoalState } from "../goals/tree.js";
import type { DecisionReason } from "../log/decisions.js";
import type { Goal } from "../log/goals.js";
import type { FileChange } from "../log/parts.js";
import type { Stage } from "../stage.js";
import type { StepDigest } from "./digest-schema.js";
import { moments, type Moment, type StepRange } from "./moments.js";
import type { Decision, DecisionId, DecisionState, Receipt, Run, RunId, RunPhase, Spent, StepEntry } from "./run.js";
import { stepDigest } from "./step-digest.js";

export interface TimelineDecision {
  readonly id: DecisionId;
  readonly n: number;
  /** The agent's words, as revised at the decision's end; `first` holds what it said before, where it was revised. */
  readonly title: string;
  readonly why: string;
  readonly first: { readonly title: string; readonly why: string } | null;
  readonly insteadOf: DecisionReason["insteadOf"];
  readonly confidence: "low" | "medium" | "high" | null;
  readonly undo: "easy" | "costly" | "impossible" | null;
  readonly goal: string | null;
  readonly state: DecisionState;
  readonly band: Band;
  readonly files: readonly FileChange[];
  readonly added: number;
  readonly removed: number;
  readonly receipts: readonly Pick<Receipt, "id" | "command" | "source" | "outcome" | "exit" | "ms">[];
  readonly claims: readonly ClaimResult[];
  readonly steps: StepRange;
  /** Its steps in a few words. */
  readonly work: string;
  readonly verdict: NonNullable<EffectiveVerdict["whole"]> | null;
  readonly comment: string | null;
  readonly outcome: string | null;
  readonly heldTo: Stage | null;
  readonly endedBy: "agent" | "supervisor" | null;
  readonly violations: readonly string[];
}

export interface TimelineStep {
  readonly step: number;
  readonly tool: string;
  readonly about: string;
  readonly outcome: StepEntry["outcome"] | null;
  readonly decision: DecisionId | null;
  readonly at: number;
  readonly ms: number | null;
}

export interface Timeline {
  readonly run: RunId;
  readonly task: string;
  readonly phase: RunPhase;
  readonly stage: Stage;
  /** The stage it started at; higher than `stage` where somebody lowered it. */
  readonly startedAtStage: Stage;
  readonly startedAt: number;
  readonly spent: Spent;
  readonly goals: readonly (Pick<Goal, "id" | "title" | "required"> & { readonly state: GoalState; readonly abandoned: boolean })[];
  /** How many steps there were. */
  readonly steps: number;
  readonly decisions: readonly TimelineDecision[];
  readonly moments: readonly Moment[];
  /** Tracked files that the set-up command changed: no decision explains them. */
  readonly unexplained: readonly string[];
  /** Facts that the runner noted, such as a feature that the model's service lacks. */
  readonly notes: readonly string[];
  /** Every single step, only where asked for. */
  readonly stepList?: readonly TimelineStep[];
}

/** `digest`: of the run's steps, where the caller has made it already. */
export function timeline(run: Run, options: { readonly steps?: boolean; readonly digest?: StepDigest } = {}): Timeline {
  const { digest = stepDigest(run) } = options;
  return {
    run: run.id,
    task: run.spec.task,
    phase: run.phase,
    stage: run.stage,
    startedAtStage: run.spec.stage,
    startedAt: run.startedAt,
    spent: run.spent,
    goals: run.goals.map(({ id, title, required }) => ({ id, title, required, state: goalState(run, id), abandoned: goalState(run, id) === "abandoned" })),
    steps: digest.count,
    decisions: run.decisions.map((decision) => decisionOf(run, decision, digest.work[decision.id] ?? "")),
    moments: moments(run, digest),
    unexplained: run.unexplained,
    notes: run.notes,
    ...(options.steps === true ? { stepList: run.steps.map(stepOf) } : {}),
  };
}

function decisionOf(run: Run, decision: Decision, work: string): TimelineDecision {
  const { reason } = decision;
  const revised = decision.titleRevised !== undefined || decision.whyRevised !== undefined;
  const verdict = effectiveVerdict(decision);
  return {
    id: decision.id,
    n: decision.n,
    title: decision.titleRevised ?? reason.title,
    why: decision.whyRevised ?? reason.why,
    first: revised ? { title: reason.title, why: reason.why } : null,
    insteadOf: reason.insteadOf,
    confidence: reason.confidence ?? null,
    undo: reason.undo ?? null,
    goal: reason.goal ?? null,
    state: decision.state,
    band: band(decision),
    files: decision.files,
    added: decision.files.reduce((sum, file) => sum + file.added, 0),
    removed: decision.files.reduce((sum, file) => sum + file.removed, 0),
    receipts: receiptsOf(run, decision).map(({ id, command, source, outcome, exit, ms }) => ({ id, command, source, outcome, exit, ms })),
    claims: claimResults(run, decision),
    steps: decision.steps,
    work,
    verdict: verdict.whole ?? null,
    comment: Object.values(decision.verdicts).toSorted((one, other) => one.seq - other.seq).findLast((one) => one.comment !== undefined)?.comment ?? null,
    outcome: decision.outcomeText ?? null,
    heldTo: decision.heldTo ?? null,
    endedBy: decision.endedBy ?? null,
    violations: decision.violations,
  };
}

export function stepOf(step: StepEntry): TimelineStep {
  return {
    step: step.step,
    tool: step.tool,
    about: step.about,
    outcome: step.outcome ?? null,
    decision: step.decision ?? null,
    at: step.at,
    ms: step.ms ?? null,
  };
}
