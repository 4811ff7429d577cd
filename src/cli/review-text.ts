// The decisions of a run as a person reviews them: what changed as facts, why as the agent's words.
import { band } from "../core/review/band.js";
import { effectiveVerdict, selection, undecided } from "../core/review/verdict.js";
import type { Decision, Run } from "../core/run/run.js";
import { visible } from "../core/text/visible.js";
import { count } from "../core/run/amounts.js";
import { decisionLine } from "./happening.js";

export interface ReviewRow {
  readonly id: string;
  readonly title: string;
  readonly state: Decision["state"];
  /** How closely to look: read, skim or routine. */
  readonly band: string;
  /** The verdict that holds for all of it; `mixed`, or null while there is none. */
  readonly verdict: string | null;
  readonly files: readonly string[];
}

export function reviewRows(run: Run): readonly ReviewRow[] {
  return run.decisions
    .filter((decision) => decision.state !== "empty")
    .map((decision) => ({
      id: decision.id,
      title: decision.titleRevised ?? decision.reason.title,
      state: decision.state,
      band: band(decision),
      verdict: effectiveVerdict(decision).whole ?? null,
      files: decision.files.map((file) => file.path),
    }));
}

export function reviewText(run: Run): string {
  const shown = run.decisions.filter((decision) => decision.state !== "empty");
  if (shown.length === 0) return `The run ${run.id} made no decisions that changed files.`;
  const open = undecided(run).length;
  const end = open === 0 ? `Everything has a verdict. ${afterVerdicts(run)}` : `${count(open, "decision")} without a verdict. Read it: vigil diff ${run.id}   Then: vigil review ${run.id} --accept IDS --reject IDS`;
  return [...shown.map(decisionText), end].join("\n\n");
}

/** What a person does next, once verdicts were given. */
export function afterVerdicts(run: Run): string {
  const accepted = selection(run);
  if (run.landing?.state === "landed") return `It has landed: git log ${visible(run.landing.intended.branch)}`;
  if (accepted.length === 0) return "Nothing is accepted, so there is nothing to put on a branch.";
  if (accepted.some((one) => one.decision.state === "proposed")) return `To make a run of what is accepted: vigil adopt ${run.id}`;
  return run.phase.kind === "ended" ? `To put what is accepted on a branch: vigil land ${run.id}` : `Once the run has ended: vigil land ${run.id}`;
}

function decisionText(decision: Decision): string {
  const verdict = effectiveVerdict(decision).whole;
  const facts = [verdict ?? (decision.state === "kept" || decision.state === "proposed" ? "no verdict yet" : ""), BANDS[band(decision)]].filter((fact) => fact !== "");
  const files = decision.files.map((file) => `  ${visible(file.path)}  ${file.binary ? "binary" : `+${String(file.added)} −${String(file.removed)}`}`);
  const rejected = decision.reason.insteadOf.map((other) => `  instead of: ${visible(other.option)} ("${visible(other.whyNot)}")`);
  return [decisionLine(decision), ...rejected, ...files, `  ${facts.join(" · ")}`].join("\n");
}

const BANDS = { read: "read this", skim: "skim this", routine: "routine" } as const;
