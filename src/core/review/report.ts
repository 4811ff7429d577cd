// The morning report as a value: what came of the run, what waits for a person, and what must be read before anything
// lands. Facts come from the runner's events; the agent's words are kept apart, to be quoted as the agent's.
import { goalRows, type GoalRow } from "../goals/view.js";
import type { Moment } from "../run/moments.js";
import { phaseText } from "../run/phase-text.js";
import { timeline, type Timeline, type TimelineDecision } from "../run/timeline.js";
import type { Gate, LandingStop, Receipt, Run, RunId, Spent } from "../run/run.js";
import type { Basis, Person } from "../log/parts.js";
import type { Waiver } from "../policy/schema.js";
import type { Stage } from "../stage.js";
import type { DiffSet } from "./diff-set.js";
import { approvalBasis, approvedBy, undecided, whatStands } from "./verdict.js";

export interface CheckRow {
  readonly command: string;
  /** The team's policy asks for it before anything lands. */
  readonly required: boolean;
  readonly source: Receipt["source"] | null;
  readonly outcome: Receipt["outcome"] | "not run";
  readonly on: Receipt["on"] | null;
  /** It ran on the files as they are now, or on exactly what was to land. */
  readonly fresh: boolean;
  readonly why: string | null;
  /** How often it was red, or could not run, before that. */
  readonly redBefore: number;
  readonly unableBefore: number;
}

export interface Approval {
  readonly decision: string;
  readonly basis: Basis | "policy";
  readonly by: readonly Person[];
}

export interface Report {
  readonly run: RunId;
  readonly task: string;
  readonly outcome: { readonly text: string; readonly why: string };
  readonly stage: Stage;
  readonly startedAtStage: Stage;
  readonly waived: Waiver | null;
  readonly base: string;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly spent: Spent;
  readonly owner: Person;
  readonly startedBy: Person;
  readonly model: string;
  /** The agent's own account; null where it gave none or the caller has no text of it. */
  readonly summary: string | null;
  readonly done: readonly string[];
  readonly notDone: readonly string[];
  readonly unsure: readonly string[];
  readonly waiting: readonly Gate[];
  readonly undecided: readonly string[];
  readonly unexplained: readonly string[];
  /** Null where no diff set was given. */
  readonly coverage: { readonly lines: number; readonly explained: number } | null;
  /** What stands, most attention first, in the order of the run within a band. */
  readonly decisions: readonly TimelineDecision[];
  /** What does not stand: tried and dropped, rejected, fallen with a rejection. */
  readonly dropped: readonly TimelineDecision[];
  readonly checks: readonly CheckRow[];
  readonly violations: Run["violations"];
  readonly denials: readonly Extract<Moment, { kind: "denial" | "gate" }>[];
  /** Those that are given up now. */
  readonly abandoned: readonly Extract<Moment, { kind: "abandonment" }>[];
  /** Every goal, in reading order. */
  readonly goals: readonly GoalRow[];
  readonly approvals: readonly Approval[];
  readonly landing: NonNullable<Run["landing"]> | null;
  readonly landingStop: LandingStop | null;
  /** What the person's plan said must not be touched. */
  readonly boundaries: NonNullable<Run["spec"]["boundaries"]> | null;
  readonly notices: readonly string[];
  readonly notes: readonly string[];
}

const BANDS = ["read", "skim", "routine"];

/** `texts.summary`: the text of the agent's account, which the log holds as a blob. `story`: the run's, where the caller has it. */
export function report(run: Run, diff?: DiffSet, texts: { readonly summary?: string | undefined } = {}, story: Timeline = timeline(run)): Report {
  const { decisions: all, moments: told } = story;
  const standing = new Set(whatStands(run).map((decision) => decision.id));
  const { spec, phase } = run;
  return {
    run: run.id,
    task: spec.task,
    outcome: { text: phaseText(phase), why: "why" in phase ? phase.why : "" },
    stage: run.stage,
    startedAtStage: spec.stage,
    waived: spec.policy.values["promotion.waived"] ?? null,
    base: spec.base,
    startedAt: run.startedAt,
    lastAt: run.lastAt,
    spent: run.spent,
    owner: spec.owner,
    startedBy: spec.startedBy,
    model: spec.model.name,
    summary: texts.summary ?? null,
    done: run.finish?.done ?? [],
    notDone: run.finish?.notDone ?? [],
    unsure: run.finish?.unsure ?? [],
    waiting: run.gates.filter((gate) => gate.state.kind === "open" || gate.state.kind === "parked"),
    undecided: undecided(run).map((decision) => decision.id),
    unexplained: diff === undefined ? run.unexplained : diff.files.filter((file) => file.unexplained).map((file) => file.path),
    coverage: diff === undefined ? null : { lines: diff.lines, explained: diff.explained },
    decisions: all.filter((decision) => standing.has(decision.id)).toSorted((one, other) => BANDS.indexOf(one.band) - BANDS.indexOf(other.band) || one.n - other.n),
    dropped: all.filter((decision) => !standing.has(decision.id) && decision.state !== "open" && decision.state !== "empty"),
    checks: checkRows(run),
    violations: run.violations,
    denials: told.filter((moment) => moment.kind === "denial" || moment.kind === "gate").filter((moment) => moment.kind === "denial" || moment.answer === "deny" || moment.state === "expired"),
    abandoned: told.filter((moment) => moment.kind === "abandonment").filter((moment) => !moment.lifted),
    goals: goalRows(run),
    approvals: run.decisions.flatMap((decision) => {
      const basis = standing.has(decision.id) ? approvalBasis(decision) : undefined;
      return basis === undefined ? [] : [{ decision: decision.id, basis, by: approvedBy(decision) }];
    }),
    landing: run.landing ?? null,
    landingStop: run.landingStop ?? null,
    boundaries: spec.boundaries ?? null,
    notices: spec.notices,
    notes: run.notes,
  };
}

/** Required checks first, whether they ran or not; then every other check, each with its newest result. */
function checkRows(run: Run): CheckRow[] {
  const required = run.spec.policy.values.requiredChecks;
  const commands = new Set([...required, ...run.receipts.map((receipt) => receipt.command)]);
  return [...commands].map((command) => {
    const receipts = run.receipts.filter((receipt) => receipt.command === command);
    const newest = receipts.at(-1);
    const earlier = receipts.slice(0, -1);
    return {
      command,
      required: required.includes(command),
      source: newest?.source ?? null,
      outcome: newest?.outcome ?? "not run",
      on: newest?.on ?? null,
      fresh: newest !== undefined && (newest.on.kind === "landing" || newest.on.tree === run.tree),
      why: newest?.why ?? null,
      redBefore: earlier.filter((receipt) => receipt.outcome === "red").length,
      unableBefore: earlier.filter((receipt) => receipt.outcome === "unable").length,
    };
  });
}
