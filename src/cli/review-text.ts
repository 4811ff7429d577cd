// The decisions of a run as a person reviews them: what changed as facts, why as the agent's words.
import { band } from "../core/review/band.js";
import { changesAsked } from "../core/review/asked.js";
import { effectiveVerdict, selection, undecided } from "../core/review/verdict.js";
import { count } from "../core/run/amounts.js";
import type { Decision, Run } from "../core/run/run.js";
import { decisionLines, within } from "../core/run/timeline-text.js";
import { timeline, type TimelineDecision } from "../core/run/timeline.js";
import { visible } from "../core/text/visible.js";
import type { Ink } from "./ink.js";
import { inTimeline } from "./timeline-ink.js";

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

export interface ReviewLook {
  readonly ink: Ink;
  /** In columns. */
  readonly width: number;
}

const BANDS = [
  ["read", "Read these"],
  ["skim", "Check these"],
  ["routine", "Routine"],
] as const;

/** What asks for most attention first, as the report has it; within that in the order of the run. */
export function reviewText(run: Run, look: ReviewLook): string {
  const told = timeline(run);
  const shown = told.decisions.filter((decision) => decision.state !== "empty");
  if (shown.length === 0) return `The run ${run.id} made no decisions that changed files.`;
  const stands = (decision: TimelineDecision): boolean => decision.state === "kept" || decision.state === "proposed";
  const groups = [
    ...BANDS.map(([band, title]) => [title, shown.filter((decision) => stands(decision) && decision.band === band)] as const),
    ["Not part of the result", shown.filter((decision) => !stands(decision))] as const,
  ].filter(([, decisions]) => decisions.length > 0);
  const open = undecided(run).length;
  const end = open === 0 ? `Everything has a verdict. ${afterVerdicts(run)}` : `${count(open, "decision")} without a verdict.\n  Read:    vigil diff ${run.id}\n  Decide:  vigil review ${run.id} --accept IDS --reject IDS`;
  return [...groups.map(([title, decisions]) => [look.ink.bold(`${title} (${String(decisions.length)})`), ...decisions.map((decision) => decisionText(decision, within(told.moments, decision.id), look))].join("\n\n")), end].join("\n\n");
}

/** What a person does next, once verdicts were given. */
export function afterVerdicts(run: Run): string {
  const accepted = selection(run);
  const asked = changesAsked(run).length;
  if (asked > 0) return `The agent has left. To have it make the ${asked === 1 ? "change" : `${String(asked)} changes`} you asked for: vigil resume ${run.id}`;
  if (run.landing?.state === "landed") return `It has landed: git log ${visible(run.landing.intended.branch)}`;
  if (accepted.length === 0) return "Nothing is accepted, so there is nothing to put on a branch.";
  if (accepted.some((one) => one.decision.state === "proposed")) return `To make a run of what is accepted: vigil adopt ${run.id}`;
  return run.phase.kind === "ended" ? `To put what is accepted on a branch: vigil land ${run.id}` : `Once the run has ended: vigil land ${run.id}`;
}

function decisionText(decision: TimelineDecision, inside: ReturnType<typeof within>, { ink, width }: ReviewLook): string {
  return inTimeline(`\n${decisionLines(decision, inside, { width, speaker: "the agent" }).join("\n")}`, ink).trim();
}
