// What readers of a whole run need of its steps, without their list: how many there were, where the run wrote and failed,
// what its decisions' work comes to, and everything among the steps that must not be hidden. The last runner leaves it with
// a condensed log, so that a night of a hundred thousand steps opens without one of them being read.
import type { StepDigest, StepMoment } from "./digest-schema.js";
import type { DecisionId, Gate, Run, StepEntry } from "./run.js";
import { workText } from "./work.js";

/** As many as are told apart at the width of a side-by-side editor. */
export const MOST_BINS = 120;

/** The bin that a step falls into. */
export function binOf(step: number, [first, last]: readonly [number, number], bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(((step - first) * bins) / (last - first + 1))));
}

/** Taken from the condensed log where the run came of one that nothing was added to; made of the steps otherwise. */
export function stepDigest(run: Run): StepDigest {
  return run.digest ?? digestOf(run);
}

/** The step whose call led to the question; the one before it, where it was about no call or its step never began. */
export function stepOfGate(gate: Gate, { asked }: StepDigest): number {
  return (gate.call === undefined ? undefined : asked[gate.call]) ?? gate.afterStep;
}

function digestOf({ steps, gates }: Run): StepDigest {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return { count: 0, bins: [], moments: [], work: {}, asked: {} };
  const asking = new Set(gates.map((gate) => gate.call));
  const asked: Record<string, number> = {};
  const byDecision = new Map<DecisionId, StepEntry[]>();
  const bins = Array.from({ length: Math.min(MOST_BINS, last.step - first.step + 1) }, () => ({ steps: 0, writes: 0, failures: 0 }));
  for (const step of steps) {
    if (asking.has(step.call)) asked[step.call] = step.step;
    if (step.decision !== undefined) {
      const own = byDecision.get(step.decision);
      if (own === undefined) byDecision.set(step.decision, [step]);
      else own.push(step);
    }
    const at = bins[binOf(step.step, [first.step, last.step], bins.length)];
    if (at === undefined) continue;
    at.steps += 1;
    if (step.changed.length > 0) at.writes += 1;
    if (isTrouble(step)) at.failures += 1;
  }
  return {
    count: steps.length,
    span: [{ step: first.step, at: first.at }, { step: last.step, at: last.at }],
    bins,
    moments: stretches(steps).flatMap(stretchMoments),
    work: Object.fromEntries([...byDecision].map(([id, own]) => [id, workText(own)])),
    asked,
  };
}

/** What a reader of a compressed account must still see. */
export function isTrouble({ outcome, verdict }: StepEntry): boolean {
  return outcome === "error" || outcome === "denied" || outcome === "invalid" || outcome === "interrupted" || verdict.kind === "deny";
}

interface Stretch {
  readonly decision: DecisionId | undefined;
  readonly steps: StepEntry[];
}

/** Steps that follow each other with the same decision, or with none. */
function stretches(steps: readonly StepEntry[]): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const step of steps) {
    const last = found.at(-1);
    if (last !== undefined && last.decision === step.decision) last.steps.push(step);
    else found.push({ decision: step.decision, steps: [step] });
  }
  return found;
}

function stretchMoments({ steps, decision }: Stretch): readonly StepMoment[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return [];
  const text = decision === undefined ? workText(steps) : "";
  return [...(text === "" ? [] : [{ kind: "work" as const, steps: [first.step, last.step] as const, text }]), ...repetitions(steps)];
}

type Trouble = Extract<StepMoment, { kind: "failure" | "denial" }>;

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
  const call = { steps: [step.step, step.step] as const, count: 1, tool: step.tool, about: step.about, decision: step.decision ?? null };
  if (step.outcome === "denied" || step.verdict.kind === "deny") return { kind: "denial", rule: step.verdict.rule, ...call };
  if (step.outcome === "error" || step.outcome === "invalid" || step.outcome === "interrupted") return { kind: "failure", outcome: step.outcome, ...call };
  return undefined;
}
