// Files that more than one run has changed and that are still to be landed: whoever lands second meets them again. A hint
// from facts, never a refusal.
import type { Run, RunId } from "../run/run.js";
import { whatStands } from "./verdict.js";

export interface Overlap {
  /** The other run. */
  readonly run: RunId;
  /** Changed by both, sorted. */
  readonly files: readonly string[];
}

/** What the run's kept and open decisions changed, sorted; nothing for a run that has landed, or only proposes. */
export function changedPaths(run: Run): readonly string[] {
  if (run.landing?.state === "landed") return [];
  const kept = whatStands(run).filter(({ state }) => state === "kept");
  const open = run.openDecision;
  // Of a decision under way only its steps know, and most runs have none.
  const under = open === undefined ? [] : run.steps.filter(({ decision }) => decision === open).flatMap(({ changed }) => changed);
  return [...new Set([...kept.flatMap(({ files }) => files.map(({ path }) => path)), ...under])].sort();
}

/** For each run the others that it shares files with, in the order given. */
export function overlaps(changed: ReadonlyMap<RunId, readonly string[]>): ReadonlyMap<RunId, readonly Overlap[]> {
  const runsOf = new Map<string, RunId[]>();
  for (const [run, paths] of changed) for (const path of paths) runsOf.set(path, [...(runsOf.get(path) ?? []), run]);
  return new Map(
    [...changed].map(([run, paths]) => {
      const shared = new Map<RunId, string[]>();
      for (const path of paths) for (const other of runsOf.get(path) ?? []) if (other !== run) shared.set(other, [...(shared.get(other) ?? []), path]);
      return [run, [...changed.keys()].flatMap((other) => (shared.has(other) ? [{ run: other, files: shared.get(other) ?? [] }] : []))];
    }),
  );
}
