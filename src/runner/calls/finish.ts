// finish: the agent's own account of what it did, quoted as the agent's. It ends the loop; it proves nothing.
import type { Gate } from "../../core/run/run.js";
import type { ToolInput } from "../../agent/tools.js";
import type { PendingCall } from "../../agent/workbench.js";
import { cutList } from "../cut.js";
import { answered } from "../gate.js";
import { rest } from "../rest.js";
import type { Site } from "../site.js";
import { toAskAgain } from "../unanswered.js";
import { workshopTree } from "../workshop-tree.js";
import { answerOnly, finished, intent, type Flow } from "./call.js";

const ITEMS = 50;
const WORDS = 500;

type Input = Extract<ToolInput, { tool: "finish" }>;

export async function finishRun(site: Site, call: PendingCall, input: Input): Promise<Flow> {
  const { ledger } = site;
  const { openDecision } = ledger.run;
  if (openDecision !== undefined) {
    await answerOnly(ledger, call, { kind: "deny", rule: "decision order" }, "error", "finish", `Decision ${openDecision} is still open. Call end_decision first, then finish.`);
    return { kind: "skip" };
  }
  if (hasUnheardWords(site)) {
    await answerOnly(ledger, call, { kind: "deny", rule: "somebody spoke meanwhile" }, "error", "finish", "Not yet: something was said to you while you worked, and it follows. Take it into account, then call finish again.");
    return { kind: "skip" };
  }
  const waiting = await askAgain(site);
  if (waiting !== undefined) {
    await answerOnly(ledger, call, { kind: "ask", rule: "skipped questions are asked once more" }, site.halt.aborted ? "skipped" : "error", "finish", waiting);
    return site.halt.aborted ? { kind: "end", end: { kind: "stopped", why: "stopped while approvals were waited for" } } : { kind: "skip" };
  }
  const begun = intent(ledger, call, input.summary, { kind: "allow", rule: "a run may always be finished" });
  const summary = await ledger.keep(input.summary);
  await ledger.append(
    begun,
    { kind: "finish.claimed", summary: summary.id, done: cutList(input.done ?? [], ITEMS, WORDS), notDone: cutList(input.not_done ?? [], ITEMS, WORDS), unsure: cutList(input.unsure ?? [], ITEMS, WORDS) },
    await finished(ledger, begun.step, call.id, { outcome: "ok", text: "Finished. The supervisor checks and reports.", ms: 0 }),
  );
  return { kind: "end", end: { kind: "finished" } };
}

// Nothing else is left to do, so that now there is time to wait. Asked once: whatever the answers are, the next finish ends it.
async function askAgain(site: Site): Promise<string | undefined> {
  const { ledger } = site;
  const parked = toAskAgain(ledger.run);
  if (parked.length > 0) await ledger.append(...parked.map((gate) => ({ kind: "gate.reopened" as const, gate: gate.id })));
  const reopened = new Set(ledger.events.flatMap((event) => (event.kind === "gate.reopened" ? [event.gate] : [])));
  const open = ledger.run.gates.filter((gate) => reopened.has(gate.id) && gate.state.kind === "open");
  if (open.length === 0) return undefined;
  for (const gate of open) await answered(ledger, gate.id, site.halt);
  await rest(site);
  if (site.halt.aborted) return "interrupted: the run was stopped before a person answered.";
  if (ledger.run.permissions.some((held) => held.type === "host" && reopened.has(held.gate))) {
    // A host is opened by walls, so the tools start anew behind others.
    await site.shop.close();
    site.shop.open(workshopTree(ledger.run));
  }
  const now = ledger.run.gates.filter((gate) => open.some(({ id }) => id === gate.id));
  return ["What had been skipped was asked once more. Do what is allowed now, or call finish again.", ...now.map(answerLine)].join("\n");
}

function answerLine(gate: Gate): string {
  const said = gate.state.kind === "answered" && gate.state.comment !== undefined ? ` The person says: "${gate.state.comment}".` : "";
  const how = gate.state.kind === "answered" ? (gate.state.answer === "allow" ? "allowed, exactly this" : "denied") : "not answered";
  return `${gate.id} (${gate.type} ${gate.target}): ${how}.${said}`;
}

// What came after the last turn was asked for is not in the reply that finishes.
function hasUnheardWords({ ledger }: Site): boolean {
  const last = ledger.events.findLast((event) => event.kind === "turn.requested" || event.kind === "message.added");
  return last?.kind === "message.added";
}
