// Goals folded into the run, and what was spent on each: every turn, step and check belongs to the goal that was worked on
// when it ended.
import type { EventOf, LoggedEvent } from "../log/event.js";
import { OUTSIDE, type GoalWork, type Run } from "./run.js";

type GoalEvent = Extract<LoggedEvent, { kind: "goals.set" | "goal.reached" | "goal.warned" | "goal.abandoned" | "goal.waived" }>;
type Paid = EventOf<"turn.received"> | EventOf<"turn.discarded"> | EventOf<"step.intended"> | EventOf<"step.finished">;

export const NO_WORK: GoalWork = { usd: 0, tokens: 0, workedMs: 0, steps: 0, attempts: 0, reached: undefined };

export function evolveGoal(run: Run, event: GoalEvent): Run {
  switch (event.kind) {
    case "goal.warned":
      return run;
    case "goals.set":
      return { ...run, goals: event.goals, currentGoal: event.goals.some((goal) => goal.id === run.currentGoal) ? run.currentGoal : undefined };
    case "goal.reached":
      return { ...run, ...left(run, event.goal), goalWork: changed(run, event.goal, { reached: event.receipt }) };
    case "goal.abandoned": {
      const { kind: _kind, seq: _seq, at: _at, ...entry } = event;
      return { ...run, ...left(run, event.goal), abandoned: [...run.abandoned, { ...entry, afterStep: run.lastStep }] };
    }
    case "goal.waived":
      return {
        ...run,
        waived: { ...run.waived, [event.goal]: [...new Set([...(run.waived[event.goal] ?? []), ...event.rules])] },
        abandoned: run.abandoned.filter((entry) => entry.goal !== event.goal),
      };
  }
}

/** The work on goals after a turn or step, which goes to the goal that was worked on. */
export function workOn(run: Run, event: Paid): Run["goalWork"] {
  const goal = run.currentGoal ?? OUTSIDE;
  const before = run.goalWork[goal] ?? NO_WORK;
  switch (event.kind) {
    case "step.intended":
      return { ...run.goalWork, [goal]: { ...before, steps: before.steps + 1 } };
    case "step.finished":
      return { ...run.goalWork, [goal]: { ...before, workedMs: before.workedMs + Math.max(0, event.ms) } };
    case "turn.received":
    case "turn.discarded": {
      const { input, output, cacheRead, cacheWrite } = event.usage;
      const ms = event.kind === "turn.received" ? Math.max(0, event.ms) : 0;
      const usd = event.cost.kind === "known" ? event.cost.usd : 0;
      return { ...run.goalWork, [goal]: { ...before, usd: before.usd + usd, tokens: before.tokens + input + output + cacheRead + cacheWrite, workedMs: before.workedMs + ms } };
    }
  }
}

/** A check of a goal: its time, and whether it counts as an attempt that failed. One that could not run says nothing. */
export function withAttempt(run: Run, event: EventOf<"check.finished">): Run["goalWork"] {
  const goal = event.goal ?? run.currentGoal ?? OUTSIDE;
  const before = run.goalWork[goal] ?? NO_WORK;
  const isRed = event.goal !== undefined && event.outcome === "red";
  return { ...run.goalWork, [goal]: { ...before, workedMs: before.workedMs + Math.max(0, event.ms), ...(isRed ? { attempts: before.attempts + (event.on.kind === "decision" ? 1 : 0), reached: undefined } : {}) } };
}

function changed(run: Run, goal: string, change: Partial<GoalWork>): Run["goalWork"] {
  return { ...run.goalWork, [goal]: { ...(run.goalWork[goal] ?? NO_WORK), ...change } };
}

function left(run: Run, goal: string): Pick<Run, "currentGoal"> {
  return { currentGoal: run.currentGoal === goal ? undefined : run.currentGoal };
}
