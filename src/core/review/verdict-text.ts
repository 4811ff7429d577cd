// Verdicts in the words of a screen.
import type { EffectiveVerdict } from "./verdict.js";

export const VERDICT_TEXT: Readonly<Record<NonNullable<EffectiveVerdict["whole"]>, string>> = {
  accept: "accepted",
  reject: "rejected",
  change: "a change was asked for",
  later: "put off",
  acknowledge: "acknowledged",
  dispute: "disputed",
  mixed: "different for its parts",
};
