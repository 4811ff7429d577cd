// What people and programs may ask of a run. Each is one file in the run's inbox; the runner accepts or refuses it.
import { z } from "zod";
import { abandonRule, goalSchema } from "./log/goals.js";
import { runSpec } from "./log/lifecycle.js";
import { limitName } from "./log/limits.js";
import { basis, person, verdictAct } from "./log/parts.js";
import { stageSchema } from "./stage.js";

const by = { by: person };

export const commandSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("answer"),
    gate: z.string(),
    answer: z.enum(["allow", "deny"]),
    /** The digest of what the person was shown. */
    digest: z.string(),
    forRun: z.boolean().default(false),
    comment: z.string().optional(),
    ...by,
  }),
  z.object({ kind: z.literal("steer"), text: z.string().min(1), ...by }),
  z.object({ kind: z.literal("pause"), ...by }),
  z.object({ kind: z.literal("resume"), ...by }),
  z.object({ kind: z.literal("stop"), why: z.string().optional(), ...by }),
  z.object({ kind: z.literal("lower"), stage: stageSchema, ...by }),
  z.object({
    kind: z.literal("review"),
    verdicts: z.array(z.object({ targets: z.array(z.string()).min(1), verdict: verdictAct, basis, comment: z.string().optional() })).min(1),
    ...by,
  }),
  z.object({ kind: z.literal("land"), onto: z.string().optional(), confirm: z.array(z.string()).default([]), ...by }),
  z.object({ kind: z.literal("unland"), ...by }),
  /** The whole tree in place of the one in force; the person's word outranks the agent's. */
  z.object({ kind: z.literal("plan"), goals: z.array(goalSchema).min(1), ...by }),
  z.object({ kind: z.literal("abandon"), goal: z.string(), why: z.string().optional(), ...by }),
  /** Lifts rules from a goal; all of them where none is named. A goal given up already is open again. */
  z.object({ kind: z.literal("waive"), goal: z.string(), rules: z.array(abandonRule).default([]), ...by }),
  z.object({ kind: z.literal("raise"), limit: limitName, to: z.number().positive(), ...by }),
]);
export type Command = z.infer<typeof commandSchema>;

/** The first command of every run, posted by the front end that starts it. It becomes `run.started`. */
export const startCommandSchema = z.object({ kind: z.literal("start"), spec: runSpec });

export const postedSchema = z.union([commandSchema, startCommandSchema]);
export type Posted = z.infer<typeof postedSchema>;
