// What a condensed log holds in place of the steps, as a file has it; see `step-digest.ts` for what it is for.
import { z } from "zod";
import { stepEvents } from "../log/steps.js";

const whole = z.number().int().min(0);
const range = z.tuple([whole, whole]).readonly();
const place = z.object({ step: whole, at: z.number() });

const repeated = {
  /** From the first time to the last; other steps may lie between. */
  steps: range,
  count: whole,
  tool: z.string(),
  about: z.string(),
  decision: z.string().nullable(),
};

const stepMoment = z.discriminatedUnion("kind", [
  /** Steps outside any decision, condensed. */
  z.object({ kind: z.literal("work"), steps: range, text: z.string() }),
  z.object({ kind: z.literal("failure"), outcome: stepEvents[1].shape.outcome.extract(["error", "invalid", "interrupted"]), ...repeated }),
  z.object({ kind: z.literal("denial"), rule: z.string(), ...repeated }),
]);
export type StepMoment = Readonly<z.infer<typeof stepMoment>>;

const bin = z.object({ steps: whole, writes: whole, failures: whole });

export const stepDigestSchema = z.object({
  count: whole,
  /** The first step and the last. */
  span: z.tuple([place, place]).optional(),
  /** The run in equal parts, in order. */
  bins: z.array(bin),
  /** In the order of the run, but for what was repeated, which stands where it first was. */
  moments: z.array(stepMoment),
  /** A decision's steps in a few words. */
  work: z.record(z.string(), z.string()),
  /** The steps of those calls that led to a question. */
  asked: z.record(z.string(), whole),
});
export type StepDigest = Readonly<z.infer<typeof stepDigestSchema>>;
