// What a rehearsal leaves to read: the timeline, the diff set with its reasons, the check results, the landed commits.
// Wherever scripted words are quoted they are labelled so.
import { branchHistory } from "../client/branch-history.js";
import { diffRun } from "../client/diff-run.js";
import { requireRun } from "../client/read-run.js";
import type { Recorded } from "../client/recorded.js";
import type { Rehearsal } from "../client/rehearse.js";
import { effectiveVerdict } from "../core/review/verdict.js";
import { duration } from "../core/run/amounts.js";
import type { Run } from "../core/run/run.js";
import { timelineText } from "../core/run/timeline-text.js";
import { timeline } from "../core/run/timeline.js";
import { oneLine } from "../core/text/one-line.js";
import { visible } from "../core/text/visible.js";
import { diffText } from "./diff-text.js";
import type { Ink } from "./ink.js";
import { inTimeline } from "./timeline-ink.js";

/** How a rehearsal is shown. */
export interface RehearsalLook {
  readonly ink: Ink;
  readonly width: number;
  /** Who is quoted: the script that plays the agent, or the agent. */
  readonly speaker: string;
}

/** A hundred columns, or what a narrower terminal has. */
export const WIDEST = 100;

/** The run as it stands once it landed by itself. */
export async function rehearsalText(rehearsal: Rehearsal, look: RehearsalLook): Promise<string> {
  const view = await requireRun(rehearsal.workspace.store, rehearsal.started.id);
  return [...sections(view.run, diffText(await diffRun(view), look), look), heading(look, `What landed on ${branchOf(view.run)}`, "by itself, as policy allows"), landedList(view.run, look)].join("\n");
}

/** The commits on the branch, as git tells them: each with its trailers as lines of their own. */
export async function landedText(rehearsal: Rehearsal, look: RehearsalLook): Promise<string> {
  const { run } = await requireRun(rehearsal.workspace.store, rehearsal.started.id);
  const landing = run.landing?.state === "landed" ? run.landing.intended : undefined;
  if (landing === undefined) return "";
  const commits = await branchHistory(rehearsal.workspace, landing.branch, run.spec.base);
  return [heading(look, `${branchOf(run)} now (titles and reasons: ${wordsOf(look)})`, "git log"), withTrailersApart(visible(commits, { lines: true }))].join("\n");
}

export function recordedText(recorded: Recorded, ink: Ink): string {
  const look: RehearsalLook = { ink, width: WIDEST, speaker: "scripted words" };
  const { run } = recorded.view;
  return [
    "What follows was recorded on another machine.",
    ...sections(run, visible(recorded.diff, { lines: true }).trimEnd(), look),
    heading(look, "What was rejected afterwards", "vigil review last --reject IDS"),
    rejected(run, look),
    heading(look, `${branchOf(run)} in the end (titles and reasons: ${wordsOf(look)})`, "git log"),
    withTrailersApart(visible(recorded.landed, { lines: true })),
  ].join("\n");
}

function sections(run: Run, diff: string, look: RehearsalLook): string[] {
  return [
    heading(look, "The timeline", "vigil timeline last"),
    inTimeline(labelled(timelineText(timeline(run), look), look), look.ink),
    heading(look, `The diff set: every hunk with its reason (after #: ${wordsOf(look)})`, "vigil diff last"),
    diff,
    heading(look, "Check results", "what ran on which tree"),
    checks(run),
  ];
}

/** A goal is given up in the agent's words as well: nobody may take the script for one. */
function labelled(text: string, { speaker }: RehearsalLook): string {
  return speaker === "the agent" ? text : text.replaceAll("goal abandoned by the agent: ", `goal abandoned by the agent (${speaker}): `);
}

export function heading({ ink }: Pick<RehearsalLook, "ink">, text: string, command: string): string {
  return `\n${ink.bold(`== ${text}`)}   ${ink.dim(`[${command}]`)}\n`;
}

function wordsOf({ speaker }: RehearsalLook): string {
  return speaker === "the agent" ? "the agent's" : speaker;
}

function branchOf(run: Run): string {
  return visible(run.landing?.intended.branch ?? "no branch");
}

function landedList(run: Run, { speaker }: RehearsalLook): string {
  const titles = new Map(run.decisions.map((decision) => [decision.id, decision.titleRevised ?? decision.reason.title]));
  const commits = run.landing?.intended.commits ?? [];
  return commits.map(({ commit, decisions }) => `  ${commit.slice(0, 10)}  ${decisions.map((id) => `${id}  ${speaker}: "${oneLine(titles.get(id) ?? "", 70)}"`).join("; ")}`).join("\n");
}

function rejected(run: Run, { speaker }: RehearsalLook): string {
  const rows = run.decisions.flatMap((decision) => {
    const { whole, own } = effectiveVerdict(decision);
    if (whole !== "reject") return [];
    const why = own?.comment === undefined ? "" : ` ${visible(own.comment)}`;
    return [`  ${decision.id}  ${speaker}: "${oneLine(decision.titleRevised ?? decision.reason.title, 70)}". Rejected.${why}`];
  });
  return rows.length === 0 ? "  nothing" : rows.join("\n");
}

/**
 * `git log` sets the whole message in. A commit's last paragraph is its trailers, which Vigil wrote: they stand at the
 * line's beginning, so that they can be told from the agent's words and found by a search.
 */
export function withTrailersApart(log: string): string {
  return log.trimEnd().replace(/^ {4}[\w-]+: .*(?:\n {4}[\w-]+: .*)*(?=\n(?! {4})|$(?![\s\S]))/gmu, (block) => block.replace(/^ {4}/gmu, ""));
}

function checks(run: Run): string {
  const sources = { policy: "required", plan: "from the plan", claim: "chosen by the agent", goal: "chosen by the agent" } as const;
  const rows = run.receipts.map((receipt) => {
    const on = receipt.on.decision === undefined ? receipt.on.kind : `${receipt.on.kind} ${receipt.on.decision}`;
    return `  ${(receipt.outcome === "unable" ? "could not run" : receipt.outcome).padEnd(5)}  ${oneLine(receipt.command, 60)}  on the ${on} (tree ${receipt.on.tree.slice(0, 10)}), exit ${String(receipt.exit ?? "none")}, ${duration(receipt.ms)}, ${sources[receipt.source]}`;
  });
  return rows.length === 0 ? "  none ran" : rows.join("\n");
}
