// What a person asked to be changed after the agent had left: it hears of it when it is set to work again.
import { isAbandoned } from "../goals/fall.js";
import type { Run, Verdict } from "../run/run.js";
import { whatStands } from "./verdict.js";

export interface AskedChange {
  readonly target: string;
  readonly comment: string;
  readonly by: Verdict["by"];
}

/** In the order of the decisions. Empty while the agent works: it is told at once then. */
export function changesAsked(run: Run): readonly AskedChange[] {
  const { unheardSince } = run;
  if (unheardSince === undefined || run.landing?.state === "landed") return [];
  return whatStands(run).flatMap(({ verdicts }) =>
    Object.entries(verdicts).flatMap(([target, { verdict, comment, by, seq }]) => (verdict === "change" && comment !== undefined && seq > unheardSince ? [{ target, comment, by }] : [])),
  );
}

/** An end that a worker can go on from: what failed or was stopped, what a person asked to be changed, or wants tried again. */
export function mayGoOn(run: Run): boolean {
  if (run.phase.kind !== "ended") return false;
  return run.phase.outcome === "failed" || run.phase.outcome === "stopped" || (run.phase.outcome === "abandoned" && Object.keys(run.waived).length > 0 && !isAbandoned(run)) || changesAsked(run).length > 0;
}
