// Ending a decision: the workshop dies first, then the comparison says what the decision changed, its claims are checked,
// and its checkpoint is taken. The agent ends it, or the supervisor does when the agent forgot.
import type { RunEvent } from "../../core/log/event.js";
import type { FileChange, Sha } from "../../core/log/parts.js";
import type { Decision } from "../../core/run/run.js";
import { stageRank, writesWorktree, type Stage } from "../../core/stage.js";
import type { ToolInput } from "../../agent/tools.js";
import type { PendingCall } from "../../agent/workbench.js";
import { checkpoint } from "../../git/checkpoint.js";
import { compareTrees, patch } from "../../git/compare.js";
import { restore } from "../../git/restore.js";
import { runChecks, type CheckEvent } from "../checks.js";
import { cut } from "../cut.js";
import { raised } from "../gate.js";
import { checkGoal } from "../goals/done-check.js";
import { heldToOf, lastCheckpoint } from "../held-to.js";
import { inspect } from "../inspection.js";
import { keepProposal } from "../proposals.js";
import { rest } from "../rest.js";
import type { Site } from "../site.js";
import { beyondSize } from "../size.js";
import { borderLines, discardedEvents } from "./begin-decision.js";
import { answerOnly, finished, intent, type Flow } from "./call.js";

type Input = Extract<ToolInput, { tool: "end_decision" }>;

const SPLIT_LINES = 400;
const SPLIT_FILES = 15;
const CLAIMS = 5;
/** What a log line keeps: claims by number, words by characters. The reply holds them whole. */
const CLAIMS_KEPT = 10;
const WORDS = 2_000;

export async function endDecision(site: Site, call: PendingCall, input: Input): Promise<Flow> {
  const { ledger } = site;
  const open = openDecision(site);
  if (open === undefined) {
    await answerOnly(ledger, call, { kind: "deny", rule: "decision order" }, "error", "end_decision", "No decision is open. Call begin_decision before changing files.");
    return { kind: "skip" };
  }
  const tooLarge = input.discard === undefined ? await beyondSize(site, open) : undefined;
  if (tooLarge !== undefined) {
    await answerOnly(ledger, call, { kind: "deny", rule: "vigil.policy.limits" }, "denied", input.title ?? open.reason.title, tooLarge);
    return site.halt.aborted ? { kind: "end", end: { kind: "stopped", why: "stopped while a person was asked" } } : { kind: "skip" };
  }
  // A rejection that came while a person was asked has taken the decision away.
  await rest(site);
  if (openDecision(site)?.id !== open.id) return endDecision(site, call, input);
  const begun = intent(ledger, call, input.title ?? open.reason.title, { kind: "allow", rule: "a decision may always be ended" }, writesWorktree(ledger.run.stage) ? ledger.run.tree : undefined);
  await ledger.append(begun);
  const started = performance.now();
  const ended = await close(site, open, begun.step, "agent", input);
  await ledger.append(...ended.events, await finished(ledger, begun.step, call.id, { outcome: "ok", text: ended.lines.join("\n"), tree: ended.tree, changed: ended.changed, ms: Math.max(0, performance.now() - started - ended.checkedMs) }));
  await ended.settled();
  site.shop.open("layer");
  return { kind: "next" };
}

/**
 * Ends the open decision without the agent: "ended by the supervisor, no claim". Nothing happens where none is open.
 * `unchecked`: its goal is given up, so that its check says nothing any more.
 */
export async function endForAgent(site: Site, goal: "checked" | "unchecked" = "checked"): Promise<void> {
  const open = openDecision(site);
  if (open === undefined) return;
  const step = site.ledger.run.spent.steps;
  const ended = await close(site, open, step, "supervisor", { tool: "end_decision", outcome: "ended by the supervisor, no claim" }, goal);
  await site.ledger.append(...ended.events);
  await ended.settled();
}

function openDecision(site: Site): Decision | undefined {
  const { run } = site.ledger;
  return run.decisions.find((decision) => decision.id === run.openDecision);
}

interface Closed {
  readonly events: readonly RunEvent[];
  readonly lines: readonly string[];
  readonly tree: Sha | undefined;
  readonly changed: readonly string[];
  /** What is left to do once the events are in the log. */
  readonly settled: () => Promise<void>;
  /** Time that went into checks, which their receipts count. */
  readonly checkedMs: number;
}

