// The rules by which a goal is given up, held against what was counted. The runner asks after every step; what the agent
// thinks of its chances plays no part.
import { count, duration } from "../run/amounts.js";
import { usedLimits } from "../run/limits.js";
import type { AbandonRule } from "../log/goals.js";
import type { Run } from "../run/run.js";
import { criteriaOf, isWaived, type Criteria } from "./criteria.js";
import { above, firstOpen, goalNamed, goalState, othersOpen, WHOLE_TASK, workIn } from "./tree.js";
import type { GoalWatch } from "./watch.js";

/** A rule that holds for a goal, or is about to. */
export interface Trip {
  readonly goal: string;
  readonly rule: AbandonRule;
  /** A sentence with the figures. */
  readonly why: string;
  /** The smallest thing a person could do. */
  readonly unblock: string;
}

interface Count {
  readonly rule: AbandonRule;
  readonly used: number;
  readonly of: number | undefined;
  readonly warnAt: (of: number) => number;
  readonly why: string;
  readonly unblock: string;
}

/** The goal that is to answer for what happens now: the one worked on, else the next one; the whole task without goals. */
export function answerable(run: Run): string {
  const { currentGoal } = run;
  if (currentGoal !== undefined && goalState(run, currentGoal) === "open") return currentGoal;
  return firstOpen(run)?.id ?? WHOLE_TASK;
}

/** The first rule that trips, of the goal that is worked on before those above it. */
export function tripped(run: Run, watch: GoalWatch): Trip | undefined {
  return first(run, watch, ({ used, of }) => of !== undefined && used >= of);
}

/** The first rule that is near and that the agent was not warned of since there was progress. */
export function nearing(run: Run, watch: GoalWatch): Trip | undefined {
  return first(run, watch, ({ used, of, rule, warnAt }) => of !== undefined && used < of && used >= warnAt(of) && !watch.warned.has(rule));
}

function first(run: Run, watch: GoalWatch, holds: (count: Count) => boolean): Trip | undefined {
  const goal = answerable(run);
  if (goal === WHOLE_TASK && run.goals.length > 0) return undefined;
  const line = [goal, ...above(run, goal).map((parent) => parent.id)].filter((id) => id === WHOLE_TASK || goalState(run, id) === "open");
  for (const id of line) {
    const criteria = criteriaOf(run, id);
    const counts = [...spending(run, id, criteria), ...(id === goal ? behaviour(watch, criteria) : [])];
    const found = counts.find((one) => !isWaived(run, id, one.rule) && holds(one));
    if (found !== undefined) return { goal: id, rule: found.rule, why: found.why, unblock: found.unblock };
  }
  return undefined;
}

const FOUR_FIFTHS = (of: number): number => of * 0.8;
const HALF = (of: number): number => Math.ceil(of / 2);
/** Two before the end, where there are that many; a warning at the first time would say nothing. */
const TWO_BEFORE = (of: number): number => Math.max(2, of - 2);
const NEVER = (): number => Infinity;

