// How much of a plan became goals, checks and rules, for whoever is about to start a run with it.
import { planGoals } from "./plan-goals.js";

export interface PlanFigures {
  readonly goals: number;
  /** Goals that a command says to be reached. */
  readonly checks: number;
  /** By which goals are given up. */
  readonly rules: number;
  /** Sentences that no check and no rule could be made of. */
  readonly advice: number;
}

export function planFigures(plan: string): PlanFigures {
  const { goals, advice } = planGoals(plan);
  return {
    goals: goals.length,
    checks: goals.filter((goal) => goal.doneWhen !== undefined).length,
    rules: goals.reduce((sum, goal) => sum + Object.keys(goal.abandonWhen ?? {}).length, 0),
    advice: advice.length,
  };
}
