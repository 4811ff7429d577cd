// When a goal is given up: the strictest of what policy, the person's plan and the agent say. What the agent says can
// tighten and never loosen; only a person lifts a rule.
import type { AbandonRule } from "../log/goals.js";
import type { Run } from "../run/run.js";
import { above, goalNamed } from "./tree.js";

export interface Criteria {
  readonly attempts: number;
  readonly idleSteps: number;
  readonly minutes: number | undefined;
  readonly usd: number | undefined;
  readonly tokens: number | undefined;
  readonly share: number;
}

/** For a goal, or for the whole task where `goal` names none. */
export function criteriaOf(run: Run, goal: string): Criteria {
  const { values } = run.spec.policy;
  const own = goalNamed(run, goal)?.abandonWhen ?? {};
  // Going in circles below a goal is going in circles in it; what is counted and spent is each goal's own.
  const around = above(run, goal).map((parent) => parent.abandonWhen ?? {});
  const least = (...some: readonly (number | undefined)[]): number | undefined => {
    const said = some.filter((value) => value !== undefined);
    return said.length === 0 ? undefined : Math.min(...said);
  };
  return {
    attempts: Math.max(1, Math.ceil(least(values["abandon.attempts"], own.attempts) ?? Infinity)),
    idleSteps: Math.max(1, Math.ceil(least(values["abandon.idleSteps"], own.idleSteps, ...around.map((when) => when.idleSteps)) ?? Infinity)),
    minutes: least(values["abandon.minutes"], own.minutes),
    usd: own.usd,
    tokens: own.tokens,
    share: least(values["abandon.share"], own.share) ?? 1,
  };
}

export function isWaived(run: Run, goal: string, rule: AbandonRule): boolean {
  return run.waived[goal]?.includes(rule) ?? false;
}
