// What every kind of call gives back to the bench, and how its outcome becomes events.
import type { RunEvent } from "../../core/log/event.js";
import type { LoopEnd, PendingCall } from "../../agent/workbench.js";
import type { Ledger } from "../ledger.js";

export type Flow = { readonly kind: "next" } | { readonly kind: "skip" } | { readonly kind: "end"; readonly end: LoopEnd };

type Finished = Extract<RunEvent, { kind: "step.finished" }>;
type Intended = Extract<RunEvent, { kind: "step.intended" }>;

/** The number of the step that the next intent begins. */
export function nextStep(ledger: Ledger): number {
  // Steps are counted as they are intended, so the count is the last one's number.
  return ledger.run.spent.steps + 1;
}

/** The intent of a call, to be durable before its effect. `tree`: what the worktree holds before a step that may write. */
export function intent(ledger: Ledger, call: PendingCall, about: string, verdict: Intended["verdict"], tree?: string): Intended {
  const { openDecision } = ledger.run;
  return {
    kind: "step.intended",
    step: nextStep(ledger),
    turn: call.turn,
    call: call.id,
    tool: call.tool,
    about: ledger.line(about),
    verdict,
    ...(tree === undefined ? {} : { tree }),
    ...(openDecision === undefined ? {} : { decision: openDecision }),
  };
}

export interface Outcome {
  readonly outcome: Finished["outcome"];
  readonly text: string;
  readonly exit?: number | null | undefined;
  readonly tree?: string | undefined;
  readonly changed?: readonly string[];
  readonly ms: number;
}

/** The outcome of a call as an event; its text is kept, with secrets masked. */
export async function finished(ledger: Ledger, step: number, call: string, outcome: Outcome): Promise<Finished> {
  const kept = await ledger.keep(outcome.text);
  return {
    kind: "step.finished",
    step,
    call,
    outcome: outcome.outcome,
    result: kept.id,
    changed: [...(outcome.changed ?? [])],
    ms: Math.round(outcome.ms),
    masked: kept.masked,
    ...(outcome.exit === undefined ? {} : { exit: outcome.exit }),
    ...(outcome.tree === undefined ? {} : { tree: outcome.tree }),
  };
}

/** Logs a call that has no effect of its own: refused, malformed, or not run. Intent and outcome are one write. */
export async function answerOnly(ledger: Ledger, call: PendingCall, verdict: Intended["verdict"], outcome: Finished["outcome"], about: string, text: string): Promise<void> {
  const begun = intent(ledger, call, about, verdict);
  await ledger.append(begun, await finished(ledger, begun.step, call.id, { outcome, text, ms: 0 }));
}

/** After these the rest of the reply is not run: the model chose it without knowing how this one ended. */
export function flowAfter(outcome: Finished["outcome"]): Flow {
  return outcome === "ok" ? { kind: "next" } : { kind: "skip" };
}
