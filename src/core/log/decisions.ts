// Events about decisions: who explains which change.
import { z } from "zod";
import { stageSchema } from "../stage.js";
import { blobId, fileChange, repoPath, sha } from "./parts.js";

export const decisionReason = z.object({
  title: z.string().min(1),
  why: z.string(),
  goal: z.string().optional(),
  insteadOf: z.array(z.object({ option: z.string(), whyNot: z.string() })).default([]),
  confidence: z.enum(["low", "medium", "high"]).optional(),
  undo: z.enum(["easy", "costly", "impossible"]).optional(),
});
export type DecisionReason = z.infer<typeof decisionReason>;

export const claimSchema = z.object({ claim: z.string(), command: z.string(), receipt: z.string().optional() });

export const decisionEvents = [
  z.object({ kind: z.literal("decision.opened"), decision: z.string(), reason: decisionReason, before: sha, step: z.number().int() }),
  z.object({
    kind: z.literal("decision.ended"),
    decision: z.string(),
    /** `kept`: in the worktree; `proposed`: read-only; `discarded`: tried and dropped; `empty`: changed nothing. */
    outcome: z.enum(["kept", "proposed", "discarded", "empty"]),
    by: z.enum(["agent", "supervisor"]),
    after: sha,
    /** The checkpoint commit in the runner's git directory. */
    checkpoint: sha.optional(),
    files: z.array(fileChange),
    /** The lowest stage among the changed paths. */
    heldTo: stageSchema,
    outcomeText: z.string().optional(),
    whyRevised: z.string().optional(),
    titleRevised: z.string().optional(),
    notes: z.array(z.object({ path: repoPath, why: z.string() })).default([]),
    claims: z.array(claimSchema).default([]),
    step: z.number().int(),
  }),
  /** The agent called `finish`: its own account, quoted as the agent's. */
  z.object({
    kind: z.literal("finish.claimed"),
    summary: blobId,
    done: z.array(z.string()).default([]),
    notDone: z.array(z.string()).default([]),
    unsure: z.array(z.string()).default([]),
  }),
  /** A rejection while the run worked: this decision and what stood on it left the worktree. */
  z.object({ kind: z.literal("decision.dropped"), decisions: z.array(z.string()), because: z.string(), tree: sha }),
] as const;
