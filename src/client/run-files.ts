// Whether a run's files are still there: `vigil remove` frees them and keeps the record. Reads only.
import { stat } from "node:fs/promises";
import { HumanError } from "../core/error.js";
import type { RunAndLog } from "./read-run.js";
import { worktreeOf } from "./worktree-of.js";

/** `what`: what cannot be done without them, as in "nothing of it can land". Throws HumanError when they were freed. */
export async function requireFiles(view: RunAndLog, what: string): Promise<void> {
  if (view.run.tree === undefined || (await hasFiles(view))) return;
  throw new HumanError(`The files of the run ${view.run.id} were freed (vigil remove), so ${what} any more. Its log, timeline and report are still there.`);
}

/** Its git data is there; false too before it was made. */
export async function hasFiles(view: RunAndLog): Promise<boolean> {
  return isFolder(worktreeOf(view).gitDir);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
