// What a run may do by itself, from the least to the most. Nothing here knows a policy or a machine.
import { z } from "zod";

export const STAGES = ["read-only", "gated-write", "bounded-write", "autonomous-with-summary"] as const;

export const stageSchema = z.enum(STAGES);

export type Stage = z.infer<typeof stageSchema>;

/** Position in the ladder: 0 is read-only, 3 is autonomous-with-summary. */
export function stageRank(stage: Stage): number {
  return STAGES.indexOf(stage);
}

/** The lowest of the given stages; autonomous-with-summary, the neutral element, where there is none. */
export function lowestStage(...stages: readonly Stage[]): Stage {
  return stages.reduce<Stage>((low, stage) => (stageRank(stage) < stageRank(low) ? stage : low), "autonomous-with-summary");
}

/** True when a decision's changes are written into the run's worktree, rather than kept as a proposal. */
export function writesWorktree(stage: Stage): boolean {
  return stage !== "read-only";
}
