// What becomes of the plan when the agent sets goals. A person's goals outrank the agent's: they stay as they were written,
// and what the agent says of them can only make them stricter. What was given up stays given up, under whatever name.
import type { Goal } from "../log/goals.js";
import type { Run } from "../run/run.js";
import { isOnRecord } from "./tree.js";

export type MergedGoals = { readonly kind: "merged"; readonly goals: readonly Goal[] } | { readonly kind: "refused"; readonly why: string };

export function withAgentGoals(run: Run, asked: readonly Goal[]): MergedGoals {
  const before = new Map(run.goals.map((goal) => [goal.id, goal]));
  for (const goal of asked) {
    const twin = before.has(goal.id) ? undefined : run.goals.find((other) => isSameAgain(run, other, goal));
    if (twin !== undefined) return { kind: "refused", why: `Goal ${goal.id} is ${twin.id} again, which was given up. It stays given up: leave it out.` };
  }
  const wanted = new Map(asked.map((goal) => [goal.id, goal]));
  const stays = run.goals.filter((goal) => !wanted.has(goal.id) && (goal.by === "person" || isOnRecord(run, goal.id)));
  const goals = [...run.goals.filter((goal) => wanted.has(goal.id) || stays.includes(goal)).map((goal) => stricter(goal, wanted.get(goal.id))), ...asked.filter((goal) => !before.has(goal.id)).map((goal): Goal => ({ ...goal, by: "agent" }))];
  return { kind: "merged", goals };
}

/** By its title; or by the check, where that was what could not be met. Many goals may share one check otherwise. */
function isSameAgain(run: Run, given: Goal, asked: Goal): boolean {
  const entry = run.abandoned.find((one) => one.goal === given.id);
  if (entry === undefined) return false;
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  return plain(given.title) === plain(asked.title) || (entry.rule === "attempts" && given.doneWhen !== undefined && given.doneWhen === asked.doneWhen);
}

function stricter(held: Goal, asked: Goal | undefined): Goal {
  if (asked === undefined) return held;
  const abandonWhen = lowest(held.abandonWhen, asked.abandonWhen);
  const when = abandonWhen === undefined ? {} : { abandonWhen };
  if (held.by === "person") return { ...held, ...when };
  // A check that it set once stands until another takes its place, and what was required stays required.
  return { ...asked, ...(asked.doneWhen === undefined && held.doneWhen !== undefined ? { doneWhen: held.doneWhen } : {}), required: held.required || asked.required, by: "agent", ...when };
}

type When = NonNullable<Goal["abandonWhen"]>;

/** Of two sets of criteria the lower of each. */
export function lowest(one: When | undefined, other: When | undefined): When | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])] as (keyof When)[];
  return Object.fromEntries(names.map((name) => [name, Math.min(one[name] ?? Infinity, other[name] ?? Infinity)]));
}
