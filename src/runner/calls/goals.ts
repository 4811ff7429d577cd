// set_goals and abandon_goal: the plan as data. What the agent says here is recorded; it loosens nothing.
import type { Goal } from "../../core/log/goals.js";
import type { ToolInput } from "../../agent/tools.js";
import type { PendingCall } from "../../agent/workbench.js";
import { withAgentGoals } from "../../core/goals/merge.js";
import { goalProblem } from "../../core/goals/problem.js";
import { goalNamed, goalState } from "../../core/goals/tree.js";
import { replayOn } from "../../core/run/replay.js";
import type { Run } from "../../core/run/run.js";
import { writesWorktree } from "../../core/stage.js";
import { giveUp, opensFor } from "../goals/abandon.js";
import type { Ledger } from "../ledger.js";
import { approvePlan, needsPlan } from "../plan-approval.js";
import type { Site } from "../site.js";
import { workshopTree } from "../workshop-tree.js";
import { answerOnly, finished, intent, type Flow } from "./call.js";

type SetInput = Extract<ToolInput, { tool: "set_goals" }>;
type AbandonInput = Extract<ToolInput, { tool: "abandon_goal" }>;

const RECORD = { kind: "allow", rule: "goals are recorded" } as const;

export async function setGoals(site: Site, call: PendingCall, input: SetInput): Promise<Flow> {
  const { ledger } = site;
  const asked = input.goals.map((goal) => goalOf(ledger, goal));
  const merged = withAgentGoals(ledger.run, asked);
  const problem = goalProblem(asked) ?? (merged.kind === "refused" ? merged.why : goalProblem(merged.goals));
  if (problem !== undefined || merged.kind === "refused") {
    await answerOnly(ledger, call, { kind: "deny", rule: "goal tree" }, "error", "set_goals", `${problem ?? ""} Send the whole list again.`);
    return { kind: "skip" };
  }
  const { goals } = merged;
  const stays = goals.filter((goal) => goal.by === "person" || !asked.some((one) => one.id === goal.id)).map((goal) => goal.id);
  const text = [`Goals: ${goals.map((goal) => `${goal.id} (${goal.title})`).join("; ")}.`, ...(stays.length === 0 ? [] : [`These stand as they were, because a person wrote them or they are on record: ${stays.join(", ")}.`])].join("\n");
  await ledger.append({ kind: "goals.set", by: "agent", goals: [...goals] });
  // Before the call's intent, so that a runner that is killed while it waits asks the same question again.
  const approved = needsPlan(ledger.run) ? [await approvePlan(site, call.id)] : [];
  const begun = intent(ledger, call, `${String(goals.length)} goals`, RECORD);
  await ledger.append(begun, await finished(ledger, begun.step, call.id, { outcome: "ok", text: [text, ...approved].join("\n"), ms: 0 }));
  return site.halt.aborted ? { kind: "end", end: { kind: "stopped", why: "stopped while the plan waited for approval" } } : { kind: "next" };
}

export async function abandonGoal(site: Site, call: PendingCall, input: AbandonInput): Promise<Flow> {
  const { ledger } = site;
  const problem = cannotBeGivenUp(ledger.run, input.goal);
  if (problem !== undefined) {
    await answerOnly(ledger, call, { kind: "deny", rule: "goal tree" }, "error", input.goal, problem);
    return { kind: "skip" };
  }
  const begun = intent(ledger, call, input.goal, RECORD, writesWorktree(ledger.run.stage) ? ledger.run.tree : undefined);
  await ledger.append(begun);
  const started = performance.now();
  const { events, lines } = await giveUp(site, { goal: input.goal, by: "agent", why: input.why, smallestUnblock: input.smallest_unblock, ...(input.tried === undefined ? {} : { tried: input.tried }) });
  const tree = replayOn(ledger.run, events).tree;
  await ledger.append(...events, await finished(ledger, begun.step, call.id, { outcome: "ok", text: lines.join("\n"), tree, ms: performance.now() - started }));
  site.shop.open(workshopTree(ledger.run));
  return { kind: "next" };
}

function cannotBeGivenUp(run: Run, id: string): string | undefined {
  const known = run.goals.map((goal) => goal.id).join(", ");
  if (goalNamed(run, id) === undefined) return `There is no goal ${id}. ${known === "" ? "No goals are set." : `Goals: ${known}.`}`;
  if (goalState(run, id) === "abandoned") return `Goal ${id} is given up already. Go on with the next one, or finish.`;
  const open = run.decisions.find((decision) => decision.id === run.openDecision);
  if (open !== undefined && !opensFor(run, { goal: id, by: "agent" })) return `Decision ${open.id} is open and serves another goal. End it first (end_decision), then give ${id} up.`;
  return undefined;
}

function goalOf(ledger: Ledger, goal: SetInput["goals"][number]): Goal {
  return {
    id: goal.id,
    title: ledger.line(goal.title),
    required: goal.required ?? false,
    ifParentAbandoned: goal.if_parent_abandoned ?? "stop",
    by: "agent",
    ...(goal.parent === undefined ? {} : { parent: goal.parent }),
    ...(goal.done_when === undefined ? {} : { doneWhen: goal.done_when }),
    ...(goal.abandon_when === undefined ? {} : { abandonWhen: { ...goal.abandon_when } }),
  };
}
