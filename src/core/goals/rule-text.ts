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
