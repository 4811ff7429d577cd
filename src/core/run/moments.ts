// What a compressed account of a run must still tell, in order: the work between decisions in a few words, and every
// failure, denial, approval, violation, abandonment, check and landing. It merges repetitions and drops nothing.
import type { Confirmation } from "../log/landing.js";
import type { DecisionId, Gate, Receipt, Run, StepEntry } from "./run.js";
import { workText } from "./work.js";

/** First and last step, both included. */
export type StepRange = readonly [number, number];

interface Repeated {
  /** From the first time to the last; other steps may lie between. */
  readonly steps: StepRange;
  readonly count: number;
  readonly tool: string;
  readonly about: string;
  readonly decision: DecisionId | null;
}

export type Moment =
  /** Steps outside any decision, condensed. */
  | { readonly kind: "work"; readonly steps: StepRange; readonly text: string }
  /** Where the decision of that id stands among the rest. */
  | { readonly kind: "decision"; readonly decision: DecisionId }
  | ({ readonly kind: "failure"; readonly outcome: "error" | "invalid" | "interrupted" } & Repeated)
  | ({ readonly kind: "denial"; readonly rule: string } & Repeated)
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
  | { readonly kind: "abandonment"; readonly goal: string; readonly title: string; readonly by: "agent" | "rule" | "person"; readonly why: string; readonly tried: readonly string[]; readonly smallestUnblock: string | null }
  | { readonly kind: "check"; readonly receipt: string; readonly command: string; readonly source: Receipt["source"]; readonly on: Receipt["on"]["kind"]; readonly outcome: Receipt["outcome"]; readonly why: string | null; readonly decision: DecisionId | null }
  | { readonly kind: "instruction"; readonly at: number }
  | { readonly kind: "landing"; readonly state: "intended" | "landed" | "undone"; readonly branch: string; readonly commits: number; readonly by: string | null }
  | { readonly kind: "landing-stopped"; readonly outcome: "conflict" | "confirm" | "blocked"; readonly why: string; readonly paths: readonly string[]; readonly confirm: readonly Confirmation[] };

/** Green checks on a decision are not here: they stand with the decision. */
export function moments(run: Run): Moment[] {
  const placed: Placed[] = [...stepMoments(run), ...recordMoments(run)];
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

function stepMoments(run: Run): Placed[] {
  const placed: Placed[] = [];
  for (const { steps, decision } of stretches(run.steps)) {
    const [first, last] = [steps[0], steps.at(-1)];
    if (first === undefined || last === undefined) continue;
    const text = decision === undefined ? workText(steps) : "";
    if (text !== "") placed.push({ step: first.step, rank: OPENS, moment: { kind: "work", steps: [first.step, last.step], text } });
    for (const same of repetitions(steps)) placed.push({ step: same.steps[0], rank: HAPPENS, moment: same });
  }
  return placed;
}

/** Steps that follow each other with the same decision, or with none. */
function stretches(steps: readonly StepEntry[]): { readonly decision: DecisionId | undefined; readonly steps: StepEntry[] }[] {
  const found: { readonly decision: DecisionId | undefined; readonly steps: StepEntry[] }[] = [];
  for (const step of steps) {
    const last = found.at(-1);
    if (last !== undefined && last.decision === step.decision) last.steps.push(step);
    else found.push({ decision: step.decision, steps: [step] });
  }
  return found;
}

type Trouble = Extract<Moment, { kind: "failure" | "denial" }>;

/** What went wrong in one stretch: the same call going wrong again adds to the count. */
function repetitions(steps: readonly StepEntry[]): Trouble[] {
  const found = new Map<string, Trouble>();
  for (const step of steps) {
    const trouble = troubleOf(step);
    if (trouble === undefined) continue;
    const key = JSON.stringify([trouble.kind, trouble.kind === "denial" ? trouble.rule : trouble.outcome, step.tool, step.about]);
    const known = found.get(key);
    found.set(key, known === undefined ? trouble : { ...known, steps: [known.steps[0], step.step], count: known.count + 1 });
  }
  return [...found.values()];
}

function troubleOf(step: StepEntry): Trouble | undefined {
  const call = { steps: [step.step, step.step], count: 1, tool: step.tool, about: step.about, decision: step.decision ?? null } as const;
  if (step.outcome === "denied" || step.verdict.kind === "deny") return { kind: "denial", rule: step.verdict.rule, ...call };
  if (step.outcome === "error" || step.outcome === "invalid" || step.outcome === "interrupted") return { kind: "failure", outcome: step.outcome, ...call };
  return undefined;
}

function recordMoments(run: Run): Placed[] {
  // Of a hundred thousand calls a few have led to a question.
  const asked = new Set(run.gates.map((gate) => gate.call));
  const calls = new Map(run.steps.flatMap((step) => (asked.has(step.call) ? [[step.call, step.step] as const] : [])));
  const end = Number.MAX_SAFE_INTEGER;
  const during = (at: number): number => run.steps.findLast((step) => step.at <= at)?.step ?? 0;
  const title = (id: string): string => run.goals.find((goal) => goal.id === id)?.title ?? id;
  const { landing, landingStop } = run;
  return [
    ...run.decisions.map((decision): Placed => ({ step: decision.steps[0], rank: OPENS + 0.5, moment: { kind: "decision", decision: decision.id } })),
    ...run.gates.map((gate): Placed => ({ step: (gate.call === undefined ? undefined : calls.get(gate.call)) ?? during(gate.raisedAt), rank: FOLLOWS, moment: gateMoment(gate) })),
    ...run.violations.map((found): Placed => ({
      step: found.step,
      rank: FOLLOWS,
      moment: { kind: "violation", violation: found.id, paths: found.paths, rule: found.rule, decision: found.decision ?? null },
    })),
    ...run.hosts.map((contact): Placed => ({
      step: contact.steps?.[0] ?? during(contact.at),
      rank: FOLLOWS,
      moment: { kind: "host", host: contact.host, port: contact.port, count: contact.count, refused: contact.refused ?? null, steps: contact.steps ?? null },
    })),
    ...run.receipts
      .filter((receipt) => receipt.outcome !== "green" || receipt.on.decision === undefined)
      .map((receipt): Placed => ({ step: during(receipt.at), rank: LATER, moment: checkMoment(receipt) })),
    ...run.abandoned.map((goal): Placed => ({
      step: goal.at === undefined ? end : during(goal.at),
      rank: FOLLOWS,
      moment: { kind: "abandonment", goal: goal.goal, title: title(goal.goal), by: goal.by, why: goal.why, tried: goal.tried, smallestUnblock: goal.smallestUnblock ?? null },
    })),
    ...run.steering.map((said): Placed => ({ step: during(said.at), rank: LATER, moment: { kind: "instruction", at: said.at } })),
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
