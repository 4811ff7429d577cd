// plan, abandon, waive, raise: what people say about goals and limits. Each is refused with a reason where it makes no sense.
import type { Command } from "../../core/command.js";
import { goalProblem } from "../../core/goals/problem.js";
import { goalNamed, goalState, isOnRecord, WHOLE_TASK } from "../../core/goals/tree.js";
import type { RunEvent } from "../../core/log/event.js";
import { ABANDON_RULES, type Goal } from "../../core/log/goals.js";
import { limitOf, usedOf } from "../../core/run/limits.js";
import type { Run } from "../../core/run/run.js";
import { hasEnded } from "./steering.js";
import type { Folded } from "./folded.js";
import type { Ledger } from "../ledger.js";

type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

const refused = (why: string): Folded => ({ kind: "refused", why });

/** The tree as a person wants it. Where the plan waits for approval, this is the approval. */
export async function planEvents(ledger: Ledger, command: Of<"plan">, id: string): Promise<Folded> {
  const { run } = ledger;
  if (hasEnded(run)) return refused("The run has ended, so its goals are not changed any more. Start another run with the plan that you want.");
  const goals = withRecorded(run, command.goals.map((goal): Goal => ({ ...goal, by: "person" })));
  const problem = goalProblem(goals);
  if (problem !== undefined) return refused(problem);
  const gate = run.gates.find((one) => one.type === "plan" && (one.state.kind === "open" || one.state.kind === "parked"));
  const told = await ledger.keep(`${command.by.name} changed the goals. They are now: ${goals.map((goal) => `${goal.id} (${goal.title})${goal.required ? ", required" : ""}${goal.doneWhen === undefined ? "" : `, done when "${goal.doneWhen}" is green`}`).join("; ")}. They outrank yours.`);
  return {
    kind: "accepted",
    events: [
      { kind: "goals.set", by: "person", goals, person: command.by },
      ...(gate === undefined ? [] : [{ kind: "gate.answered" as const, gate: gate.id, answer: "allow" as const, forRun: false, by: command.by, digest: gate.digest, command: id }]),
      { kind: "message.added", from: "person", text: told.id },
    ],
  };
}

/** What something was done for, or what came to its end, is part of the account and stays in the tree, whoever leaves it out. */
function withRecorded(run: Run, goals: readonly Goal[]): Goal[] {
  const named = new Set(goals.map((goal) => goal.id));
  const recorded = run.goals.filter((goal) => !named.has(goal.id) && isOnRecord(run, goal.id));
  const all = new Set([...named, ...recorded.map((goal) => goal.id)]);
  return [...goals, ...recorded.map(({ parent, ...goal }): Goal => (parent === undefined || !all.has(parent) ? goal : { ...goal, parent }))];
}

export function abandonEvents(run: Run, { goal }: Of<"abandon">): Folded {
  return unknown(run, goal) ?? (goalState(run, goal) === "abandoned" ? refused(`Goal ${goal} is given up already.`) : hasEnded(run) ? refused("The run has ended: nothing works on its goals any more.") : { kind: "accepted", events: [] });
}

export async function waiveEvents(ledger: Ledger, command: Of<"waive">): Promise<Folded> {
  const { run } = ledger;
  const { goal, by } = command;
  const problem = goal === WHOLE_TASK && run.abandoned.some((entry) => entry.goal === goal) ? undefined : unknown(run, goal);
  if (problem !== undefined) return problem;
  const rules = command.rules.length === 0 ? [...ABANDON_RULES] : command.rules;
  const was = goalState(run, goal) === "abandoned";
  const told = await ledger.keep(`${by.name} says that goal ${goal} is not to be given up by rule${command.rules.length === 0 ? "" : ` (${rules.join(", ")})`} any more.${was ? " It is open again: try it anew, and not in the way that failed." : ""}`);
  const events: RunEvent[] = [{ kind: "goal.waived", goal, rules, by }];
  return { kind: "accepted", events: [...events, { kind: "message.added", from: "person", text: told.id }] };
}

export function raiseEvents(run: Run, { limit, to, by }: Of<"raise">): Folded {
  if (hasEnded(run) && run.phase.kind === "ended" && run.phase.outcome !== "stopped") return refused("The run has ended, so its limits hold nothing back any more.");
  const now = limitOf(run, limit);
  if (now !== undefined && to <= now) return refused(`The limit is ${String(now)} already, and a limit is only ever raised here. To lower it, change vigil.policy.limits.${limit} in the settings of your checkout: that takes effect at once.`);
  const used = limit === "perDay.usd" ? 0 : usedOf(run, limit);
  if (to <= used) return refused(`${String(Math.round(used * 100) / 100)} is used already. Name a higher limit.`);
  const gates = run.gates.filter((gate) => gate.type === "budget" && (gate.target === limit || (limit === "tokens" && gate.target === "price")) && (gate.state.kind === "open" || gate.state.kind === "parked"));
  return { kind: "accepted", events: [{ kind: "limit.raised", limit, to, by }, ...gates.map((gate) => ({ kind: "gate.expired" as const, gate: gate.id, why: `${by.name} raised the limit to ${String(to)}` }))] };
}

function unknown(run: Run, goal: string): Folded | undefined {
  if (goalNamed(run, goal) !== undefined) return undefined;
  return refused(`There is no goal ${goal}. ${run.goals.length === 0 ? "This run has no goals." : `Its goals: ${run.goals.map((one) => one.id).join(", ")}.`}`);
}
