// bash, read, write, edit, glob, grep: judged here, run in the workshop, compared afterwards.
import path from "node:path";
import { judge, type Action, type Verdict } from "../../core/judge/judge.js";
import type { ToolInput } from "../../agent/tools.js";
import type { PendingCall } from "../../agent/workbench.js";
import { restore } from "../../git/restore.js";
import type { ToolResult } from "../../sandbox/workshop.js";
import { ask, askedTooOften, targetForLog, type Question } from "../gate.js";
import { recordContacts, refusedLines } from "../hosts.js";
import { inspect, type Inspection } from "../inspection.js";
import { judgedRun } from "../judged-run.js";
import { rest } from "../rest.js";
import type { Site } from "../site.js";
import { unanswered } from "../unanswered.js";
import { workshopTree } from "../workshop-tree.js";
import { isWithoutCommands } from "../without-commands.js";
import { answerOnly, finished, flowAfter, intent, type Flow, type Outcome } from "./call.js";

export type ToolsetCall = Extract<ToolInput, { tool: "bash" | "read" | "write" | "edit" | "glob" | "grep" }>;

const DEFAULT_TIMEOUT_MS = 120_000;
const LONGEST_TIMEOUT_MS = 30 * 60_000;

export async function useTool(site: Site, call: PendingCall, parsed: ToolsetCall): Promise<Flow> {
  const about = aboutOf(parsed);
  const action = actionOf(parsed, site.worktree.root);
  const asked = judgeNow(site, action);
  if (asked.kind === "allow") return runTool(site, call, parsed, about, asked);
  if (asked.kind === "deny") return refuse(site, call, about, asked);
  const stop = await permitted(site, call, action, about, asked);
  if (stop !== undefined) return stop;
  // Hours may have passed: the stage, the policy and the decision are what they are now. The yes was to this very call.
  const now = judgeNow(site, action);
  return now.kind === "deny" ? refuse(site, call, about, now) : runTool(site, call, parsed, about, asked);
}

function judgeNow(site: Site, action: Action): Verdict {
  return judge(action, site.ledger.run.spec.policy.values, { ...judgedRun(site.ledger.run), withoutCommands: isWithoutCommands(site) });
}

async function refuse(site: Site, call: PendingCall, about: string, verdict: Verdict): Promise<Flow> {
  await answerOnly(site.ledger, call, verdictOf(verdict), "denied", about, verdict.tell ?? `Refused: ${verdict.rule}.`);
  return { kind: "skip" };
}

async function runTool(site: Site, call: PendingCall, parsed: ToolsetCall, about: string, verdict: Verdict): Promise<Flow> {
  const { ledger } = site;
  const mayWrite = parsed.tool === "bash" || parsed.tool === "write" || parsed.tool === "edit";
  const before = mayWrite && site.shop.tree === "write" ? ledger.run.tree : undefined;
  // Without commands a write makes a tree and no files: there is one to go back to, and nothing to compare or restore.
  const noted = mayWrite && isWithoutCommands(site) ? ledger.run.tree : before;
  const begun = intent(ledger, call, about, verdictOf(verdict), noted);
  await ledger.append(begun);
  const started = performance.now();
  const result = await site.shop.call({ id: call.id, tool: parsed.tool, input: toolInput(parsed), timeoutMs: timeoutOf(parsed) });
  if (result.kind === "unstarted") {
    const text = `interrupted: the tools could not be started, so this call was not run. ${result.why}`;
    await ledger.append(await finished(ledger, begun.step, call.id, { outcome: "interrupted", text, ms: performance.now() - started }));
    return { kind: "end", end: { kind: "failed", why: result.why } };
  }
  const contacts = mayWrite ? await site.shop.contacts() : [];
  await recordContacts(site, contacts, begun);
  if (result.kind === "lost") return lost(site, call, begun.step, before, result.why, performance.now() - started);
  const seen = before === undefined ? undefined : await inspect(site, before, begun.step);
  if (seen !== undefined && seen.violations.length > 0) {
    // What the command left in the background could go on breaking the rule, so it ends here.
    await site.shop.close();
    site.shop.open(workshopTree(ledger.run));
  }
  const outcome = { ...outcomeOf(result, seen, refusedLines(contacts), performance.now() - started), ...madeTree(site, parsed, result, noted) };
  const repeats = site.repeats.note(call, begun.step, outcome.text);
  await ledger.append(...(seen?.violations ?? []), { ...(await finished(ledger, begun.step, call.id, outcome)), ...(repeats === undefined ? {} : { repeats }) });
  return flowAfter(outcome.outcome);
}

// The workshop died under the call: what it half did is taken back, and only the model may decide to try again.
async function lost(site: Site, call: PendingCall, step: number, before: string | undefined, why: string, ms: number): Promise<Flow> {
  const { ledger } = site;
  // Nothing of the workshop may write any more when the files go back.
  await site.shop.close();
  if (before !== undefined) await restore(site.worktree, before);
  const text = `interrupted: ${why}. ${before === undefined ? "" : "Files are as they were before this call. "}Call it again if it is still needed.`;
  await ledger.append(await finished(ledger, step, call.id, { outcome: "interrupted", text, tree: before, ms }));
  if (site.halt.aborted) return { kind: "end", end: { kind: "stopped", why: "the run was stopped" } };
  return { kind: "skip" };
}

