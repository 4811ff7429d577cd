// Taking verdicts back, the newest first, as often as a person likes: what may be undone is read off the run itself, so
// that it survives a closed window and is the same in every front end.
import type { Run, Verdict } from "../run/run.js";

export interface LastGiven {
  /** What was decided with one act; taking it back takes all of it back. */
  readonly targets: readonly string[];
  readonly verdict: Verdict["verdict"];
}

/** The newest verdict of a person that still holds; undefined where there is none, or where it stands on a branch. */
export function lastGiven(run: Run): LastGiven | undefined {
  if (run.landing?.state === "landed") return undefined;
  const given = run.decisions.flatMap((decision) =>
    decision.state === "kept" || decision.state === "proposed" ? Object.entries(decision.verdicts).filter(([, verdict]) => verdict.by.kind === "person") : [],
  );
  const newest = given.reduce<Verdict | undefined>((last, [, verdict]) => (last === undefined || verdict.seq > last.seq ? verdict : last), undefined);
  if (newest === undefined) return undefined;
  return { verdict: newest.verdict, targets: given.filter(([, verdict]) => verdict.seq === newest.seq).map(([target]) => target) };
}
