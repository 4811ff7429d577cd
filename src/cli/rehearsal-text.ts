// What a rehearsal leaves to read: the timeline, the diff set with its reasons, the check results, the landed commits.
// Wherever scripted words are quoted they are labelled so.
import { branchHistory } from "../client/branch-history.js";
import { diffRun } from "../client/diff-run.js";
import { requireRun } from "../client/read-run.js";
import type { Recorded } from "../client/recorded.js";
import type { Rehearsal } from "../client/rehearse.js";
import { unified } from "../core/review/unified.js";
import { duration } from "../core/run/amounts.js";
import type { Run } from "../core/run/run.js";
import { timelineText } from "../core/run/timeline-text.js";
import { timeline } from "../core/run/timeline.js";
import { oneLine } from "../core/text/one-line.js";
import { visible } from "../core/text/visible.js";
import { indented } from "./rehearsal-acts.js";

const WIDTH = 100;

export async function rehearsalText(rehearsal: Rehearsal, speaker: string): Promise<string> {
  const { workspace, started } = rehearsal;
  const view = await requireRun(workspace.store, started.id);
  const landing = view.run.landing?.intended;
  return sections(view.run, speaker, {
    diff: unified(await diffRun(view)),
    landed: landing === undefined ? "" : await branchHistory(workspace, landing.branch, view.run.spec.base),
  });
}

export function recordedText(recorded: Recorded): string {
  return `What follows was recorded on another machine.\n${sections(recorded.view.run, "scripted words", recorded)}`;
}

function sections(run: Run, speaker: string, texts: { readonly diff: string; readonly landed: string }): string {
  const said = speaker === "the agent" ? "the agent's" : "scripted words";
  return [
    title("The timeline", "vigil timeline last"),
    labelled(timelineText(timeline(run), { width: WIDTH }), speaker),
    title(`The diff set: every hunk with its reason (after #: ${said})`, "vigil diff last"),
    visible(texts.diff, { lines: true }).trimEnd(),
    title("Check results", "what ran on which tree"),
    checks(run),
    title(`What landed on ${visible(run.landing?.intended.branch ?? "no branch")} (titles and reasons: ${said})`, "git log"),
    indented(visible(texts.landed, { lines: true })),
  ].join("\n");
}

function title(text: string, command: string): string {
  return `\n== ${text}   [${command}]\n`;
}

/** The timeline quotes "the agent"; in a rehearsal nobody may take the script for one. */
function labelled(text: string, speaker: string): string {
  return text.replaceAll('the agent: "', `${speaker}: "`).replaceAll("the agent says: ", `${speaker}: `);
}

function checks(run: Run): string {
  const sources = { policy: "required", plan: "from the plan", claim: "chosen by the agent", goal: "chosen by the agent" } as const;
  const rows = run.receipts.map((receipt) => {
    const on = receipt.on.decision === undefined ? receipt.on.kind : `${receipt.on.kind} ${receipt.on.decision}`;
    return `  ${receipt.outcome === "unable" ? "could not run" : receipt.outcome}  ${oneLine(receipt.command, 60)}  on the ${on} (tree ${receipt.on.tree.slice(0, 10)}), exit ${String(receipt.exit ?? "none")}, ${duration(receipt.ms)}, ${sources[receipt.source]}`;
  });
  return rows.length === 0 ? "  none ran" : rows.join("\n");
}
