// Events about goals: what a run is out to reach, what was reached, and what was given up and why.
import { z } from "zod";
import { person } from "./parts.js";

/** When to stop trying. Everything above zero; what is absent is left to policy. */
export const abandonWhen = z.object({
  /** Times that the goal's check may be red. */
  attempts: z.number().optional(),
  /** Minutes of work on it. */
  minutes: z.number().optional(),
  usd: z.number().optional(),
  tokens: z.number().optional(),
  /** Of the run's budget, 0 to 1. */
  share: z.number().optional(),
  /** Steps in a row without progress. */
  idleSteps: z.number().optional(),
});

export const goalSchema = z.object({
  id: z.string().min(1),
  title: z.string().min(1),
  parent: z.string().optional(),
  required: z.boolean().default(false),
  doneWhen: z.string().optional(),
  /** `finish`: still worth reaching where the goal above it is given up. */
  ifParentAbandoned: z.enum(["stop", "finish"]).default("stop"),
  abandonWhen: abandonWhen.optional(),
  /** Whose it is; a person's goals outrank the agent's. The agent's where absent. */
  by: z.enum(["agent", "person"]).optional(),
});
export type Goal = z.infer<typeof goalSchema>;

/**
 * The rules by which a goal is given up: its check was red too often; minutes, money, tokens or its share of the budget are
 * used up; steps went by without progress; the files came back to the same state; a command failed the same way; a call
 * gave the same result; refusals were worked around; a part that was required, or the goal above it, was given up.
 */
export const ABANDON_RULES = ["attempts", "minutes", "usd", "tokens", "share", "idle", "circle", "same-failure", "repeats", "refusals", "part", "parent"] as const;
export const abandonRule = z.enum(ABANDON_RULES);
export type AbandonRule = z.infer<typeof abandonRule>;

export const goalEvents = [
  z.object({ kind: z.literal("goals.set"), by: z.enum(["agent", "person"]), goals: z.array(goalSchema), person: person.optional() }),
  /** Its check was green, run by the runner. */
  z.object({ kind: z.literal("goal.reached"), goal: z.string(), receipt: z.string() }),
  /** The agent was told that a rule is about to trip; once for each rule until there is progress again. */
  z.object({ kind: z.literal("goal.warned"), goal: z.string(), rule: abandonRule, text: z.string() }),
  z.object({
    kind: z.literal("goal.abandoned"),
    /** The whole task, where no goals were set, is named `task`. */
    goal: z.string(),
    by: z.enum(["agent", "rule", "person"]),
    rule: abandonRule.optional(),
    why: z.string(),
    tried: z.array(z.string()),
    smallestUnblock: z.string().optional(),
    /** Decisions for it whose changes were taken out again, and those whose changes stay. */
    takenOut: z.array(z.string()).optional(),
    kept: z.array(z.string()).optional(),
  }),
  /** A person said during the run what must not be touched: what policy protects from now on, and what nothing enforces. */
  z.object({ kind: z.literal("boundary.stated"), enforced: z.array(z.string()), advice: z.array(z.string()), by: person }),
  /** A person says that a rule must not give this goal up; a goal given up already is open again. */
  z.object({ kind: z.literal("goal.waived"), goal: z.string(), rules: z.array(abandonRule), by: person }),
] as const;