async function close(site: Site, open: Decision, step: number, by: "agent" | "supervisor", input: Input, goal: "checked" | "unchecked" = "checked"): Promise<Closed> {
  const { ledger, worktree } = site;
  const processes = await site.shop.close();
  const writable = writesWorktree(ledger.run.stage);
  const dropped = input.discard !== undefined;
  const result = writable ? await inWorktree(site, open, step, dropped) : await keepProposal(site, open, step, dropped);
  const files = await compareTrees(worktree, open.before, result.tree);
  const outcome = dropped ? "discarded" : files.length === 0 ? "empty" : writable ? "kept" : "proposed";
  const heldTo = heldToOf(ledger.run, files);
  const commit = files.length === 0 ? undefined : await checkpoint(worktree, { tree: result.tree, parent: lastCheckpoint(ledger.run) ?? ledger.run.spec.base, message: `${open.id}: ${open.reason.title}`, name: open.id });
  const receipts = outcome === "kept" || outcome === "proposed" ? await claimReceipts(site, open, result.tree, input, writable) : [];
  const checked = goal === "unchecked" || (outcome !== "kept" && outcome !== "proposed") ? undefined : await checkGoal(site, open.reason.goal, { kind: "decision", tree: result.tree, decision: open.id }, writable, receipts.length);
  const gate = outcome === "kept" && needsApproval(heldTo) ? await approval(site, open, result.tree, files, input) : undefined;
  const decided: RunEvent = {
    kind: "decision.ended",
    decision: open.id,
    outcome,
    by,
    after: result.tree,
    files: [...files],
    heldTo,
    outcomeText: cut(input.discard ?? input.outcome, WORDS),
    notes: (input.notes ?? []).filter((note) => files.some((file) => file.path === note.path)).map((note) => ({ path: note.path, why: cut(note.why, WORDS) })),
    claims: (input.claims ?? []).slice(0, CLAIMS_KEPT).map((claim, n) => ({ claim: cut(claim.claim, WORDS / 4), command: cut(claim.command, WORDS), ...(receipts[n] === undefined ? {} : { receipt: receipts[n].id }) })),
    step,
    ...(commit === undefined ? {} : { checkpoint: commit }),
    ...(input.why === undefined ? {} : { whyRevised: cut(input.why, 4_000) }),
    ...(input.title === undefined ? {} : { titleRevised: ledger.line(input.title) }),
  };
  const border = { ended: processes, discarded: result.discarded };
  return {
    events: [...discardedEvents(border), ...result.violations, ...receipts, decided, ...(checked?.events ?? []), ...(gate === undefined ? [] : [gate.event])],
    lines: [summary(open, outcome, files), ...claimLines(receipts, input), ...(checked?.lines ?? []), ...(gate === undefined ? [] : [`It waits for a person's approval (${gate.gate}). Go on with the next decision; if it is rejected you are told what fell.`]), ...(result.tell === "" ? [] : [result.tell]), ...sizeLines(files), ...borderLines(border)],
    tree: writable ? result.tree : undefined,
    changed: files.map((file) => file.path),
    settled: result.settled,
    checkedMs: receipts.reduce((sum, receipt) => sum + receipt.ms, checked?.ms ?? 0),
  };
}

const NOTHING = { paths: [], total: 0 } as const;

async function inWorktree(site: Site, open: Decision, step: number, dropped: boolean) {
  if (dropped) {
    await restore(site.worktree, open.before);
    return { tree: open.before, violations: [], tell: "", discarded: NOTHING, settled: nothingLeft };
  }
  const seen = await inspect(site, site.ledger.run.tree ?? open.before, step);
  return { tree: seen.tree, violations: seen.violations, tell: seen.tell, discarded: NOTHING, settled: nothingLeft };
}

// What was written stands in the worktree already.
function nothingLeft(): Promise<void> {
  return Promise.resolve();
}

function needsApproval(heldTo: Stage): boolean {
  return stageRank(heldTo) <= stageRank("gated-write");
}

async function approval(site: Site, open: Decision, tree: Sha, files: readonly FileChange[], input: Input) {
  const shown = [`${open.id}: ${input.title ?? open.reason.title}`, `The agent's reason: ${input.why ?? open.reason.why}`, "", await patch(site.worktree, open.before, tree)].join("\n");
  return raised(site.ledger, {
    type: "decision",
    target: open.id,
    why: `${open.reason.title} (${String(files.length)} ${files.length === 1 ? "file" : "files"}). The agent: ${site.ledger.line(input.why ?? open.reason.why)}`,
    shown,
    ifDenied: "This decision and everything built on it leaves the worktree; the agent is told why.",
    decision: open.id,
  });
}

// A claim's command was chosen by the model: its receipt is the agent's own check and satisfies nothing required.
async function claimReceipts(site: Site, open: Decision, tree: Sha, input: Input, inPlace: boolean): Promise<readonly CheckEvent[]> {
  const commands = (input.claims ?? []).slice(0, CLAIMS).map((claim) => claim.command);
  // Up to the first that is no line for a record: receipts and claims are told from each other by their order.
  const long = commands.findIndex((command) => command.length > WORDS);
  return runChecks(site, long < 0 ? commands : commands.slice(0, long), "claim", { kind: "decision", tree, decision: open.id }, inPlace, { together: true });
}

function summary(open: Decision, outcome: string, files: readonly FileChange[]): string {
  if (outcome === "empty") return `Decision ${open.id} ended: it changed nothing.`;
  if (outcome === "discarded") return `Decision ${open.id} ended: tried and dropped. Files are as they were before it.`;
  const lines = files.reduce((sum, file) => sum + file.added + file.removed, 0);
  return `Decision ${open.id} ended, ${outcome === "kept" ? "kept" : "kept as a proposal"}: ${String(files.length)} ${files.length === 1 ? "file" : "files"}, ${String(lines)} changed lines.`;
}

function claimLines(receipts: readonly CheckEvent[], input: Input): readonly string[] {
  const unchecked = (input.claims ?? []).length - receipts.length;
  const rest = unchecked > 0 ? [`${String(unchecked)} of your claims were not checked and count as unproven: at most ${String(CLAIMS)} are, each with a command of at most ${String(WORDS)} characters.`] : [];
  return [...rest, ...receipts.map((receipt) => `Claim check "${receipt.command}": ${receipt.outcome}${receipt.why === undefined ? "" : ` (${receipt.why})`}.`)];
}

function sizeLines(files: readonly FileChange[]): readonly string[] {
  const lines = files.reduce((sum, file) => sum + file.added + file.removed, 0);
  if (lines <= SPLIT_LINES && files.length <= SPLIT_FILES) return [];
  return [`That was large (${String(files.length)} files, ${String(lines)} lines): a reviewer must read all of it. Make the next decisions smaller, one reason each.`];
}
