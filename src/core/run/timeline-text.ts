// The timeline as plain lines for a terminal. The agent's words stand in quotes as the agent's, everything that others
// wrote passes the one sink for screens, and colours and cursor movements are left to nobody.
import { VERDICT_TEXT } from "../review/verdict-text.js";
import { oneLine } from "../text/one-line.js";
import { visible } from "../text/visible.js";
import { count, duration, grouped, money } from "./amounts.js";
import { momentText } from "./moment-text.js";
import type { Moment, StepRange } from "./moments.js";
import { phaseSentence } from "./phase-text.js";
import type { Timeline, TimelineDecision, TimelineStep } from "./timeline.js";
import { wrap } from "./wrap.js";

export interface TimelineLook {
  /** In columns. */
  readonly width: number;
  /** Who is quoted; "the agent" where nothing is said. A script that plays the agent is named instead. */
  readonly speaker?: string;
}

/** Ends without a newline. Single steps follow at the end where the timeline holds them. */
export function timelineText(timeline: Timeline, options: TimelineLook): string {
  const width = Math.max(40, options.width);
  const speaker = options.speaker ?? "the agent";
  const decisions = new Map(timeline.decisions.map((decision) => [decision.id, decision]));
  const lines = [...heading(timeline, width), ""];
  for (const moment of timeline.moments) {
    if (moment.kind === "decision") {
      const decision = decisions.get(moment.decision);
      if (decision !== undefined) lines.push(...(lines.at(-1) === "" ? [] : [""]), ...decisionLines(decision, within(timeline.moments, decision.id), { width, speaker }));
    } else if (moment.kind === "work") {
      lines.push(...wrap(`${moment.text} (${stepsText(moment.steps)})`, width, "  "));
    } else if (!("decision" in moment) || moment.decision === null || !decisions.has(moment.decision)) {
      lines.push(...marked(markOf(moment), momentText(moment), width, ""));
    }
  }
  if (timeline.moments.length === 0) lines.push("Nothing has happened yet.");
  for (const note of timeline.notes) lines.push(...marked("-", `note: ${visible(note)}`, width, ""));
  if (timeline.stepList !== undefined) lines.push("", `All ${count(timeline.steps, "step")}`, ...timeline.stepList.map((step) => stepLine(step, width)));
  return lines.join("\n");
}

/** Good news has a mark of its own: what somebody must not overlook is lost among marks that mean nothing. */
function markOf(moment: Moment): "!" | "✓" {
  const isPersons = moment.kind === "plan" || moment.kind === "waiver" || moment.kind === "limit-raised";
  const good = isPersons || (moment.kind === "check" && moment.outcome === "green") || (moment.kind === "landing" && moment.state === "landed") || (moment.kind === "gate" && moment.answer === "allow");
  return good ? "✓" : "!";
}

function heading(timeline: Timeline, width: number): string[] {
  const { phase } = timeline;
  const stage = timeline.stage === timeline.startedAtStage ? timeline.stage : `${timeline.stage}, lowered from ${timeline.startedAtStage}`;
  const facts = [`Run ${timeline.run}`, visible(phaseSentence(phase)), stage, `${duration(timeline.spent.workedMs)} of work`, money(timeline.spent), `${count(timeline.steps, "step")} in ${count(timeline.decisions.length, "decision")}`];
  const lines = [oneLine(timeline.task, width), ...wrap(facts.join(" · "), width)];
  for (const goal of timeline.goals) {
    const marks = [goal.required ? "required" : "", goal.state === "abandoned" ? "given up" : goal.state === "reached" ? "reached" : ""].filter((mark) => mark !== "").join(", ");
    lines.push(...marked("-", `goal ${visible(goal.id)}: "${visible(goal.title)}"${marks === "" ? "" : ` (${marks})`}`, width, ""));
  }
  if (timeline.unexplained.length > 0) lines.push(...marked("!", `Unexplained changes: the set-up changed ${timeline.unexplained.map((path) => visible(path)).join(", ")}`, width, ""));
  return lines;
}

const STATES: Readonly<Record<TimelineDecision["state"], string>> = {
  open: "in progress",
  kept: "",
  proposed: "proposed, not applied",
  discarded: "tried and dropped",
  empty: "changed nothing",
  dropped: "fell with a rejection",
};
const BANDS: Readonly<Record<TimelineDecision["band"], string>> = { read: "read this", skim: "check this", routine: "routine" };

