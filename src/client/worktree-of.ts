// Where a run's worktree and git data lie. The log says it; settings that changed since do not move a run.
import { dirname } from "node:path";
import { planWorktree } from "../git/worktree.js";
import type { Worktree } from "../git/types.js";
import type { RunAndLog } from "./read-run.js";

export function worktreeOf(view: RunAndLog): Worktree {
  return planWorktree({ runFolder: view.log.folder, worktreesFolder: dirname(dirname(view.run.spec.worktree)), run: view.run.id });
}
