// One event folded into the run: total, without clock or chance. What an event does not mention stays as it was.
import type { EventOf, LoggedEvent } from "../log/event.js";
import type { Cost, Usage } from "../log/parts.js";
import { bothBoundaries } from "../policy/boundary.js";
import { evolveDecision } from "./evolve-decisions.js";
import { evolveGate } from "./evolve-gates.js";
import { evolveGoal, withAttempt, workOn } from "./evolve-goals.js";
import { withContact } from "./evolve-hosts.js";
import { enter, paused, unpaused } from "./phase.js";
import type { Run, Spent, StepEntry, Turn } from "./run.js";

/** The run that `run.started` begins. */
export function begin(event: EventOf<"run.started"> & { readonly seq: number; readonly at: number }): Run {
  return {
    id: event.run,
    spec: event.spec,
    startedAt: event.at,
    stage: event.spec.stage,
    phase: { kind: "preparing" },
    tree: undefined,
    startTree: undefined,
    unexplained: [],
    decisions: [],
    openDecision: undefined,
    goals: event.spec.goals ?? [],
    currentGoal: undefined,
    goalWork: {},
    abandoned: [],
    waived: {},
    raised: {},
    neared: [],
    course: [],
    gates: [],
    permissions: [],
    receipts: [],
    violations: [],
    steps: [],
    lastStep: 0,
    hosts: [],
    spent: {
      usd: 0,
      unpriced: false,
      estimated: false,
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      turns: 0,
      steps: 0,
      gates: 0,
      workedMs: 0,
    },
    commands: { [event.command]: { accepted: true, why: undefined } },
    steering: [],
    notes: [],
    landing: undefined,
    landingStop: undefined,
    finish: undefined,
    unheardSince: undefined,
    lastSeq: event.seq,
    lastAt: event.at,
  };
}

/** The run after `event`. A second `run.started` changes nothing. */
export function evolve(run: Run, event: LoggedEvent): Run {
  return { ...apply(run, event), lastSeq: event.seq, lastAt: event.at };
}

function apply(run: Run, event: LoggedEvent): Run {
  switch (event.kind) {
    case "run.started":
    case "runner.started":
    case "sandbox.tested":
    // Housekeeping of every hour: nothing that a person must know is lost by it.
    case "conversation.trimmed":
      return run;
    case "runner.ended":
      return run.phase.kind === "outage" ? { ...run, phase: WORKING } : run;
    case "log.repaired":
      return { ...run, notes: [...run.notes, `${String(event.bytes)} torn bytes at the log's end were set aside in ${event.aside}.`] };
    case "note.added":
      return { ...run, notes: [...run.notes, event.text] };
    case "worktree.created":
      return { ...run, tree: event.tree, startTree: event.tree };
    case "setup.finished":
      return { ...run, tree: event.tree, startTree: event.tree, unexplained: event.changed, spent: worked(run.spent, event.ms) };
    case "check.finished": {
      const { kind: _kind, seq: _seq, ...receipt } = event;
      return { ...run, receipts: [...run.receipts, { ...receipt, afterStep: run.lastStep }], spent: worked(run.spent, event.ms), goalWork: withAttempt(run, event) };
    }
    case "policy.narrowed":
      return { ...run, spec: { ...run.spec, policy: event.policy, policyDigest: event.digest } };
    case "stage.lowered":
      return { ...run, stage: event.to };
    case "run.queued":
      return { ...run, phase: enter(run.phase, { kind: "queued", why: event.why, until: event.until, behind: event.behind }) };
    case "run.dequeued":
      return run.phase.kind === "queued" ? { ...run, phase: run.spent.turns > 0 ? WORKING : { kind: "preparing" } } : run;
    case "run.paused":
      return { ...run, phase: paused(run.phase, event.why) };
    case "run.unpaused":
      return { ...run, phase: unpaused(run.phase), unheardSince: undefined };
    case "run.ended":
      return { ...run, phase: { kind: "ended", outcome: event.outcome, why: event.why }, unheardSince: run.unheardSince ?? event.seq };
    case "message.added":
      return event.from === "person" ? { ...run, steering: [...run.steering, { text: event.text, at: event.at, afterStep: run.lastStep }] } : run;
    case "conversation.restarted":
      return { ...run, notes: [...run.notes, `The conversation began anew: ${event.why}`] };
    case "turn.requested":
    case "turn.answered":
      return { ...run, phase: enter(run.phase, WORKING) };
    case "turn.waiting":
      return { ...run, phase: enter(run.phase, { kind: "outage", why: event.why, retryAt: event.retryAt }) };
    case "turn.received":
      return { ...run, phase: enter(run.phase, WORKING), spent: paid(worked(run.spent, event.ms), event.usage, event.cost, event.estimated ?? false), goalWork: workOn(run, event) };
    case "turn.discarded":
      return { ...run, spent: paid(run.spent, event.usage, event.cost, event.estimated), goalWork: workOn(run, event) };
    case "step.intended":
      return { ...run, ...spentOn(run, event), steps: [...run.steps, intendedStep(event)] };
    case "step.finished": {
      const at = run.steps.findLastIndex((entry) => entry.step === event.step && entry.outcome === undefined);
      const entry = run.steps[at];
      const after = { ...run, ...spentOn(run, event) };
      return entry === undefined ? after : { ...after, steps: run.steps.with(at, finishedStep(entry, event)) };
    }
    case "goals.set":
    case "goal.warned":
    case "goal.abandoned":
    case "goal.waived":
      return { ...evolveGoal(run, event), course: turned(run, event) };
    case "goal.reached":
      return evolveGoal(run, event);
    case "boundary.stated": {
      const { enforced, advice } = bothBoundaries(run.spec.boundaries, event);
      return { ...run, spec: { ...run.spec, boundaries: { enforced: [...enforced], advice: [...advice] } } };
    }
    case "limit.neared":
      return { ...run, neared: [...run.neared, event], course: turned(run, event) };
    case "limit.raised":
      return { ...run, course: turned(run, event), raised: { ...run.raised, [event.limit]: { to: event.to, at: event.at } } };
    case "violation.found":
    case "layer.discarded":
    case "decision.opened":
    case "decision.ended":
    case "decision.dropped":
    case "finish.claimed":
      return evolveDecision(run, event);
    case "command.accepted":
    case "command.refused":
    case "gate.raised":
    case "gate.answered":
    case "gate.awaited":
    case "gate.parked":
    case "gate.reopened":
    case "gate.expired":
    case "permission.granted":
    case "verdict.given":
      return evolveGate(run, event);
    case "host.reached":
    case "host.refused":
      return { ...run, hosts: withContact(run.hosts, event, run.lastStep) };
    case "landing.intended":
      return { ...run, landing: { intended: event, state: "intended", at: event.at }, landingStop: undefined };
    case "landing.finished":
      return run.landing === undefined ? run : { ...run, landing: { ...run.landing, state: "landed", at: event.at }, landingStop: undefined };
    case "landing.stopped":
      return { ...run, landingStop: event, landing: run.landing?.state === "intended" ? undefined : run.landing };
    case "landing.undone":
      return run.landing === undefined ? run : { ...run, landing: { ...run.landing, state: "undone", at: event.at } };
  }
}

