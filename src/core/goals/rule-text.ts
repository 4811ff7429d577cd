// The rules by which a goal is given up, in a few words for a reader.
import type { AbandonRule } from "../log/goals.js";

export const RULE_TEXT: Readonly<Record<AbandonRule, string>> = {
  attempts: "its check was red too often",
  minutes: "its time is used up",
  usd: "its money is used up",
  tokens: "its tokens are used up",
  share: "its share of the budget is used up",
  idle: "nothing moved for many steps",
  circle: "the files went in circles",
  "same-failure": "a command failed the same way again and again",
  repeats: "a call gave the same result again and again",
  refusals: "refusals were worked around",
  part: "a part that was required was given up",
  parent: "the goal above it was given up",
};

/** What is near to giving a goal up, or what the agent was warned of. */
export const RULE_NEAR: Readonly<Record<AbandonRule, string>> = {
  attempts: "Its check may be red once more",
  minutes: "Its time is nearly used up",
  usd: "Its money is nearly used up",
  tokens: "Its tokens are nearly used up",
  share: "Its share of the budget is nearly used up",
  idle: "The agent was warned that nothing moved",
  circle: "The agent was warned that the files go in circles",
  "same-failure": "The agent was warned that a command keeps failing the same way",
  repeats: "The agent was warned that a call keeps giving the same result",
  refusals: "The agent was warned that it keeps being refused",
  part: "A part that is required is about to be given up",
  parent: "The goal above it is about to be given up",
};
