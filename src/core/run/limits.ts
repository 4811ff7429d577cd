// The limits in force and how much of each is used: what a budget meter shows and what a turn must fit into.
import type { LimitName } from "../log/limits.js";
import type { Run } from "./run.js";

/** The day's limit is for all runs of a repository, so one run alone cannot tell how much of it is used. */
export type RunLimit = Exclude<LimitName, "perDay.usd">;

export interface UsedLimit {
  readonly limit: RunLimit;
  readonly used: number;
  readonly of: number;
}

const RUN_LIMITS: readonly RunLimit[] = ["usd", "tokens", "hours", "steps", "files", "lines"];

/**
 * What a limit is by now; undefined where there is none. Only a person raises one: by name, or by allowing the question
 * about it, which gives the first amount once more. `since`: epoch milliseconds from which such a word counts.
 */
export function limitOf(run: Run, limit: LimitName, since = 0): number | undefined {
  const raised = run.raised[limit];
  const isRaised = raised !== undefined && raised.at >= since;
  const base = run.spec.policy.values[`limits.${limit}`] ?? (isRaised ? raised.to : undefined);
  if (base === undefined) return undefined;
  const from = isRaised ? raised.at : since;
  const allowed = run.gates.filter((gate) => gate.type === "budget" && gate.target === limit && gate.raisedAt >= from && gate.state.kind === "answered" && gate.state.answer === "allow").length;
  return (isRaised ? raised.to : base) + base * allowed;
}

/** Every limit of the run that is set, in the order in which people think of them. */
export function usedLimits(run: Run): readonly UsedLimit[] {
  return RUN_LIMITS.flatMap((limit) => {
    const of = limitOf(run, limit);
    return of === undefined ? [] : [{ limit, used: usedOf(run, limit), of }];
  });
}

export function usedOf(run: Run, limit: RunLimit): number {
  const { spent } = run;
  switch (limit) {
    case "usd":
      return spent.usd;
    case "tokens":
      return spent.usage.input + spent.usage.output + spent.usage.cacheRead + spent.usage.cacheWrite;
    case "hours":
      return spent.workedMs / 3_600_000;
    case "steps":
      return spent.steps;
    case "files":
      return new Set(keptFiles(run).map((file) => file.path)).size;
    case "lines":
      return keptFiles(run).reduce((sum, file) => sum + file.added + file.removed, 0);
  }
}

function keptFiles(run: Run) {
  return run.decisions.filter((decision) => decision.state === "kept" || decision.state === "proposed").flatMap((decision) => decision.files);
}