async function permitted(site: Site, call: PendingCall, action: Action, about: string, verdict: Verdict): Promise<Flow | undefined> {
  const { ledger } = site;
  const tooMany = askedTooOften(ledger.run, call.id);
  if (tooMany !== undefined) {
    await answerOnly(ledger, call, verdictOf(verdict), "denied", about, `Not run: ${verdict.rule}. ${tooMany}`);
    return { kind: "skip" };
  }
  const target = action.kind === "write" ? action.path : action.kind === "command" ? action.line : about;
  const question: Question = {
    type: action.kind === "command" ? "command" : "write",
    target: targetForLog(target),
    why: verdict.rule,
    shown: [`The agent wants to ${action.kind === "command" ? "run" : "write"}:`, target, "", `It needs a person because of: ${verdict.rule}`].join("\n"),
    ifDenied: "The call is answered as denied and the run goes on.",
    decision: ledger.run.openDecision,
    call: call.id,
  };
  const nobody = await unanswered(site, question, call);
  if (nobody.kind !== "wait") {
    await answerOnly(ledger, call, { kind: "ask", rule: `${verdict.rule}; ${nobody.rule}` }, "denied", about, nobody.text);
    return nobody.kind === "stop" ? { kind: "end", end: nobody.end } : { kind: "skip" };
  }
  const answer = await ask(ledger, question, site.halt);
  await rest(site);
  if (answer.kind === "allow" && !site.halt.aborted) return undefined;
  if (site.halt.aborted) {
    await answerOnly(ledger, call, verdictOf(verdict), "skipped", about, "interrupted: the run was stopped before a person answered.");
    return { kind: "end", end: { kind: "stopped", why: "stopped while an approval was waited for" } };
  }
  if (answer.kind === "none") {
    await answerOnly(ledger, call, verdictOf(verdict), "denied", about, `Not run: the question about it was withdrawn (${verdict.rule}). Ask again if it is still needed.`);
    return { kind: "skip" };
  }
  const comment = answer.kind === "deny" && answer.comment !== undefined ? ` The person says: "${answer.comment}".` : "";
  await answerOnly(ledger, call, verdictOf(verdict), "denied", about, `Denied by a person (${verdict.rule}).${comment} Do not try the same another way.`);
  return { kind: "skip" };
}

/** What a write without commands made. */
function madeTree(site: Site, parsed: ToolsetCall, result: ToolResult, before: string | undefined): Pick<Outcome, "tree" | "changed"> {
  if (result.kind !== "ok" || result.tree === undefined) return {};
  const action = actionOf(parsed, site.worktree.root);
  return { tree: result.tree, changed: action.kind === "write" && result.tree !== before ? [action.path] : [] };
}

function outcomeOf(result: Exclude<ToolResult, { kind: "lost" }>, seen: Inspection | undefined, refused: readonly string[], ms: number): Outcome {
  const text = [result.text, ...refused, ...(seen === undefined || seen.tell === "" ? [] : [seen.tell])].join("\n");
  return {
    outcome: result.kind === "ok" && (seen === undefined || seen.tell === "") ? "ok" : "error",
    text: text === "" ? "(no output)" : text,
    ms,
    ...(result.exit === undefined ? {} : { exit: result.exit }),
    ...(seen === undefined ? {} : { tree: seen.tree, changed: seen.changed }),
  };
}

function toolInput(parsed: ToolsetCall): unknown {
  const { tool: _tool, ...input } = parsed;
  return input;
}

function verdictOf(verdict: Verdict): { kind: Verdict["kind"]; rule: string } {
  return { kind: verdict.kind, rule: verdict.rule };
}

function timeoutOf(parsed: ToolsetCall): number {
  const asked = parsed.tool === "bash" ? parsed.timeout_ms : undefined;
  return Math.min(asked ?? DEFAULT_TIMEOUT_MS, LONGEST_TIMEOUT_MS);
}

function aboutOf(parsed: ToolsetCall): string {
  switch (parsed.tool) {
    case "bash":
      return parsed.command ?? "(restart the shell)";
    case "read":
    case "write":
    case "edit":
      return parsed.file_path;
    case "glob":
    case "grep":
      return parsed.pattern;
  }
}

function actionOf(parsed: ToolsetCall, root: string): Action {
  switch (parsed.tool) {
    case "bash":
      return { kind: "command", line: parsed.command ?? "" };
    case "read":
      return { kind: "read", path: inTree(parsed.file_path, root) };
    case "write":
    case "edit":
      return { kind: "write", path: inTree(parsed.file_path, root) };
    case "glob":
    case "grep":
      return { kind: "search" };
  }
}

// The tools take absolute paths inside the worktree too; the judge speaks of repository paths only.
function inTree(file: string, root: string): string {
  if (!path.isAbsolute(file)) return file.replace(/^\.\//, "");
  const relative = path.relative(root, file);
  return relative.startsWith("..") ? file : relative;
}