function spending(run: Run, id: string, criteria: Criteria): readonly Count[] {
  const work = id === WHOLE_TASK ? { ...run.spent, tokens: 0, attempts: 0 } : workIn(run, id);
  const check = goalNamed(run, id)?.doneWhen ?? "";
  const others = id === WHOLE_TASK ? [] : othersOpen(run, id);
  return [
    {
      rule: "attempts",
      used: work.attempts,
      of: criteria.attempts,
      // Said with every check that is red.
      warnAt: NEVER,
      why: `Its check "${check}" was red ${count(work.attempts, "time")}; ${count(criteria.attempts, "attempt")} may fail.`,
      unblock: `Make "${check}" green by hand or change the check, then let the goal be tried again.`,
    },
    {
      rule: "minutes",
      used: work.workedMs,
      of: criteria.minutes === undefined ? undefined : criteria.minutes * 60_000,
      warnAt: FOUR_FIFTHS,
      why: `It took ${duration(work.workedMs)} of work; it may take ${count(criteria.minutes ?? 0, "minute")}.`,
      unblock: "Give it more time, or divide it into smaller goals.",
    },
    {
      rule: "usd",
      used: work.usd,
      of: criteria.usd,
      warnAt: FOUR_FIFTHS,
      why: `It cost $${work.usd.toFixed(2)}; it may cost $${(criteria.usd ?? 0).toFixed(2)}.`,
      unblock: "Give it more money, or divide it into smaller goals.",
    },
    {
      rule: "tokens",
      used: work.tokens,
      of: criteria.tokens,
      warnAt: FOUR_FIFTHS,
      why: `It used ${count(work.tokens, "token")}; it may use ${String(criteria.tokens)}.`,
      unblock: "Give it more tokens, or divide it into smaller goals.",
    },
    {
      rule: "share",
      used: shareOf(run, id),
      // What nothing else waits for may have all that is left.
      of: others.length === 0 ? undefined : criteria.share,
      warnAt: FOUR_FIFTHS,
      why: `It used ${String(Math.round(shareOf(run, id) * 100))} % of the run's budget while ${others.map((goal) => goal.id).join(", ")} still wait; it may use ${String(Math.round(criteria.share * 100))} %.`,
      unblock: "Raise the run's budget, or give this goal a run of its own.",
    },
  ];
}

/** The largest part of any limit that a goal used up; 0 without limits. */
function shareOf(run: Run, id: string): number {
  const work = workIn(run, id);
  const used = { usd: work.usd, tokens: work.tokens, hours: work.workedMs / 3_600_000, steps: work.steps };
  const shares = usedLimits(run).flatMap(({ limit, of }) => (limit in used ? [used[limit as keyof typeof used] / of] : []));
  return Math.max(0, ...shares);
}

const LEAST_REPETITIONS = 3;

function behaviour(watch: GoalWatch, criteria: Criteria): readonly Count[] {
  const { newest, refused, circles } = watch;
  const call = newest === undefined ? "" : `${newest.tool} ${newest.about}`;
  const last = refused.at(-1);
  // Doing something twice is no circle, however few attempts a goal has.
  const most = Math.max(LEAST_REPETITIONS, criteria.attempts);
  const idle = watch.idle + Math.max(0, watch.looked - criteria.idleSteps);
  return [
    {
      rule: "same-failure",
      used: newest?.failed === true ? newest.inRow : 0,
      of: most,
      warnAt: TWO_BEFORE,
      why: `"${call}" failed ${count(newest?.inRow ?? 0, "time")} in a row with the same output.`,
      unblock: `Find out why "${call}" fails, and say it to the next run.`,
    },
    {
      rule: "repeats",
      used: newest?.failed === false ? newest.unchanged : 0,
      of: most,
      warnAt: TWO_BEFORE,
      why: `"${call}" was called ${count(newest?.unchanged ?? 0, "time")} with the same result while no file changed.`,
      unblock: "Say what to do instead.",
    },
    {
      rule: "circle",
      used: circles,
      of: most,
      warnAt: TWO_BEFORE,
      why: `The files came back to the same state ${count(circles, "time")}: it goes in circles.`,
      unblock: "Say which of the ways that were tried is the right one.",
    },
    {
      rule: "refusals",
      used: refused.length,
      of: most,
      warnAt: TWO_BEFORE,
      why: `${count(refused.length, "call")} were refused without any progress in between, the last by ${last?.rule ?? "policy"}: ${last?.about ?? ""}. It looks for a way around what is not allowed.`,
      unblock: `Allow what it needs (${last?.about ?? "the refused call"}), or take this goal out of the task.`,
    },
    {
      rule: "idle",
      used: idle,
      of: criteria.idleSteps,
      warnAt: HALF,
      why: `${count(idle, "step")} in a row changed no file, turned no check green and found nothing new.`,
      unblock: "Say more exactly what to do first.",
    },
  ];
}
