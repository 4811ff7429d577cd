// Whether a run's record is whole: the log, what it names, and the git objects of its checkpoints. It says what this can
// prove and what it cannot.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
import { missingObjects } from "../git/missing-objects.js";
import type { Store } from "../store/store.js";
import { readRun } from "./read-run.js";

/** What verifying means today; the same words in the command line and the record. */
export const WHAT_IT_PROVES =
  "This detects accidents and partial edits. Rewriting by this machine's user cannot be excluded until the record is pushed or signed; this one is neither.";

export interface Verified {
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly proves: string;
}

export async function verifyRun(store: Store, id: RunId): Promise<Verified> {
  const log = store.open(id);
  const problems = (await log.verify()).map((damage) => (damage.seq > 0 ? `after event ${String(damage.seq)}: ${damage.problem}` : damage.problem));
  problems.push(...(await checkpointProblems(store, id)));
  return { ok: problems.length === 0, problems, proves: WHAT_IT_PROVES };
}

async function checkpointProblems(store: Store, id: RunId): Promise<readonly string[]> {
  const view = await readRun(store, id).catch((error: unknown) => {
    // A log that cannot be read was named by the store's own verification already.
    if (error instanceof HumanError) return undefined;
    throw error;
  });
  if (view === undefined) return [];
  const wanted = view.run.decisions.flatMap((decision) => (decision.checkpoint === undefined ? [] : [{ decision: decision.id, commit: decision.checkpoint }]));
  const gitDir = join(view.log.folder, "git");
  // Freed by `vigil remove`: the record stays whole without it.
  if (!(await isThere(gitDir))) return [];
  const missing = new Set(await missingObjects(gitDir, wanted.map((one) => one.commit)));
  return wanted.filter((one) => missing.has(one.commit)).map((one) => `the checkpoint ${one.commit} of ${one.decision} is missing from the run's git data`);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
