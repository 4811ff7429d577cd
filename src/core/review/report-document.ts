// The report as headings and lines of marked words, before any format: who said something is decided here, once, and
// how a format keeps such words from becoming markup is decided there.
import { count, duration, grouped, money, utcMinute } from "../run/amounts.js";
import { cacheShareText } from "../run/cache-share.js";
import { momentText } from "../run/moment-text.js";
import type { TimelineDecision } from "../run/timeline.js";
import type { CheckRow, Report } from "./report.js";
import { line, type Line, type Span } from "./report-line.js";
import { unreachedLines } from "./unreached.js";
import { VERDICT_TEXT } from "./verdict-text.js";

export interface Section {
  readonly heading: string;
  readonly lines: readonly Line[];
}

/** Every section in reading order. Those that reassure by being empty say "None". */
export function reportSections(report: Report): Section[] {
  const optional = (section: Section): Section[] => (section.lines.length === 0 ? [] : [section]);
  return [
    outcomeSection(report),
    section("Waiting for you", waitingLines(report)),
    ...unexplainedSection(report),
    ...decisionSections(report.decisions),
    checksSection(report),
    section("Violations", report.violations.map((found) => line(`${found.id}: taken out again, by `, { code: found.rule }, ": ", ...codes(found.paths)))),
    section("Denied", report.denials.map((denial) => line(momentText(denial)))),
    notDoneSection(report),
    unsureSection(report),
    section("Tried and dropped", report.dropped.map(droppedLine)),
    ...optional({ heading: "Not to be touched, as people said", lines: boundaryLines(report) }),
    ...optional({ heading: "Left out of this run", lines: report.notices.map((notice) => line(notice)) }),
    ...optional({ heading: "Notes", lines: report.notes.map((note) => line(note)) }),
    costSection(report),
    approvalSection(report),
  ];
}

function boundaryLines({ boundaries }: Report): readonly Line[] {
  if (boundaries === null) return [];
  return [
    ...boundaries.enforced.map((glob) => line({ code: glob }, ": held by policy, changed only where somebody allowed it")),
    ...boundaries.advice.map((words) => line({ quote: words }, ": told to the agent, enforced by nothing")),
  ];
}

function section(heading: string, lines: readonly Line[]): Section {
  return { heading, lines: lines.length === 0 ? [line("None.")] : lines };
}

function outcomeSection(report: Report): Section {
  const lines = [line(`${report.outcome.text}${report.outcome.why === "" ? "." : ": "}`, ...(report.outcome.why === "" ? [] : [{ quote: report.outcome.why }]))];
  const stage = report.stage === report.startedAtStage ? report.stage : `${report.stage}, lowered from ${report.startedAtStage}`;
  lines.push(line(`Stage: ${stage}. ${duration(report.spent.workedMs)} of work, ${money(report.spent)}.`));
  if (report.waived !== null) lines.push(line(`${report.waived.stage} was opened without a track record by ${report.waived.by}: `, { quote: report.waived.reason }));
  if (report.landing !== null) {
    const { branch, commits } = report.landing.intended;
    const state = { intended: "Landing was begun", landed: "Landed", undone: "The landing was undone" }[report.landing.state];
    lines.push(line(`${state}: ${count(commits.length, "commit")} on `, { code: branch }, "."));
  }
  if (report.landingStop !== null) {
    const { why, paths, confirm } = report.landingStop;
    const below = [...paths.map((path) => line({ code: path })), ...confirm.map((one) => line(`${one.id}: `, ...(one.path === undefined ? [] : [{ code: one.path }, " "]), { quote: one.why }))];
    lines.push({ spans: [`Landing stopped (${report.landingStop.outcome}): `, { quote: why }], below });
  }
  if (report.coverage !== null) lines.push(line(`${count(report.decisions.length, "decision")} ${report.decisions.length === 1 ? "explains" : "explain"} ${grouped(report.coverage.explained)} of ${count(report.coverage.lines, "changed line")}.`));
  if (report.summary !== null) lines.push(line("The agent: ", { quote: report.summary }));
  for (const done of report.done) lines.push(line("Done, the agent says: ", { quote: done }));
  return { heading: "Outcome", lines };
}

function waitingLines(report: Report): Line[] {
  const gates = report.waiting.map((gate) => line(`Approval ${gate.id} (${gate.type}${gate.state.kind === "parked" ? ", skipped for now" : ""}): `, { code: gate.target }, " ", { quote: gate.why }));
  return report.undecided.length === 0 ? gates : [...gates, line(`${count(report.undecided.length, "decision")} without a verdict: ${report.undecided.join(", ")}.`)];
}

function unexplainedSection(report: Report): Section[] {
  if (report.unexplained.length === 0) return [];
  return [{ heading: "Unexplained changes", lines: [{ spans: ["No decision explains these. Read them first:"], below: report.unexplained.map((path) => line({ code: path })) }] }];
}

const BANDS = [
  ["read", "Read these"],
  ["skim", "Check these"],
  ["routine", "Routine"],
] as const;

/** What stands, by how much attention it deserves. */
export function decisionSections(decisions: readonly TimelineDecision[]): Section[] {
  if (decisions.length === 0) return [section("Decisions", [])];
  return BANDS.flatMap(([band, heading]) => {
    const lines = decisions.filter((decision) => decision.band === band).map(decisionLine);
    return lines.length === 0 ? [] : [{ heading: `${heading} (${String(lines.length)})`, lines }];
  });
}

