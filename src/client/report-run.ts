// The account of a run for whoever was not there, in the form it is needed in.
import { report, reportHtml, reportMarkdown, reportPullRequest, type Report } from "../core/review/report.js";
import type { RunView } from "./read-run.js";
import { diffRun } from "./diff-run.js";
import { HumanError } from "../core/error.js";

export const REPORT_FORMATS = ["md", "html", "pr"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface Written {
  readonly report: Report;
  readonly text: string;
}

export async function reportRun(view: RunView, format: ReportFormat): Promise<Written> {
  const diff = await diffRun(view).catch((error: unknown) => {
    // Where the files were freed the account is written without its figures.
    if (error instanceof HumanError) return undefined;
    throw error;
  });
  const made = report(view.run, diff);
  const write = { md: reportMarkdown, html: reportHtml, pr: reportPullRequest }[format];
  return { report: made, text: write(made) };
}
