// Events about single tool calls: judged, intended, done; and what the walls or the comparison took out again.
import { z } from "zod";
import { blobId, repoPath, sha } from "./parts.js";

export const verdictOfJudge = z.object({ kind: z.enum(["allow", "ask", "deny"]), rule: z.string() });

export const stepEvents = [
  /** Durable before the effect. `tree` is what the worktree held before a step that may write. */
  z.object({
    kind: z.literal("step.intended"),
    step: z.number().int(),
    turn: z.number().int(),
    call: z.string(),
    tool: z.string(),
    /** One line for a person: a command's first line, a path. Masked, cut at 200 characters. */
    about: z.string(),
    verdict: verdictOfJudge,
    tree: sha.optional(),
    decision: z.string().optional(),
  }),
  z.object({
    kind: z.literal("step.finished"),
    step: z.number().int(),
    call: z.string(),
    outcome: z.enum(["ok", "error", "denied", "invalid", "skipped", "interrupted"]),
    /** What the model is told. */
    result: blobId,
    exit: z.number().int().nullable().optional(),
    /** What the worktree holds afterwards, when the step wrote. */
    tree: sha.optional(),
    changed: z.array(repoPath).default([]),
    ms: z.number(),
    /** The last step with this very call gave this very result, but for times and ids in it. */
    repeats: z.number().int().optional(),
    /** Secrets masked in the result before it was kept. */
    masked: z.number().int().default(0),
  }),
  /** A change that policy did not permit: taken out, kept as a patch, told to the agent. */
  z.object({
    kind: z.literal("violation.found"),
    id: z.string(),
    step: z.number().int(),
    decision: z.string().optional(),
    paths: z.array(repoPath),
    rule: z.string(),
    patch: blobId,
  }),
  /** What the throw-away layer held at a border and lost. */
  z.object({ kind: z.literal("layer.discarded"), paths: z.array(z.string()), total: z.number().int(), ended: z.array(z.string()) }),
] as const;
