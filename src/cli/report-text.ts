// The morning report for a terminal: the same sections as its other forms, without the escapes that Markdown needs. What
// somebody else said stands in quotes; a path or a command stands as it is, made visible.
import { reportSections } from "../core/review/report-document.js";
import type { Line, Span } from "../core/review/report-line.js";
import type { Report } from "../core/review/report.js";
import { wrap } from "../core/run/wrap.js";
import { visible } from "../core/text/visible.js";
import type { Ink } from "./ink.js";

export interface ReportLook {
  readonly ink: Ink;
  /** In columns. */
  readonly width: number;
}

/** Sections that a person must not read past. */
const URGENT: ReadonlySet<string> = new Set(["Waiting for you", "Unexplained changes", "Violations"]);

export function reportText(report: Report, look: ReportLook): string {
  const { ink, width } = look;
  let text = [...wrap(visible(report.task), width).map(ink.bold), ink.dim(`Run ${report.run} on ${report.base.slice(0, 12)}`)].join("\n");
  let afterEmpty = false;
  for (const { heading, lines } of reportSections(report)) {
    const empty = lines.length === 1 && lines[0]?.spans[0] === "None.";
    const title = ink.bold(URGENT.has(heading) && !empty ? ink.yellow(heading) : heading);
    // Sections that reassure by being empty stand together.
    text += `${empty && afterEmpty ? "\n" : "\n\n"}${empty ? `${title}  ${ink.dim("none")}` : [title, ...lines.flatMap((line) => linesOf(line, 2, width))].join("\n")}`;
    afterEmpty = empty;
  }
  return text;
}

function linesOf(line: Line, indent: number, width: number): string[] {
  // Further lines stand deeper than their first, so that no quoted word can begin one that looks like the runner's.
  const [first = "", ...rest] = wrap(line.spans.map(spanText).join(""), width, " ".repeat(indent + 2));
  return [`${" ".repeat(indent)}${first.trimStart()}`, ...rest, ...(line.below ?? []).flatMap((below) => linesOf(below, indent + 3, width))];
}

function spanText(span: Span): string {
  if (typeof span === "string") return visible(span);
  return "code" in span ? visible(span.code) : `"${visible(span.quote)}"`;
}
