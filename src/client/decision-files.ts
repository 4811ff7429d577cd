// What one decision did to its files, both sides whole, with the hunks that verdicts can be given on. Reads only.
import { HumanError } from "../core/error.js";
import { decisionHunks, type NumberedHunk } from "../core/review/hunks.js";
import type { FileChange, Sha } from "../core/log/parts.js";
import type { Decision } from "../core/run/run.js";
import { readFiles } from "../git/blobs.js";
import type { RunAndLog } from "./read-run.js";
import { requireFiles } from "./run-files.js";
import { worktreeOf } from "./worktree-of.js";

export interface DecisionFile {
  readonly path: string;
  readonly status: FileChange["status"];
  /** Undefined where the file does not exist on that side, or is binary. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly binary: boolean;
  /** Empty for a binary file: that one is judged as a whole. */
  readonly hunks: readonly NumberedHunk[];
}

/** In the decision's order of files. Throws HumanError where `vigil remove` freed them. */
export async function decisionFiles(view: RunAndLog, decision: Decision): Promise<readonly DecisionFile[]> {
  await requireFiles(view, "its diff cannot be shown");
  const paths = decision.files.map((file) => file.path);
  const [before, after] = await Promise.all([textsOf(view, decision.before, paths), textsOf(view, decision.after ?? view.run.tree, paths)]);
  return decision.files.map((file) => {
    const [old, now] = [before.get(file.path), after.get(file.path)];
    const hunks = file.binary ? [] : decisionHunks(old, now);
    return { path: file.path, status: file.status, before: old, after: now, binary: file.binary, hunks };
  });
}

export function requireDecision(view: RunAndLog, id: string): Decision {
  const decision = view.run.decisions.find((one) => one.id === id);
  if (decision === undefined) throw new HumanError(`The run ${view.run.id} has no decision ${id}. Open its timeline to see those it has.`, 2);
  return decision;
}

async function textsOf(view: RunAndLog, tree: Sha | undefined, paths: readonly string[]): Promise<ReadonlyMap<string, string | undefined>> {
  if (tree === undefined) return new Map();
  const files = await readFiles(worktreeOf(view), tree, paths);
  return new Map(paths.map((path) => [path, files.get(path) === undefined ? undefined : Buffer.from(files.get(path)?.bytes ?? []).toString("utf8")]));
}
