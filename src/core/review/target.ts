// The ids that verdicts name: a decision (d3), a file of it (d3:path) or a hunk of that file (d3:path#2).
// It reads ids and checks that they exist; what a verdict means is elsewhere.
import { HumanError } from "../error.js";
import type { Decision, DecisionId, Run } from "../run/run.js";

export type Target =
  | { readonly kind: "decision"; readonly decision: DecisionId }
  | { readonly kind: "file"; readonly decision: DecisionId; readonly path: string }
  | { readonly kind: "hunk"; readonly decision: DecisionId; readonly path: string; readonly hunk: number };

const SHAPE = /^(?<decision>d[1-9]\d*)(?::(?<rest>[\s\S]+))?$/u;
const HUNK = /^(?<path>[\s\S]+)#(?<hunk>\d+)$/u;

/**
 * What an id names by its form alone; undefined where it has no such form. A path may hold ":" and "#": the last
 * `#<digits>` is the hunk's number, and `#0` names the whole file, for a path that itself ends like that.
 */
export function parseTarget(id: string): Target | undefined {
  const { decision, rest } = SHAPE.exec(id)?.groups ?? {};
  if (decision === undefined) return undefined;
  if (rest === undefined) return { kind: "decision", decision };
  const { path, hunk } = HUNK.exec(rest)?.groups ?? {};
  if (path === undefined || hunk === undefined) return { kind: "file", decision, path: rest };
  return Number(hunk) === 0 ? { kind: "file", decision, path } : { kind: "hunk", decision, path, hunk: Number(hunk) };
}

/** What an id names in this decision: where only a file of exactly that name exists, `d3:notes#2` is that file. */
export function targetIn(decision: Decision, id: string): Target | undefined {
  const target = parseTarget(id);
  if (target?.decision !== decision.id) return undefined;
  if (target.kind !== "hunk" || decision.files.some((file) => file.path === target.path)) return target;
  const path = id.slice(decision.id.length + 1);
  return decision.files.some((file) => file.path === path) ? { kind: "file", decision: decision.id, path } : target;
}

/**
 * Throws a HumanError that names every id that this run does not have, or has no verdict for, and the ids there are.
 * `hunksOf` counts the hunks of a decision's file; without it numbers above zero pass, because the log holds no text.
 */
export function checkTargets(run: Run, ids: readonly string[], hunksOf?: (decision: Decision, path: string) => number): void {
  const problems = ids.flatMap((id) => problemWith(run, id, hunksOf) ?? []);
  if (problems.length === 0) return;
  const reviewable = run.decisions.filter((decision) => decision.state === "kept" || decision.state === "proposed").map((decision) => decision.id);
  const there = reviewable.length === 0 ? `Run ${run.id} has no decision to review.` : `Decisions to review in run ${run.id}: ${reviewable.join(", ")}. Name one, one of its files (d1:path) or one hunk (d1:path#2).`;
  throw new HumanError(`${problems.join(" ")} ${there}`, 2);
}

function problemWith(run: Run, id: string, hunksOf?: (decision: Decision, path: string) => number): string | undefined {
  const parsed = parseTarget(id);
  if (parsed === undefined) return `"${id}" is not the id of a decision, a file or a hunk.`;
  const decision = run.decisions.find((one) => one.id === parsed.decision);
  if (decision === undefined) return `There is no decision ${parsed.decision}${id === parsed.decision ? "" : ` (in "${id}")`}.`;
  switch (decision.state) {
    case "open":
      return `Decision ${decision.id} is still being worked on.`;
    case "discarded":
      return `Decision ${decision.id} was tried and dropped by the agent: nothing of it is left to review.`;
    case "empty":
      return `Decision ${decision.id} changed no file.`;
    case "dropped":
      return `Decision ${decision.id} fell with a rejection: nothing of it is left to review.`;
    case "kept":
    case "proposed":
      return problemInside(decision, id, hunksOf);
  }
}

function problemInside(decision: Decision, id: string, hunksOf?: (decision: Decision, path: string) => number): string | undefined {
  const target = targetIn(decision, id);
  if (target === undefined || target.kind === "decision") return undefined;
  const file = decision.files.find((one) => one.path === target.path);
  if (file === undefined) {
    return `Decision ${decision.id} does not change "${target.path}"; its files are ${decision.files.map((one) => fileId(decision, one.path)).join(", ")}.`;
  }
  if (target.kind === "file") return undefined;
  if (file.binary) return `"${target.path}" is binary and has no hunks: name the file.`;
  const count = hunksOf?.(decision, target.path);
  if (count === undefined || target.hunk <= count) return undefined;
  return count === 0 ? `Decision ${decision.id} changes no line of "${target.path}": name the file.` : `"${target.path}" has ${String(count)} ${count === 1 ? "hunk" : "hunks"} in decision ${decision.id}, not ${String(target.hunk)}.`;
}

/** The id that `parseTarget` reads as exactly this file. */
function fileId(decision: Decision, path: string): string {
  return `${decision.id}:${path}${/#\d+$/u.test(path) ? "#0" : ""}`;
}
