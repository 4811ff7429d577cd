// What judging is told of a run. A permission that was given between two decisions holds until the next one has ended.
import type { JudgedRun } from "../core/judge/judge.js";
import type { Permission, Run } from "../core/run/run.js";

export function judgedRun(run: Run): JudgedRun {
  return { stage: run.stage, openDecision: run.openDecision, permissions: run.permissions.flatMap((held) => inForce(run, held)) };
}

/** The decision that an answer given now is about: the open one, else the one that comes next. */
export function decisionNow(run: Run): string {
  return run.openDecision ?? `d${String(run.decisions.length + 1)}`;
}

function inForce(run: Run, held: Permission): readonly Permission[] {
  if (held.decision !== undefined && held.decision !== decisionNow(run)) return [];
  return [{ ...held, decision: undefined }];
}
