// What the workshop works in at this moment of the run: the worktree inside a decision that writes it, else a layer.
import type { Run } from "../core/run/run.js";
import { writesWorktree } from "../core/stage.js";
import type { Tree } from "./shop.js";

/** Ask it when the workshop is opened, not before: a stage may be lowered while something else is waited for. */
export function workshopTree(run: Run): Tree {
  return run.openDecision !== undefined && writesWorktree(run.stage) ? "write" : "layer";
}
