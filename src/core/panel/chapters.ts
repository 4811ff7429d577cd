// The goals of a run as the chapters of its timeline, and the meters of its limits. What belongs to no goal is said so.
import { goalRows, goalSpend, goalStanding } from "../goals/view.js";
import type { GoalState } from "../goals/tree.js";
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

export function chapters(run: Run, decisions: readonly { readonly id: DecisionId; readonly goal: string | null }[]): readonly Chapter[] {
  const known = new Set(run.goals.map((goal) => goal.id));
  const told = goalRows(run).map((row): Chapter => ({
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
    why: row.why === null ? null : visible(row.why),
    decisions: decisions.filter((decision) => decision.goal === row.id).map((decision) => decision.id),
  }));
  const others = decisions.filter((decision) => decision.goal === null || !known.has(decision.goal)).map((decision) => decision.id);
  if (others.length === 0) return told;
  const outside = told.length > 0;
  return [...told, { goal: null, title: outside ? "Outside the plan" : "The whole task", depth: 0, state: "open", current: false, required: false, yours: false, standing: outside ? "belongs to no goal" : "", spend: "", doneWhen: null, why: null, decisions: others }];
}

export function limits(run: Run): readonly PanelLimit[] {
  return usedLimits(run).map((one) => {
    const share = one.used / one.of;
    return { limit: one.limit, label: LIMIT_NAMES[one.limit], text: limitText(one), share, level: share >= 1 ? "reached" : share >= 0.8 ? "near" : "fine" };
  });
}
