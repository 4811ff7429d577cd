// What turned a run on its way: goals set, given up and let be tried again, limits that came near and were raised. Kept
// in order, because what holds now does not tell it: a goal that is open again was given up once.
import type { EventOf } from "../log/event.js";
import type { AbandonRule, Goal } from "../log/goals.js";
import { limitAmount, LIMIT_NAMES, limitText } from "./limit-text.js";
import type { Run } from "./run.js";

export type CourseMoment =
  | {
      readonly kind: "abandonment";
      readonly goal: string;
      readonly title: string;
      readonly by: "agent" | "rule" | "person";
      readonly rule: AbandonRule | null;
      readonly why: string;
      readonly tried: readonly string[];
      readonly smallestUnblock: string | null;
      /** Decisions whose changes were taken out again, and those whose changes stay. */
      readonly takenOut: readonly string[];
      readonly kept: readonly string[];
      /** A person let it be tried again since. */
      readonly lifted: boolean;
    }
  /** `by`: the person, or null for the agent. The goals are told by their ids. */
  | { readonly kind: "plan"; readonly by: string | null; readonly goals: number; readonly added: readonly string[]; readonly removed: readonly string[]; readonly changed: readonly string[] }
  /** `rules`: those that do not hold for the goal any more. */
  | { readonly kind: "waiver"; readonly goal: string; readonly title: string; readonly rules: readonly AbandonRule[]; readonly by: string }
  /** `share`: what is used of what, in words. */
  | { readonly kind: "limit-neared"; readonly limit: string; readonly mark: EventOf<"limit.neared">["mark"]; readonly share: string }
  | { readonly kind: "limit-raised"; readonly limit: string; readonly to: string; readonly by: string };

/** Each with the step that it came after, in order. The goals that the agent sets first are the plan, and change none. */
export function courseMoments(run: Run): readonly { readonly step: number; readonly moment: CourseMoment }[] {
  let goals: readonly Goal[] = run.spec.goals ?? [];
  const titleOf = (id: string): string => (run.goals.find((goal) => goal.id === id) ?? goals.find((goal) => goal.id === id))?.title ?? id;
  return run.course.flatMap((entry, n) => {
    const at = (moment: CourseMoment) => [{ step: entry.afterStep, moment }];
    switch (entry.kind) {
      case "goal.warned":
        return [];
      case "goals.set": {
        const before = goals;
        goals = entry.goals;
        const change = changeOf(before, goals);
        const isFirst = before.length === 0 && entry.by === "agent";
        if (isFirst || (change.added.length + change.removed.length + change.changed.length === 0 && entry.by === "agent")) return [];
        return at({ kind: "plan", by: entry.by === "agent" ? null : (entry.person?.name ?? "a person"), goals: goals.length, ...change });
      }
      case "goal.abandoned":
        return at({
          kind: "abandonment",
          goal: entry.goal,
          title: titleOf(entry.goal),
          by: entry.by,
          rule: entry.rule ?? null,
          why: entry.why,
          tried: entry.tried,
          smallestUnblock: entry.smallestUnblock ?? null,
          takenOut: entry.takenOut ?? [],
          kept: entry.kept ?? [],
          lifted: run.course.slice(n + 1).some((later) => later.kind === "goal.waived" && later.goal === entry.goal),
        });
      case "goal.waived":
        return at({ kind: "waiver", goal: entry.goal, title: titleOf(entry.goal), rules: entry.rules, by: entry.by.name });
      case "limit.neared":
        return at({ kind: "limit-neared", limit: LIMIT_NAMES[entry.limit], mark: entry.mark, share: limitText(entry) });
      case "limit.raised":
        return at({ kind: "limit-raised", limit: LIMIT_NAMES[entry.limit], to: limitAmount(entry.limit, entry.to), by: entry.by.name });
    }
  });
}

function changeOf(before: readonly Goal[], after: readonly Goal[]): { readonly added: readonly string[]; readonly removed: readonly string[]; readonly changed: readonly string[] } {
  const old = new Map(before.map((goal) => [goal.id, goal]));
  const kept = new Set(after.map((goal) => goal.id));
  return {
    added: after.filter((goal) => !old.has(goal.id)).map((goal) => goal.id),
    removed: before.filter((goal) => !kept.has(goal.id)).map((goal) => goal.id),
    changed: after.filter((goal) => old.has(goal.id) && textOf(goal) !== textOf(old.get(goal.id))).map((goal) => goal.id),
  };
}

/** What of a goal a reader would call another goal: not whose it is. */
function textOf(goal: Goal | undefined): string {
  return JSON.stringify([goal?.title, goal?.parent, goal?.required, goal?.doneWhen, goal?.ifParentAbandoned, Object.entries(goal?.abandonWhen ?? {}).toSorted()]);
}
