// set_goals and abandon_goal: the plan as data. What the agent says here is recorded; it loosens nothing.
import type { Goal } from "../../core/log/decisions.js";
import type { ToolInput } from "../../agent/tools.js";
import type { PendingCall } from "../../agent/workbench.js";
import { cut, cutList } from "../cut.js";
import type { Site } from "../site.js";
import { answerOnly, finished, intent, type Flow } from "./call.js";

type SetInput = Extract<ToolInput, { tool: "set_goals" }>;
type AbandonInput = Extract<ToolInput, { tool: "abandon_goal" }>;

const GOALS = 60;
const ID = 40;
const TRIED = 20;
const WORDS = 2_000;

const RECORD = { kind: "allow", rule: "goals are recorded" } as const;

export async function setGoals(site: Site, call: PendingCall, input: SetInput): Promise<Flow> {
  const { ledger } = site;
  const problem = goalProblem(input);
  if (problem !== undefined) {
    await answerOnly(ledger, call, { kind: "deny", rule: "goal tree" }, "error", "set_goals", problem);
    return { kind: "skip" };
  }
  const goals: Goal[] = input.goals.map((goal) => ({
    id: goal.id,
    title: ledger.line(goal.title),
    required: goal.required ?? false,
    ifParentAbandoned: goal.if_parent_abandoned ?? "stop",
    ...(goal.parent === undefined ? {} : { parent: goal.parent }),
    ...(goal.done_when === undefined ? {} : { doneWhen: goal.done_when }),
    ...(goal.abandon_when === undefined ? {} : { abandonWhen: { ...goal.abandon_when } }),
  }));
  const begun = intent(ledger, call, `${String(goals.length)} goals`, RECORD);
  const text = `Goals: ${goals.map((goal) => `${goal.id} (${goal.title})`).join("; ")}.`;
  await ledger.append(begun, { kind: "goals.set", by: "agent", goals }, await finished(ledger, begun.step, call.id, { outcome: "ok", text, ms: 0 }));
  return { kind: "next" };
}

export async function abandonGoal(site: Site, call: PendingCall, input: AbandonInput): Promise<Flow> {
  const { ledger } = site;
  if (!ledger.run.goals.some((goal) => goal.id === input.goal)) {
    const known = ledger.run.goals.map((goal) => goal.id).join(", ");
    await answerOnly(ledger, call, { kind: "deny", rule: "goal tree" }, "error", input.goal, `There is no goal ${input.goal}. ${known === "" ? "No goals are set." : `Goals: ${known}.`}`);
    return { kind: "skip" };
  }
  const begun = intent(ledger, call, input.goal, RECORD);
  await ledger.append(
    begun,
    {
      kind: "goal.abandoned",
      goal: input.goal,
      by: "agent",
      why: cut(input.why, WORDS),
      tried: cutList(input.tried ?? [], TRIED, 500),
      ...(input.smallest_unblock === undefined ? {} : { smallestUnblock: cut(input.smallest_unblock, WORDS) }),
    },
    await finished(ledger, begun.step, call.id, { outcome: "ok", text: `Goal ${input.goal} is abandoned; the reason is on record. Go on with the next goal, or finish.`, ms: 0 }),
  );
  return { kind: "next" };
}

function goalProblem(input: SetInput): string | undefined {
  if (input.goals.length > GOALS) return `A plan of ${String(input.goals.length)} goals cannot be followed by a person: at most ${String(GOALS)}. Send fewer, larger ones.`;
  const long = input.goals.find((goal) => goal.id.length > ID || (goal.done_when?.length ?? 0) > WORDS);
  if (long !== undefined) return `A goal's id has at most ${String(ID)} characters and its done_when at most ${String(WORDS)}; put a longer command into a script. Send the whole list again.`;
  const ids = new Set<string>();
  for (const goal of input.goals) {
    if (ids.has(goal.id)) return `Goal ids must differ: ${goal.id} stands twice. Send the whole list again.`;
    ids.add(goal.id);
  }
  const parent = new Map(input.goals.map((goal) => [goal.id, goal.parent]));
  for (const goal of input.goals) {
    if (goal.parent !== undefined && !ids.has(goal.parent)) return `Goal ${goal.id} names the parent ${goal.parent}, which is not in the list. Send the whole list again.`;
    const seen = new Set([goal.id]);
    for (let at = goal.parent; at !== undefined; at = parent.get(at)) {
      if (seen.has(at)) return `Goal ${goal.id} is its own ancestor. Send the whole list again, as a tree.`;
      seen.add(at);
    }
  }
  return undefined;
}
