// What a compressed account of a run must still tell, in order: the work between decisions in a few words, and every
// failure, denial, approval, violation, abandonment, check and landing, and what people and limits changed. It merges repetitions and drops nothing.
import type { Confirmation } from "../log/landing.js";
import { courseMoments, type CourseMoment } from "./course.js";
import type { StepDigest, StepMoment } from "./digest-schema.js";
import type { DecisionId, Gate, Receipt, Run } from "./run.js";
import { stepDigest, stepOfGate } from "./step-digest.js";

/** First and last step, both included. */
export type StepRange = readonly [number, number];

export type Moment =
  | StepMoment
  | CourseMoment
  /** Where the decision of that id stands among the rest. */
  | { readonly kind: "decision"; readonly decision: DecisionId }
  | {
      readonly kind: "gate";
      readonly gate: string;
      readonly type: Gate["type"];
      readonly target: string;
      readonly why: string;
      readonly state: Gate["state"]["kind"];
      readonly answer: "allow" | "deny" | null;
      readonly by: string | null;
      readonly comment: string | null;
      readonly decision: DecisionId | null;
    }
  | { readonly kind: "violation"; readonly violation: string; readonly paths: readonly string[]; readonly rule: string; readonly decision: DecisionId | null }
  /** A host that a command reached, or was refused; `steps` is null where only checks or the set-up tried. */
  | { readonly kind: "host"; readonly host: string; readonly port: number; readonly count: number; readonly refused: string | null; readonly steps: StepRange | null }
  | { readonly kind: "check"; readonly receipt: string; readonly command: string; readonly source: Receipt["source"]; readonly on: Receipt["on"]["kind"]; readonly outcome: Receipt["outcome"]; readonly why: string | null; readonly decision: DecisionId | null }
  | { readonly kind: "instruction"; readonly at: number }
  | { readonly kind: "landing"; readonly state: "intended" | "landed" | "undone"; readonly branch: string; readonly commits: number; readonly by: string | null }
  | { readonly kind: "landing-stopped"; readonly outcome: "conflict" | "confirm" | "blocked"; readonly why: string; readonly paths: readonly string[]; readonly confirm: readonly Confirmation[] };

/** Green checks on a decision are not here: they stand with the decision. */
export function moments(run: Run, digest: StepDigest = stepDigest(run)): Moment[] {
  const placed: Placed[] = [...stepMoments(digest), ...recordMoments(run, digest)];
  return placed.toSorted((one, other) => one.step - other.step || one.rank - other.rank).map(({ moment }) => moment);
}

/** `rank` orders what happened at one step: a decision opens before its steps, what a step led to follows it. */
interface Placed {
  readonly step: number;
  readonly rank: number;
  readonly moment: Moment;
}

const OPENS = -1;
const HAPPENS = 0;
const FOLLOWS = 1;
const LATER = 2;

function stepMoments({ moments: found }: StepDigest): Placed[] {
  return found.map((moment) => ({ step: moment.steps[0], rank: moment.kind === "work" ? OPENS : HAPPENS, moment }));
}

function recordMoments(run: Run, digest: StepDigest): Placed[] {
  const end = Number.MAX_SAFE_INTEGER;
  const { landing, landingStop } = run;
  return [
    ...run.decisions.map((decision): Placed => ({ step: decision.steps[0], rank: OPENS + 0.5, moment: { kind: "decision", decision: decision.id } })),
    ...run.gates.map((gate): Placed => ({ step: stepOfGate(gate, digest), rank: FOLLOWS, moment: gateMoment(gate) })),
    ...run.violations.map((found): Placed => ({
      step: found.step,
      rank: FOLLOWS,
      moment: { kind: "violation", violation: found.id, paths: found.paths, rule: found.rule, decision: found.decision ?? null },
    })),
    ...run.hosts.map((contact): Placed => ({
      step: contact.steps?.[0] ?? contact.afterStep,
      rank: FOLLOWS,
      moment: { kind: "host", host: contact.host, port: contact.port, count: contact.count, refused: contact.refused ?? null, steps: contact.steps ?? null },
    })),
    ...run.receipts
      .filter((receipt) => receipt.outcome !== "green" || receipt.on.decision === undefined)
      .map((receipt): Placed => ({ step: receipt.afterStep, rank: LATER, moment: checkMoment(receipt) })),
    ...courseMoments(run).map(({ step, moment }): Placed => ({ step, rank: FOLLOWS, moment })),
    ...run.steering.map((said): Placed => ({ step: said.afterStep, rank: LATER, moment: { kind: "instruction", at: said.at } })),
    ...(landing === undefined ? [] : [{ step: end, rank: FOLLOWS, moment: landingMoment(landing) }]),
    ...(landingStop === undefined
      ? []
      : [{ step: end, rank: LATER, moment: { kind: "landing-stopped", outcome: landingStop.outcome, why: landingStop.why, paths: landingStop.paths, confirm: landingStop.confirm } } satisfies Placed]),
  ];
}

function gateMoment(gate: Gate): Moment {
  const answered = gate.state.kind === "answered" ? gate.state : undefined;
  return {
    kind: "gate",
    gate: gate.id,
    type: gate.type,
    target: gate.target,
    why: gate.why,
    state: gate.state.kind,
    answer: answered?.answer ?? null,
    by: answered?.by.name ?? null,
    comment: answered?.comment ?? null,
    decision: gate.decision ?? null,
  };
}

function checkMoment(receipt: Receipt): Moment {
  return {
    kind: "check",
    receipt: receipt.id,
    command: receipt.command,
    source: receipt.source,
    on: receipt.on.kind,
    outcome: receipt.outcome,
    why: receipt.why ?? null,
    decision: receipt.on.decision ?? null,
  };
}

function landingMoment(landing: NonNullable<Run["landing"]>): Moment {
  const { branch, commits, by } = landing.intended;
  return { kind: "landing", state: landing.state, branch, commits: commits.length, by: by.kind === "person" ? by.person.name : null };
}
