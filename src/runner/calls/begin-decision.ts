// begin_decision: from here to end_decision every change belongs to this one choice.
import type { DecisionReason } from "../../core/log/decisions.js";
import type { RunEvent } from "../../core/log/event.js";
import { firstOpen, goalState } from "../../core/goals/tree.js";
import { limitText } from "../../core/run/limit-text.js";
import { reserved } from "../../core/run/reserve.js";
import { writesWorktree } from "../../core/stage.js";
import type { ToolInput } from "../../agent/tools.js";
import type { PendingCall } from "../../agent/workbench.js";
import { cut } from "../cut.js";
import { answered } from "../gate.js";
import { needsPlan } from "../plan-approval.js";
import { rest } from "../rest.js";
import type { Site } from "../site.js";
import { workshopTree } from "../workshop-tree.js";
import { answerOnly, finished, intent, type Flow } from "./call.js";

type Input = Extract<ToolInput, { tool: "begin_decision" }>;

const OPTIONS = 10;
const WORDS = 1_000;

export async function beginDecision(site: Site, call: PendingCall, input: Input): Promise<Flow> {
  const { ledger } = site;
  const refused = refusal(site, input);
  if (refused !== undefined) {
    await answerOnly(ledger, call, { kind: "deny", rule: "decision order" }, "error", input.title, refused);
    return { kind: "skip" };
  }
  await waitForRoom(site);
  if (site.halt.aborted) {
    await answerOnly(ledger, call, { kind: "deny", rule: "stopped" }, "skipped", input.title, "interrupted: the run was stopped before this call.");
    return { kind: "end", end: { kind: "stopped", why: "stopped while an approval was waited for" } };
  }
  const begun = intent(ledger, call, input.title, { kind: "allow", rule: "a decision may always be opened" });
  await ledger.append(begun);
  const started = performance.now();
  const border = await site.shop.border();
  const { run } = ledger;
  const id = `d${String(run.decisions.length + 1)}`;
  const before = run.tree ?? run.spec.base;
  const lines = [
    `Decision ${id} is open. Every change until end_decision belongs to it.`,
    writesWorktree(run.stage)
      ? "Files are written in the worktree now."
      : "This run is read-only: changes stay in a layer, and end_decision keeps them as a proposal.",
    ...borderLines(border),
  ];
  const events: RunEvent[] = [
    ...discardedEvents(border),
    { kind: "decision.opened", decision: id, reason: reasonOf(ledger.line.bind(ledger), input), before, step: begun.step },
    await finished(ledger, begun.step, call.id, { outcome: "ok", text: lines.join("\n"), ms: performance.now() - started }),
  ];
  await ledger.append(...events);
  site.shop.open(workshopTree(ledger.run));
  return { kind: "next" };
}

function refusal(site: Site, input: Input): string | undefined {
  const { run } = site.ledger;
  if (needsPlan(run)) return "A person wants to see the goals first. Call set_goals with your plan; nothing is changed before it is approved.";
  const reserve = reserved(run);
  if (reserve !== undefined) return `Too late for another decision: ${limitText(reserve)} of this run's limit are used, and what is left is for finishing. Call finish, and say what is not done.`;
  if (run.openDecision !== undefined) return `Decision ${run.openDecision} is still open. Call end_decision first: everything belongs to exactly one decision.`;
  if (input.goal !== undefined && run.goals.length > 0 && !run.goals.some((goal) => goal.id === input.goal)) {
    return `There is no goal ${input.goal}. Goals: ${run.goals.map((goal) => goal.id).join(", ")}. Leave goal out, or call set_goals.`;
  }
  if (input.goal !== undefined && run.goals.length > 0 && goalState(run, input.goal) === "abandoned") return `Goal ${input.goal} was given up, and it stays so. Go on with another one${firstOpen(run) === undefined ? "" : `, such as ${firstOpen(run)?.id ?? ""}`}, or finish.`;
  return undefined;
}

// At gated-write the run works ahead of the approvals, but only so far.
async function waitForRoom(site: Site): Promise<void> {
  const { ledger } = site;
  const waiting = () =>
    ledger.run.gates.filter((gate) => gate.type === "decision" && gate.state.kind === "open" && ledger.run.decisions.some((decision) => decision.id === gate.decision && decision.state === "kept"));
  for (;;) {
    const open = waiting();
    const oldest = open[0];
    if (oldest === undefined || open.length <= ledger.run.spec.policy.values.speculate) return;
    await answered(ledger, oldest.id, site.halt);
    await rest(site);
    if (site.halt.aborted) return;
  }
}

/** What a border ended and discarded, for the model; empty when nothing. */
export function borderLines(border: { readonly ended: readonly string[]; readonly discarded: { readonly paths: readonly string[]; readonly total: number } }): readonly string[] {
  const { paths, total } = border.discarded;
  return [
    ...(total === 0 ? [] : [`Discarded from the throw-away layer (changed outside a decision): ${paths.slice(0, 20).join(", ")}${total > 20 ? ` and ${String(total - Math.min(20, paths.length))} more` : ""}. Make such changes inside a decision: begin_decision to keep changes.`]),
    ...(border.ended.length === 0 ? [] : [`Ended processes: ${border.ended.slice(0, 10).join(" · ")}`]),
  ];
}

export function discardedEvents(border: { readonly ended: readonly string[]; readonly discarded: { readonly paths: readonly string[]; readonly total: number } }): readonly RunEvent[] {
  const { paths, total } = border.discarded;
  if (total === 0 && border.ended.length === 0) return [];
  return [{ kind: "layer.discarded", paths: paths.slice(0, 200), total, ended: border.ended.slice(0, 50) }];
}

function reasonOf(line: (text: string) => string, input: Input): DecisionReason {
  return {
    title: line(input.title),
    why: cut(input.why, 4_000),
    insteadOf: (input.instead_of ?? []).slice(0, OPTIONS).map((item) => ({ option: cut(item.option, WORDS), whyNot: cut(item.why_not, WORDS) })),
    ...(input.goal === undefined ? {} : { goal: line(input.goal) }),
    ...(input.confidence === undefined ? {} : { confidence: input.confidence }),
    ...(input.undo === undefined ? {} : { undo: input.undo }),
  };
}