/** One decision as in the timeline, with an empty line at its end. `inside`: moments that belong under it. */
export function decisionLines(decision: TimelineDecision, inside: readonly Moment[], { width, speaker }: Required<TimelineLook>): string[] {
  const stands = decision.state === "kept" || decision.state === "proposed";
  const marks = [stands ? BANDS[decision.band] : "", STATES[decision.state], decision.endedBy === "supervisor" ? "ended by the supervisor" : ""].filter((mark) => mark !== "");
  const lines = [...marked(decision.id, `"${visible(decision.title)}"${marks.length === 0 ? "" : ` [${marks.join("; ")}]`}`, width, "")];
  // What goes on on a further line stands deeper, so that no quoted line break can pose as a line of the runner's.
  const put = (text: string): void => {
    const [first = "", ...rest] = wrap(text, width, `${INDENT}  `);
    lines.push(first.replace("  ", ""), ...rest);
  };
  put(quote(speaker, decision.why));
  if (decision.first !== null) put(quote("at first", `${decision.first.title}: ${decision.first.why}`));
  for (const other of decision.insteadOf) put(quote("instead of", `${other.option}: ${other.whyNot}`));
  if (decision.outcome !== null) put(quote(decision.state === "discarded" ? "why it was dropped" : "outcome", decision.outcome));
  if (decision.undo === "costly" || decision.undo === "impossible") put(quote(`undoing it, ${speaker}`, decision.undo));
  if (decision.files.length > 0) put(filesText(decision));
  put(`${decision.work === "" ? "" : `${decision.work}; `}${stepsText(decision.steps)}`);
  const checks = decision.receipts.map((receipt) => `${visible(receipt.command)} ${receipt.outcome === "unable" ? "could not run" : receipt.outcome}${receipt.source === "claim" ? " (the agent's own check)" : ""}`);
  if (checks.length > 0) put(`checks: ${checks.join(", ")}`);
  else if (stands) put("checks: none ran on it");
  for (const { claim, command, standing } of decision.claims) put(`claim, ${standing === "unable" ? "check could not run" : standing}: "${visible(claim)}" (${visible(command)})`);
  for (const moment of inside) lines.push(...marked(markOf(moment), momentText(moment), width, INDENT));
  if (decision.verdict !== null) put(`verdict: ${VERDICT_TEXT[decision.verdict]}${decision.comment === null ? "" : `, "${visible(decision.comment)}"`}`);
  else if (stands) put("verdict: none yet");
  return [...lines, ""];
}

const INDENT = "    ";

/** What happened inside a decision and is shown under it. */
export function within(all: readonly Moment[], decision: string): Moment[] {
  return all.filter((moment) => moment.kind !== "decision" && "decision" in moment && moment.decision === decision);
}

function filesText(decision: TimelineDecision): string {
  const SHOWN = 6;
  const names = decision.files.slice(0, SHOWN).map((file) => `${visible(file.path)}${file.status === "modified" ? "" : ` (${file.status === "mode" ? "mode changed" : file.status})`}`);
  const more = decision.files.length > SHOWN ? ` and ${count(decision.files.length - SHOWN, "more file")}` : "";
  return `${count(decision.files.length, "file")}, +${grouped(decision.added)} -${grouped(decision.removed)}: ${names.join(", ")}${more}`;
}

function quote(who: string, words: string): string {
  return `${who}: "${visible(words, { lines: true })}"`;
}

/** The text after a mark, its further lines set in deeper than any line of facts. */
function marked(mark: string, text: string, width: number, indent: string): string[] {
  const inner = indent + " ".repeat(Math.max(mark.length + 1, indent === "" ? INDENT.length : 2));
  const [first = "", ...rest] = wrap(text, width, `${inner}  `);
  return [`${indent}${mark}${first.slice(indent.length + mark.length + 2)}`, ...rest];
}

function stepsText([from, to]: StepRange): string {
  return from === to ? `step ${grouped(from)}` : `steps ${grouped(from)} to ${grouped(to)}`;
}

export function stepLine(step: TimelineStep, width: number): string {
  const took = step.ms === null ? "" : `  ${duration(step.ms)}`;
  const start = `${grouped(step.step).padStart(7)}  ${(step.decision ?? "").padEnd(4)} ${visible(step.tool).padEnd(10)} `;
  const end = `  ${step.outcome ?? "no outcome"}${took}`;
  return `${start}${oneLine(step.about, Math.max(20, width - start.length - end.length))}${end}`;
}