function decisionLine(decision: TimelineDecision): Line {
  const below = [line("Why, the agent says: ", { quote: decision.why })];
  if (decision.first !== null) below.push(line("At first: ", { quote: `${decision.first.title}: ${decision.first.why}` }));
  for (const other of decision.insteadOf) below.push(line("Instead of: ", { quote: other.option }, ", because ", { quote: other.whyNot }));
  if (decision.undo === "costly" || decision.undo === "impossible") below.push(line(`Undoing it, the agent says: ${decision.undo}.`));
  below.push(line(`${count(decision.files.length, "file")}, +${grouped(decision.added)} -${grouped(decision.removed)}: `, ...codes(decision.files.map((file) => file.path))));
  if (decision.receipts.length === 0) below.push(line("No check ran on it."));
  else below.push({ spans: ["Checks:"], below: decision.receipts.map((receipt) => line({ code: receipt.command }, `: ${OUTCOMES[receipt.outcome]}${receipt.source === "claim" ? " (the agent's own check)" : ""}`)) });
  for (const { claim, command, standing } of decision.claims) {
    below.push(line(`${{ proven: "Claim, proven", red: "Claim, but its check is RED", unable: "Claim, but its check could not run", unproven: "Claim, UNPROVEN" }[standing]}: `, { quote: claim }, " ", { code: command }));
  }
  for (const id of decision.violations) below.push(line(`Violation ${id} happened in it.`));
  below.push(line(`Verdict: ${decision.verdict === null ? "none yet" : VERDICT_TEXT[decision.verdict]}.`, ...(decision.comment === null ? [] : [" ", { quote: decision.comment }])));
  const marks = [decision.state === "proposed" ? "proposed, not applied" : "", decision.endedBy === "supervisor" ? "ended by the supervisor" : ""].filter((mark) => mark !== "").join("; ");
  return { spans: [`${decision.id} `, { quote: decision.title }, ...(marks === "" ? [] : [` (${marks})`])], below };
}

const OUTCOMES = { green: "green", red: "RED", unable: "COULD NOT RUN", "not run": "NOT RUN" } as const;

export function checksSection(report: Report): Section {
  return section("Checks", report.checks.toSorted((one, other) => urgency(one) - urgency(other)).map(checkLine));
}

/** What is not green stands before what is. */
function urgency(row: CheckRow): number {
  return row.outcome === "green" ? (row.fresh || !row.required ? 2 : 1) : 0;
}

function checkLine(row: CheckRow): Line {
  const facts = [
    row.required ? "required" : row.source === "claim" ? "the agent's own check" : "",
    row.on === null ? "" : `on ${row.on.decision ?? { base: "the base", decision: "a decision", landing: "what was to land", worktree: "the worktree" }[row.on.kind]}`,
    row.on === null || row.fresh ? "" : "the files changed since",
    row.redBefore === 0 ? "" : `red ${count(row.redBefore, "time")} before`,
    row.unableBefore === 0 ? "" : `could not run ${count(row.unableBefore, "time")} before`,
  ].filter((fact) => fact !== "");
  return line({ code: row.command }, `: ${OUTCOMES[row.outcome]}${facts.length === 0 ? "" : ` (${facts.join("; ")})`}`, ...(row.why === null ? [] : [" ", { quote: row.why }]));
}

export function notDoneSection(report: Report): Section {
  return section("Not done", [...unreachedLines(report), ...report.notDone.map((text) => line("The agent: ", { quote: text }))]);
}

export function unsureSection(report: Report): Section {
  return section("Unsure", report.unsure.map((text) => line("The agent: ", { quote: text })));
}

function droppedLine(decision: TimelineDecision): Line {
  const how = decision.state === "discarded" ? "the agent dropped it" : decision.state === "dropped" ? "fell with a rejection" : "rejected";
  const said = decision.state === "discarded" ? decision.outcome : decision.comment;
  return line(`${decision.id} `, { quote: decision.title }, `: ${how}`, ...(said === null ? ["."] : [", ", { quote: said }]));
}

function costSection(report: Report): Section {
  const { usage, turns, steps, gates } = report.spent;
  const share = cacheShareText(usage);
  return {
    heading: "What it cost",
    lines: [
      line(`${money(report.spent)} for ${count(turns, "turn")} of `, { code: report.model }, "."),
      line(`${grouped(usage.input)} tokens in, ${grouped(usage.cacheRead)} read from cache, ${grouped(usage.cacheWrite)} written to it, ${grouped(usage.output)} out.`),
      ...(share === undefined ? [] : [line(`${share}.`)]),
      line(`${count(steps, "step")}, ${count(gates, "approval")} asked for, ${duration(report.spent.workedMs)} of work between ${utcMinute(report.startedAt)} and ${utcMinute(report.lastAt)}.`),
    ],
  };
}

export function approvalSection(report: Report): Section {
  const named = (person: { readonly name: string; readonly email: string }): Span[] => [`${person.name} `, { code: person.email }];
  const looked = { summary: "having seen the summary", decision: "having opened the decision", hunk: "hunk by hunk", policy: "" };
  return {
    heading: "Owner and approvals",
    lines: [
      line("Owner: ", ...named(report.owner)),
      line("Started by: ", ...named(report.startedBy)),
      ...report.approvals.map(({ decision, basis, by }) =>
        basis === "policy" ? line(`${decision}: accepted by policy, by no person.`) : line(`${decision}: accepted by ${by.map((person) => person.name).join(", ")}, ${looked[basis]}.`),
      ),
      ...(report.approvals.length === 0 ? [line("Nothing is approved.")] : []),
    ],
  };
}

function codes(texts: readonly string[]): Span[] {
  return texts.flatMap((text, index) => (index === 0 ? [{ code: text }] : [", ", { code: text }]));
}
