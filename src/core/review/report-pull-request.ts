// The body of a pull request: what a reviewer elsewhere needs, and nothing that only the run's owner can act on.
import { approvalSection, checksSection, decisionSections, notDoneSection, unsureSection, type Section } from "./report-document.js";
import { line } from "./report-line.js";
import { markdownSections } from "./report-markdown.js";
import type { Report } from "./report.js";

/** Markdown. Only what landed is told; before a landing what was accepted, and where nothing was, all that stands. */
export function reportPullRequest(report: Report): string {
  const told = new Set(toldDecisions(report));
  const about: Section = {
    heading: "What this is",
    lines: [
      line({ quote: report.task }),
      ...(report.summary === null ? [] : [line("The agent: ", { quote: report.summary })]),
      line("Made by an agent in run ", { code: report.run }, ` at stage ${report.stage}; every commit names its decision in a trailer.`),
    ],
  };
  const unexplained: Section[] = report.unexplained.length === 0 ? [] : [{ heading: "Unexplained changes", lines: report.unexplained.map((path) => line({ code: path })) }];
  return markdownSections([
    about,
    ...unexplained,
    ...decisionSections(report.decisions.filter((decision) => told.has(decision.id))),
    checksSection(report),
    notDoneSection(report),
    unsureSection(report),
    approvalSection({ ...report, approvals: report.approvals.filter((approval) => told.has(approval.decision)) }),
  ]);
}

function toldDecisions(report: Report): readonly string[] {
  if (report.landing?.state === "landed") return report.landing.intended.commits.flatMap((commit) => commit.decisions);
  const accepted = report.approvals.map((approval) => approval.decision);
  return accepted.length > 0 ? accepted : report.decisions.map((decision) => decision.id);
}
