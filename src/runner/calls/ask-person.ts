// request_permission and ask_human: questions that only a person can answer. What policy denies cannot be granted.
import type { RunEvent } from "../../core/log/event.js";
import { grantable } from "../../core/judge/judge.js";
import type { ToolInput } from "../../agent/tools.js";
import type { PendingCall } from "../../agent/workbench.js";
import { ask, askedTooOften, targetForLog, type Question } from "../gate.js";
import { judgeHostNow } from "../hosts.js";
import { rest } from "../rest.js";
import type { Site } from "../site.js";
import { isWithoutCommands } from "../without-commands.js";
import { unanswered } from "../unanswered.js";
import { workshopTree } from "../workshop-tree.js";
import { borderLines } from "./begin-decision.js";
import { answerOnly, finished, intent, type Flow } from "./call.js";

type PermissionInput = Extract<ToolInput, { tool: "request_permission" }>;
type QuestionInput = Extract<ToolInput, { tool: "ask_human" }>;

export async function requestPermission(site: Site, call: PendingCall, input: PermissionInput): Promise<Flow> {
  const { ledger } = site;
  if (input.kind === "host") return requestHost(site, call, input);
  const refused = impossible(site, input) ?? grantable(input.kind, input.target, ledger.run.spec.policy.values);
  if (refused !== undefined) {
    await answerOnly(ledger, call, { kind: "deny", rule: "policy cannot be overruled" }, "denied", `${input.kind} ${input.target}`, refused);
    return { kind: "skip" };
  }
  return consult(site, call, `${input.kind} ${input.target}`, permission(site, call, input, input.kind === "write" ? "write" : "run"));
}

// A host is opened by walls, so the tools start anew behind others: what was put up before cannot let more through.
async function requestHost(site: Site, call: PendingCall, input: PermissionInput): Promise<Flow> {
  const { ledger } = site;
  const about = `host ${input.target}`;
  const verdict = await judgeHostNow(site, input.target);
  if (verdict.kind !== "ask") {
    const denied = verdict.kind === "deny";
    const text = denied ? (verdict.tell ?? `Refused: ${verdict.rule}.`) : `${input.target} can be reached already (${verdict.rule}), through the proxy that the environment names (HTTPS_PROXY).`;
    await answerOnly(ledger, call, { kind: verdict.kind, rule: verdict.rule }, denied ? "denied" : "ok", about, text);
    return { kind: denied ? "skip" : "next" };
  }
  return consult(site, call, about, permission(site, call, input, "reach"), async () => {
    const ended = await site.shop.close();
    site.shop.open(workshopTree(ledger.run));
    return [
      "Commands reach it through the proxy that the environment names (HTTPS_PROXY). The tools were started anew, in the same folder and with the same variables.",
      ...borderLines({ ended, discarded: { paths: [], total: 0 } }),
    ];
  });
}

function permission(site: Site, call: PendingCall, input: PermissionInput, verb: string): Question {
  return {
    type: input.kind,
    target: targetForLog(input.target),
    why: input.why,
    shown: [`The agent asks to ${verb}:`, input.target, "", `The agent's reason: ${input.why}`].join("\n"),
    ifDenied: input.if_denied,
    decision: site.ledger.run.openDecision,
    call: call.id,
  };
}

// What no person can grant either, because this machine could not keep it.
function impossible(site: Site, input: PermissionInput): string | undefined {
  if (input.kind === "command" && isWithoutCommands(site)) return "Commands cannot be confined on this machine, so none are run and nobody can permit one. Work with read, glob and grep, or say in finish what should be run.";
  return undefined;
}

export async function askHuman(site: Site, call: PendingCall, input: QuestionInput): Promise<Flow> {
  return consult(site, call, input.question, {
    type: "question",
    target: targetForLog(input.question),
    why: "The agent asks.",
    shown: [input.question, ...(input.options ?? []).map((option) => `- ${option}`)].join("\n"),
    options: input.options ?? [],
    call: call.id,
  });
}

/** `then`: what a yes brings about before it is answered, with lines for the agent. */
async function consult(site: Site, call: PendingCall, about: string, question: Question, then: () => Promise<readonly string[]> = () => Promise.resolve([])): Promise<Flow> {
  const { ledger } = site;
  const tooMany = askedTooOften(ledger.run, call.id);
  if (tooMany !== undefined) {
    await answerOnly(ledger, call, { kind: "deny", rule: "vigil.policy.limits.gates" }, "denied", about, tooMany);
    return { kind: "skip" };
  }
  const nobody = await unanswered(site, question, call);
  if (nobody.kind !== "wait") {
    await answerOnly(ledger, call, { kind: "ask", rule: nobody.rule }, "denied", about, nobody.text);
    return nobody.kind === "stop" ? { kind: "end", end: nobody.end } : { kind: "skip" };
  }
  const answer = await ask(ledger, question, site.halt);
  await rest(site);
  if (answer.kind === "none" || site.halt.aborted) {
    const text = site.halt.aborted ? "interrupted: the run was stopped before a person answered." : "The question was withdrawn before a person answered. Go on without it.";
    await answerOnly(ledger, call, { kind: "ask", rule: "a person must answer" }, "skipped", about, text);
    return site.halt.aborted ? { kind: "end", end: { kind: "stopped", why: "stopped while a person was asked" } } : { kind: "skip" };
  }
  const said = answer.comment === undefined ? "" : ` The person says: "${answer.comment}".`;
  const text = question.type === "question" ? `${answer.kind === "allow" ? "Answered: yes." : "Answered: no."}${said}` : answer.kind === "allow" ? `Allowed: exactly ${question.target}.${said}` : `Denied.${said} ${question.ifDenied === undefined ? "" : `You said you would: ${question.ifDenied}`}`.trim();
  const lines = answer.kind === "allow" ? await then() : [];
  const begun = intent(ledger, call, about, { kind: "ask", rule: `answered by a person (${answer.gate.id})` });
  const outcome = answer.kind === "allow" || question.type === "question" ? ("ok" as const) : ("denied" as const);
  const events: RunEvent[] = [begun, await finished(ledger, begun.step, call.id, { outcome, text: [text, ...lines].join("\n"), ms: 0 })];
  await ledger.append(...events);
  return { kind: outcome === "ok" ? "next" : "skip" } satisfies Flow;
}
