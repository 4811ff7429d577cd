// A run's account for other programs and other people, as text that is written piece by piece: a long night is larger
// than what should lie in memory.
import { createHash, randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { Spans, type Span } from "../core/run/spans.js";
import { timelineText } from "../core/run/timeline-text.js";
import { timeline } from "../core/run/timeline.js";
import type { LoggedEvent } from "../core/log/event.js";
import { HumanError } from "../core/error.js";
import { SYSTEM_CAUSES } from "../core/system-error.js";
import type { Store } from "../store/store.js";
import { requireRun } from "./read-run.js";
import { reportRun } from "./report-run.js";

export const EXPORT_FORMATS = ["jsonl", "md", "otlp"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How a file of each format ends. OTLP's own rule for files is one object on each line, and this name. */
export const ENDING_OF: Readonly<Record<ExportFormat, string>> = { jsonl: "jsonl", md: "md", otlp: "otlp.jsonl" };

/** Columns of the timeline in Markdown. */
const WIDTH = 110;
/** Spans on one line of OTLP: readers take a line whole. */
const SPANS_A_LINE = 500;

/** `jsonl`: the run's events; `md`: report and timeline; `otlp`: spans. Throws HumanError where the log is damaged. */
export function exportRun(store: Store, run: string, format: ExportFormat): AsyncIterable<string> {
  return { jsonl: eventLines, md: markdown, otlp: spanLines }[format](store, run);
}

/** The report, then the whole timeline. */
export async function markdownOf(store: Store, run: string): Promise<string> {
  const view = await requireRun(store, run);
  const { text } = await reportRun(view, "md");
  const steps = timelineText(timeline(view.run), { width: WIDTH });
  // A fence longer than any inside keeps the agent's words from ending it.
  const fence = "`".repeat(Math.max(3, ...[...steps.matchAll(/`+/gu)].map(([found]) => found.length + 1)));
  return `${text}\n## Timeline\n\n${fence}text\n${steps}\n${fence}\n`;
}

/** Whole or not at all: what lay there stays until all is written. Throws HumanError where it cannot be written. */
export async function writeExport(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const making = `${path}.${randomUUID().slice(0, 8)}.new`;
  try {
    const file = await open(making, "wx");
    try {
      for await (const piece of pieces) await file.writeFile(piece);
    } finally {
      await file.close();
    }
    await rename(making, path);
  } catch (error) {
    await rm(making, { force: true });
    const refused = refusedBecause(error);
    if (refused === undefined) throw error;
    throw new HumanError(`The export could not be written to ${path}: ${refused}. Nothing was changed there; name another file and export again.`);
  }
}

/** What a person can mend by naming another place. */
const MISPLACED: Readonly<Record<string, string>> = { ENOENT: "its folder does not exist", ENOTDIR: "a part of its path is a file", EISDIR: "a folder has that name", ENAMETOOLONG: "the name is too long" };

function refusedBecause(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return MISPLACED[error.code] ?? SYSTEM_CAUSES[error.code]?.[0];
}

async function* eventLines(store: Store, run: string): AsyncGenerator<string> {
  for await (const event of store.open(run).read()) yield `${JSON.stringify(event)}\n`;
}

async function* markdown(store: Store, run: string): AsyncGenerator<string> {
  yield await markdownOf(store, run);
}

async function* spanLines(store: Store, run: string): AsyncGenerator<string> {
  // The same run has the same trace wherever and however often it is exported.
  const spans = new Spans(createHash("sha256").update(`vigil run ${run}`).digest("hex").slice(0, 32));
  let version = "";
  let waiting: Span[] = [];
  for await (const event of store.open(run).read()) {
    version ||= versionOf(event);
    waiting.push(...spans.add(event));
    if (waiting.length < SPANS_A_LINE) continue;
    yield tracesLine(waiting, version);
    waiting = [];
  }
  waiting.push(...spans.end());
  if (waiting.length > 0) yield tracesLine(waiting, version);
}

const versionOf = (event: LoggedEvent): string => (event.kind === "run.started" ? event.version : "");

function tracesLine(spans: readonly Span[], version: string): string {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "vigil" } }, { key: "service.version", value: { stringValue: version } }] };
  return `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "vigil", version }, spans }] }] })}\n`;
}
