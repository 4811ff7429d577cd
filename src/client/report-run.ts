// The account of a run for whoever was not there, in the form it is needed in.
import { reportHtml } from "../core/review/report-html.js";
import { reportMarkdown } from "../core/review/report-markdown.js";
import { reportPullRequest } from "../core/review/report-pull-request.js";
import { report, type Report } from "../core/review/report.js";
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
  const { finish } = view.run;
  const made = report(view.run, diff, finish === undefined ? {} : { summary: await view.log.blobs.text(finish.summary) });
  const write = { md: reportMarkdown, html: reportHtml, pr: reportPullRequest }[format];
  return { report: made, text: write(made) };
}
