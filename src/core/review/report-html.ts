// The report as one HTML page that needs nothing else: no script, no link, no picture, no font from anywhere, and a
// content policy that forbids them. Every word that is not ours is text.
import { visible } from "../text/visible.js";
import type { Section } from "./report-document.js";
import type { Line, Span } from "./report-line.js";
import { reportSections } from "./report-document.js";
import type { Report } from "./report.js";

/** A whole document. Ends with a newline. */
export function reportHtml(report: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(report.task)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(report.task)}</h1>
<p>Run <code>${escaped(report.run)}</code> on <code>${escaped(report.base.slice(0, 12))}</code></p>
${reportSections(report).map(sectionHtml).join("\n")}
</main>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 48rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.125rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid; padding-bottom: 0.25rem; }
ul { margin: 0; padding-left: 1.25rem; }
li { margin: 0.25rem 0; }
q { font-style: italic; white-space: pre-line; }
code { font: 0.875em ui-monospace, monospace; }
@media print { li { break-inside: avoid; } }
`;

function sectionHtml({ heading, lines }: Section): string {
  return `<section>\n<h2>${escaped(heading)}</h2>\n${list(lines)}\n</section>`;
}

function list(lines: readonly Line[]): string {
  const items = lines.map(({ spans, below = [] }) => `<li>${spans.map(spanHtml).join("")}${below.length === 0 ? "" : `\n${list(below)}\n`}</li>`);
  return `<ul>\n${items.join("\n")}\n</ul>`;
}

function spanHtml(span: Span): string {
  if (typeof span === "string") return escaped(span);
  return "code" in span ? `<code>${escaped(span.code)}</code>` : `<q>${escaped(span.quote, true)}</q>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string, lines = false): string {
  return visible(text, { lines }).replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}
