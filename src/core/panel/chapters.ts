// The goals of a run as the chapters of its timeline, and the meters of its limits. What belongs to no goal is said so.
import { isWaived } from "../goals/criteria.js";
import { RULE_NEAR, RULE_TEXT } from "../goals/rule-text.js";
import { goalRows, goalSpend, goalStanding, type GoalRow } from "../goals/view.js";
import { WHOLE_TASK, type GoalState } from "../goals/tree.js";
import type { AbandonRule } from "../log/goals.js";
import type { LimitName } from "../log/limits.js";
import { LIMIT_NAMES, limitText } from "../run/limit-text.js";
import { usedLimits } from "../run/limits.js";
import type { DecisionId, Run } from "../run/run.js";
import { visible } from "../text/visible.js";

export interface Chapter {
  /** Null for what belongs to no goal. */
  readonly goal: string | null;
  readonly title: string;
  readonly depth: number;
  readonly state: GoalState;
  /** It is worked on now. */
  readonly current: boolean;
  readonly required: boolean;
  /** A person wrote it. */
  readonly yours: boolean;
  /** How it stands, in words. */
  readonly standing: string;
  /** What went into it and all below it, in words; empty where that is not known. */
  readonly spend: string;
  readonly doneWhen: string | null;
  /** Why it was given up. */
  readonly why: string | null;
  /** By whom it was given up, and by which rule, in words; empty where it was not. */
  readonly givenUp: string;
  /** The smallest thing that would help it on. */
  readonly unblock: string | null;
  /** What is near to giving it up, in words. */
  readonly near: string | null;
  readonly can: { readonly giveUp: boolean; readonly waive: boolean };
  readonly decisions: readonly DecisionId[];
}

export interface PanelLimit {
  readonly limit: LimitName;
  readonly label: string;
  readonly text: string;
  /** 0 to 1, and above where it was passed. */
  readonly share: number;
  readonly level: "fine" | "near" | "reached";
}

/** `trusted`: somebody may act on the run. */
export function chapters(run: Run, decisions: readonly { readonly id: DecisionId; readonly goal: string | null }[], trusted: boolean): readonly Chapter[] {
  const isOver = run.phase.kind === "ended";
  const known = new Set(run.goals.map((goal) => goal.id));
  const told = goalRows(run).map((row): Chapter => {
    const near = row.state === "open" && !isOver ? nearRule(run, row) : undefined;
    return {
      ...accountOf(run, row.id),
      goal: row.id,
      title: visible(row.title),
      depth: row.depth,
      state: row.state,
      current: row.current,
      required: row.required,
      yours: row.by === "person",
      standing: goalStanding(row),
      spend: goalSpend(row),
      doneWhen: row.doneWhen === null ? null : visible(row.doneWhen),
      near: near === undefined ? null : RULE_NEAR[near],
      can: { giveUp: trusted && !isOver && row.state === "open", waive: trusted && (row.state === "abandoned" || near !== undefined) },
      decisions: decisions.filter((decision) => decision.goal === row.id).map((decision) => decision.id),
    };
  });
  const others = decisions.filter((decision) => decision.goal === null || !known.has(decision.goal)).map((decision) => decision.id);
  const whole = accountOf(run, WHOLE_TASK);
  const isGivenUp = whole.why !== null;
  if (others.length === 0 && !isGivenUp) return told;
  const outside = told.length > 0;
  return [
    ...told,
    {
      ...whole,
      goal: null,
      title: outside ? "Outside the plan" : "The whole task",
      depth: 0,
      state: isGivenUp ? "abandoned" : "open",
      current: false,
      required: false,
      yours: false,
      standing: isGivenUp ? "given up" : outside ? "belongs to no goal" : "",
      spend: "",
      doneWhen: null,
      near: null,
      can: { giveUp: false, waive: trusted && isGivenUp },
      decisions: others,
    },
  ];
}

/** Why it was given up, where it was. */
function accountOf(run: Run, goal: string): Pick<Chapter, "why" | "givenUp" | "unblock"> {
  const given = run.abandoned.findLast((entry) => entry.goal === goal);
  if (given === undefined) return { why: null, givenUp: "", unblock: null };
  const who = { agent: "the agent", rule: "a rule", person: "a person" }[given.by];
  return { why: visible(given.why), givenUp: `Given up by ${who}${given.rule === undefined ? "" : `: ${RULE_TEXT[given.rule]}`}`, unblock: given.smallestUnblock === undefined ? null : visible(given.smallestUnblock) };
}

/** Its check may be red once more; or the agent was warned of a rule, and no person lifted it since. */
function nearRule(run: Run, row: GoalRow): AbandonRule | undefined {
  if (row.attempts > 0 && row.attempts >= row.attemptsOf - 1 && !isWaived(run, row.id, "attempts")) return "attempts";
  const last = run.course.findLast((entry) => (entry.kind === "goal.warned" || entry.kind === "goal.abandoned" || entry.kind === "goal.waived") && entry.goal === row.id);
  return last?.kind === "goal.warned" && !isWaived(run, row.id, last.rule) ? last.rule : undefined;
}

export function limits(run: Run): readonly PanelLimit[] {
  return usedLimits(run).map((one) => {
    const share = one.used / one.of;
    return { limit: one.limit, label: LIMIT_NAMES[one.limit], text: limitText(one), share, level: share >= 1 ? "reached" : share >= 0.8 ? "near" : "fine" };
  });
}