function turned(run: Run, turn: Turn): Run["course"] {
  return [...run.course, { ...turn, afterStep: run.lastStep }];
}

const WORKING = { kind: "working" } as const;

/** The step that an intent begins. */
export function intendedStep(event: EventOf<"step.intended"> & { readonly at: number }): StepEntry {
  return {
    step: event.step,
    turn: event.turn,
    call: event.call,
    tool: event.tool,
    about: event.about,
    verdict: event.verdict,
    decision: event.decision,
    tree: event.tree,
    outcome: undefined,
    changed: [],
    at: event.at,
    ms: undefined,
  };
}

/** The step with its outcome. */
export function finishedStep(entry: StepEntry, event: EventOf<"step.finished">): StepEntry {
  return { ...entry, outcome: event.outcome, changed: event.changed, ms: event.ms };
}

/** Everything of the run that a step's event changes, but for the list of steps. */
export function spentOn(run: Run, event: EventOf<"step.intended"> | EventOf<"step.finished">): Pick<Run, "tree" | "spent" | "lastStep" | "goalWork"> {
  const goalWork = workOn(run, event);
  if (event.kind === "step.intended") return { tree: run.tree, spent: { ...run.spent, steps: run.spent.steps + 1 }, lastStep: event.step, goalWork };
  return { tree: event.tree ?? run.tree, spent: worked(run.spent, event.ms), lastStep: run.lastStep, goalWork };
}

function worked(spent: Spent, ms: number): Spent {
  return { ...spent, workedMs: spent.workedMs + Math.max(0, ms) };
}

function paid(spent: Spent, usage: Usage, cost: Cost, estimated: boolean): Spent {
  return {
    ...spent,
    turns: spent.turns + 1,
    usd: spent.usd + (cost.kind === "known" ? cost.usd : 0),
    unpriced: spent.unpriced || cost.kind === "unknown",
    estimated: spent.estimated || estimated,
    usage: {
      input: spent.usage.input + usage.input,
      output: spent.usage.output + usage.output,
      cacheRead: spent.usage.cacheRead + usage.cacheRead,
      cacheWrite: spent.usage.cacheWrite + usage.cacheWrite,
    },
  };
}
