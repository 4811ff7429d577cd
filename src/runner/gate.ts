// Questions to people: raised once, found again after a crash, awaited for as long as nobody answers.
import type { RunEvent } from "../core/log/event.js";
import type { GateKind } from "../core/log/parts.js";
import type { Gate, Run } from "../core/run/run.js";
import { cut, cutList } from "./cut.js";
import { digestOf } from "./digest.js";
import type { Ledger } from "./ledger.js";

/** Characters. What was shown is kept whole as a blob; a line of the log is not the place for it. */
const LONGEST_TARGET = 2_000;
const SHOWN_OF_TARGET = 400;
const WORDS = 1_000;
const OPTIONS = 20;
const LONGEST_OPTION = 200;

export interface Question {
  readonly type: GateKind;
  readonly target: string;
  readonly why: string;
  /** Everything a person needs to see before answering; its digest is what an answer names. */
  readonly shown: string;
  readonly ifDenied?: string | undefined;
  readonly options?: readonly string[];
  readonly decision?: string | undefined;
  readonly call?: string | undefined;
}

export type Answer = { readonly kind: "allow" | "deny"; readonly comment: string | undefined; readonly gate: Gate } | { readonly kind: "none" };

/** The event that raises a gate, for callers that append it together with others. */
export async function raised(ledger: Ledger, question: Question): Promise<{ readonly gate: string; readonly event: RunEvent }> {
  const shown = await ledger.keep(question.shown);
  const gate = `g${String(ledger.run.gates.length + 1)}`;
  const event: RunEvent = {
    kind: "gate.raised",
    gate,
    type: question.type,
    target: question.target,
    why: cut(question.why, WORDS),
    options: cutList(question.options ?? [], OPTIONS, LONGEST_OPTION),
    digest: digestOf(shown.text),
    shown: shown.id,
    ...(question.ifDenied === undefined ? {} : { ifDenied: cut(question.ifDenied, WORDS) }),
    ...(question.decision === undefined ? {} : { decision: question.decision }),
    ...(question.call === undefined ? {} : { call: question.call }),
  };
  return { gate, event };
}

/**
 * Asks, or finds the question that this call asked before a crash, and waits. `none` when the run must stop first.
 * What policy says about unanswered gates (park, deny, stop) is the caller's, before it waits.
 */
export async function ask(ledger: Ledger, question: Question, halt: AbortSignal): Promise<Answer> {
  const earlier = ledger.run.gates.find((gate) => gate.call !== undefined && gate.call === question.call && gate.type === question.type && gate.state.kind !== "expired");
  if (earlier !== undefined) return answered(ledger, earlier.id, halt);
  const { gate, event } = await raised(ledger, question);
  await ledger.append(event);
  return answered(ledger, gate, halt);
}

/** Why this call may not ask anybody: the run asked as often as it may. Undefined when it may, or has asked already. */
export function askedTooOften(run: Run, call: string): string | undefined {
  const most = run.spec.policy.values["limits.gates"];
  if (most === undefined || run.gates.length < most || run.gates.some((gate) => gate.call === call)) return undefined;
  return `It would need a person, and this run has asked as often as it may (vigil.policy.limits.gates: ${String(most)}). Go on without it and say in finish what is missing.`;
}

/** The exact thing that is asked about; of a very long one its beginning and what tells it from others. */
export function targetForLog(target: string): string {
  return target.length <= LONGEST_TARGET ? target : `${cut(target, SHOWN_OF_TARGET)} sha256:${digestOf(target)}`;
}

/** Waits for one gate; says so in the log when the answer is not there yet. */
export async function answered(ledger: Ledger, id: string, halt: AbortSignal): Promise<Answer> {
  const settled = (): Gate | undefined => ledger.run.gates.find((gate) => gate.id === id && gate.state.kind !== "open" && gate.state.kind !== "parked");
  if (settled() === undefined) await ledger.append({ kind: "gate.awaited", gate: id });
  const gate = await ledger.until(settled, halt);
  if (gate?.state.kind !== "answered") return { kind: "none" };
  return { kind: gate.state.answer, comment: gate.state.comment, gate };
}
