// What a decision that ends is held to, and what its checkpoint stands on.
import { stageForPath } from "../core/judge/path.js";
import type { FileChange, Sha } from "../core/log/parts.js";
import type { Run } from "../core/run/run.js";
import { lowestStage, type Stage } from "../core/stage.js";

/** The lowest stage among the paths that it changed. */
export function heldToOf(run: Run, files: readonly FileChange[]): Stage {
  return lowestStage(run.stage, ...files.map((file) => stageForPath(run.spec.policy.values, file.path, run.stage).stage));
}

/** The newest checkpoint of what still stands. */
export function lastCheckpoint(run: Run): Sha | undefined {
  return run.decisions.findLast((decision) => decision.checkpoint !== undefined && decision.state !== "dropped" && decision.state !== "discarded")?.checkpoint;
}
