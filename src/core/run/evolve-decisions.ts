// Goals, decisions, violations and the agent's own account, folded into the run.
import type { DecisionReason } from "../log/decisions.js";
import type { EventOf, LoggedEvent } from "../log/event.js";
import type { Decision, Run } from "./run.js";

type DecisionEvent = Extract<
  LoggedEvent,
  {
    kind:
      | "violation.found"
      | "layer.discarded"
      | "decision.opened"
      | "decision.ended"
      | "decision.dropped"
      | "finish.claimed";
  }
>;

export function evolveDecision(run: Run, event: DecisionEvent): Run {
  switch (event.kind) {
    case "layer.discarded":
      return run;
    case "violation.found":
      return {
        ...run,
        violations: [...run.violations, event],
        decisions: change(run, event.decision, (decision) => ({ ...decision, violations: [...decision.violations, event.id] })),
      };
    case "decision.opened":
      return { ...run, openDecision: event.decision, currentGoal: goalOf(run, event.reason.goal), decisions: [...run.decisions, opened(event, run.decisions.length + 1, event.at)] };
    case "decision.ended":
      return ended(run, event, event.at);
    case "decision.dropped":
      return {
        ...run,
        tree: event.tree,
        openDecision: run.openDecision !== undefined && event.decisions.includes(run.openDecision) ? undefined : run.openDecision,
        decisions: run.decisions.map((decision) => (event.decisions.includes(decision.id) ? { ...decision, state: "dropped" as const } : decision)),
      };
    case "finish.claimed":
      return { ...run, finish: { summary: event.summary, done: event.done, notDone: event.notDone, unsure: event.unsure }, unheardSince: event.seq };
  }
}

function goalOf(run: Run, id: string | undefined): string | undefined {
  return run.goals.some((goal) => goal.id === id) ? id : undefined;
}

function opened(event: EventOf<"decision.opened">, n: number, at: number): Decision {
  return {
    id: event.decision,
    n,
    reason: event.reason satisfies DecisionReason,
    state: "open",
    before: event.before,
    after: undefined,
    checkpoint: undefined,
    files: [],
    heldTo: undefined,
    endedBy: undefined,
    outcomeText: undefined,
    whyRevised: undefined,
    titleRevised: undefined,
    notes: [],
    claims: [],
    violations: [],
    steps: [event.step, event.step],
    openedAt: at,
    endedAt: undefined,
    verdicts: {},
  };
}

function ended(run: Run, event: EventOf<"decision.ended">, at: number): Run {
  return {
    ...run,
    openDecision: run.openDecision === event.decision ? undefined : run.openDecision,
    tree: event.after,
    decisions: change(run, event.decision, (decision) => ({
      ...decision,
      state: event.outcome,
      after: event.after,
      checkpoint: event.checkpoint,
      files: event.files,
      heldTo: event.heldTo,
      endedBy: event.by,
      outcomeText: event.outcomeText,
      whyRevised: event.whyRevised,
      titleRevised: event.titleRevised,
      notes: event.notes,
      claims: event.claims,
      steps: [decision.steps[0], event.step] as const,
      endedAt: at,
    })),
  };
}

/** The decisions with one of them replaced; unchanged where the id is unknown or absent. */
export function change(run: Run, id: string | undefined, to: (decision: Decision) => Decision): readonly Decision[] {
  return run.decisions.map((decision) => (decision.id === id ? to(decision) : decision));
}
