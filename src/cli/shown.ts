// A run's state as lines for a person. Everything the agent or the task's author wrote passes the one sink for screens.
import type { Shown } from "../client/show-run.js";
import { visible } from "../core/text/visible.js";
import { count, duration } from "../core/run/amounts.js";
import { dollars, localMinute } from "./amounts.js";

export function shownText(shown: Shown): string {
  const rows: [string, string][] = [
    ["run", shown.id],
    ["task", visible(shown.task)],
    ["state", shown.why === "" ? shown.state : `${shown.state}: ${visible(shown.why)}`],
    ["stage", `${shown.stage} (${visible(shown.stageWhy)})`],
    ["started", localMinute(shown.startedAt)],
    ["so far", `${count(shown.steps, "step")}, ${count(shown.decisions, "decision")}, ${duration(shown.workedMs)} of work, ${dollars(shown.usd)}`],
    ["owner", shown.owner],
    ["worktree", shown.worktree],
    ["process", shown.pid === null ? "none" : String(shown.pid)],
  ];
  if (shown.landed !== null) rows.push(["landed", `${count(shown.landed.commits.length, "commit")} on ${shown.landed.branch}`]);
  const lines = rows.map(([name, value]) => `${name.padEnd(9)} ${value}`);
  for (const notice of shown.notices) lines.push(`note      ${visible(notice)}`);
  for (const gate of shown.gates) lines.push("", gateText(shown.id, gate));
  const next = nextStep(shown);
  if (next !== undefined) lines.push("", next);
  return lines.join("\n");
}

/** A question and how to answer it. The target is shown whole: an answer is about exactly that. */
export function gateText(run: string, gate: { readonly id: string; readonly kind: string; readonly target: string; readonly why: string; readonly ifDenied?: string | undefined }): string {
  const lines = [`Approval ${gate.id} (${gate.kind}): ${visible(gate.target, { lines: true })}`, `  why: ${visible(gate.why, { lines: true })}`];
  if (gate.ifDenied !== undefined) lines.push(`  if denied: ${visible(gate.ifDenied, { lines: true })}`);
  lines.push(`  answer: vigil answer ${run} ${gate.id} allow   (or: deny --comment "why not")`);
  return lines.join("\n");
}

function nextStep(shown: Shown): string | undefined {
  if (shown.state === "ready" && shown.undecided > 0) return `${count(shown.undecided, "decision")} to review: vigil review ${shown.id}`;
  if (shown.state === "ready") return `Everything has a verdict: vigil land ${shown.id}`;
  if (shown.state === "proposed") return `Proposals only, nothing was changed: vigil diff ${shown.id}, then vigil review and vigil adopt.`;
  if (shown.state === "interrupted" || shown.state === "paused") return `To go on: vigil resume ${shown.id}`;
  return undefined;
}
