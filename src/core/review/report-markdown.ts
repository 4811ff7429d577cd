// The report as Markdown. Nothing that an agent or a file name says can become a heading, a link, a picture, a mention
// or a tag: such text is escaped, and what hosts turn into links by themselves is broken by an empty comment.
import { visible } from "../text/visible.js";
import type { Section } from "./report-document.js";
import type { Line, Span } from "./report-line.js";
import { reportSections } from "./report-document.js";
import type { Report } from "./report.js";

/** Ends with a newline. */
export function reportMarkdown(report: Report): string {
  return `# ${escaped(report.task)}\n\nRun ${codeSpan(report.run)} on ${codeSpan(report.base.slice(0, 12))}\n\n${markdownSections(reportSections(report))}`;
}

/** Sections as headings of the second level over bullet lists. Ends with a newline. */
export function markdownSections(sections: readonly Section[]): string {
  return sections.map(({ heading, lines }) => `## ${escaped(heading)}\n\n${bullets(lines, "")}`).join("\n");
}

function bullets(lines: readonly Line[], indent: string): string {
  return lines.map(({ spans, below = [] }) => `${indent}- ${spans.map(spanText).join("")}\n${bullets(below, `${indent}  `)}`).join("");
}

function spanText(span: Span): string {
  if (typeof span === "string") return escaped(span);
  return "code" in span ? codeSpan(span.code) : `"${escaped(span.quote)}"`;
}

const BREAK = "<!-- -->";

function escaped(text: string): string {
  const flat = visible(text.replace(/\s*\r?\n\s*/gu, " ").replace(/\t/gu, " "));
  // One pass: what a replacement puts in is never looked at again.
  return flat.replace(/:\/\/|www\.|GH-(?=\d)|#(?=\d)|[\\`*_{}[\]<>#|~&!()^$@]|^(?:[-+=]|\d+(?=[.)]))/giu, (found) => {
    if (found === "://") return `:${BREAK}//`;
    if (/^(?:www\.|gh-)$/iu.test(found)) return `${found.slice(0, -1)}${BREAK}${found.slice(-1)}`;
    if (/^\d/u.test(found)) return `${found}${BREAK}`;
    if (found === "@") return `@${BREAK}`;
    return found === "#" ? `\\#${BREAK}` : `\\${found}`;
  });
}

/** A code span that no run of backticks inside can end. */
function codeSpan(text: string): string {
  const shown = visible(text);
  const longest = Math.max(0, ...(shown.match(/`+/gu) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const padded = /^`|`$|^ .* $/u.test(shown) || shown === "" ? ` ${shown} ` : shown;
  return `${fence}${padded}${fence}`;
}
