// Commands, gates, permissions and verdicts, folded into the run.
import type { LoggedEvent } from "../log/event.js";
import { change } from "./evolve-decisions.js";
import { enter, settled } from "./phase.js";
import type { Decision, Gate, Run, Verdict } from "./run.js";

type GateEvent = Extract<
  LoggedEvent,
  {
    kind:
      | "command.accepted"
      | "command.refused"
      | "gate.raised"
      | "gate.answered"
      | "gate.awaited"
      | "gate.parked"
      | "gate.reopened"
      | "gate.expired"
      | "permission.granted"
      | "verdict.given";
  }
>;

export function evolveGate(run: Run, event: GateEvent): Run {
  switch (event.kind) {
    case "command.accepted":
      return { ...run, commands: { ...run.commands, [event.id]: { accepted: true, why: undefined } } };
    case "command.refused":
      return { ...run, commands: { ...run.commands, [event.id]: { accepted: false, why: event.why } } };
    case "gate.raised":
      return { ...run, gates: [...run.gates, gateOf(event, run.lastStep)], spent: { ...run.spent, gates: run.spent.gates + 1 } };
    case "gate.awaited":
      // The answer may have come between the look at the gate and this line.
      return isOpen(run, event.gate) ? { ...run, phase: enter(run.phase, { kind: "waiting", on: event.gate }) } : run;
    case "gate.answered":
      return settle(run, event.gate, { kind: "answered", answer: event.answer, forRun: event.forRun, comment: event.comment, by: event.by });
    case "gate.parked":
      return settle(run, event.gate, { kind: "parked", why: event.why });
    case "gate.reopened":
      return { ...run, gates: run.gates.map((gate) => (gate.id === event.gate && gate.state.kind === "parked" ? { ...gate, state: { kind: "open" } } : gate)) };
    case "gate.expired":
      return settle(run, event.gate, { kind: "expired", why: event.why });
    case "permission.granted":
      return {
        ...run,
        permissions: [...run.permissions, { gate: event.gate, type: event.type, target: event.target, decision: event.decision }],
      };
    case "verdict.given": {
      if (event.verdict === "withdraw") return event.targets.reduce(withoutVerdict, run);
      const verdict: Verdict = { verdict: event.verdict, basis: event.basis, comment: event.comment, by: event.by, at: event.at, seq: event.seq };
      return event.targets.reduce((soFar, target) => withVerdict(soFar, target, verdict), run);
    }
  }
}

function gateOf(event: Extract<GateEvent, { kind: "gate.raised" }>, afterStep: number): Gate {
  return {
    id: event.gate,
    type: event.type,
    target: event.target,
    why: event.why,
    ifDenied: event.ifDenied,
    options: event.options,
    decision: event.decision,
    call: event.call,
    digest: event.digest,
    shown: event.shown,
    raisedAt: event.at,
    afterStep,
    state: { kind: "open" },
  };
}

// A gate takes the first answer: later ones change nothing.
function settle(run: Run, id: string, state: Gate["state"]): Run {
  const gates = run.gates.map((gate) => (gate.id === id && (gate.state.kind === "open" || gate.state.kind === "parked") ? { ...gate, state } : gate));
  return { ...run, gates, phase: settled(run.phase, id) };
}

function isOpen(run: Run, id: string): boolean {
  return run.gates.some((gate) => gate.id === id && (gate.state.kind === "open" || gate.state.kind === "parked"));
}

function withoutVerdict(run: Run, target: string): Run {
  return verdictsChanged(run, target, (verdicts) => {
    const { [target]: taken, ...others } = verdicts;
    return taken?.before === undefined ? others : { ...others, [target]: taken.before };
  });
}

function withVerdict(run: Run, target: string, verdict: Verdict): Run {
  return verdictsChanged(run, target, (verdicts) => {
    const before = verdicts[target];
    return { ...verdicts, [target]: before === undefined ? verdict : { ...verdict, before } };
  });
}

function verdictsChanged(run: Run, target: string, changed: (verdicts: Decision["verdicts"]) => Decision["verdicts"]): Run {
  const id = target.split(":", 1)[0];
  return { ...run, decisions: change(run, id, (decision) => ({ ...decision, verdicts: changed(decision.verdicts) })) };
}
