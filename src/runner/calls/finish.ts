// finish: the agent's own account of what it did, quoted as the agent's. It ends the loop; it proves nothing.
import type { ToolInput } from "../../agent/tools.js";
import type { PendingCall } from "../../agent/workbench.js";
import { cutList } from "../cut.js";
import type { Site } from "../site.js";
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
  const begun = intent(ledger, call, input.summary, { kind: "allow", rule: "a run may always be finished" });
  const summary = await ledger.keep(input.summary);
  await ledger.append(
    begun,
    { kind: "finish.claimed", summary: summary.id, done: cutList(input.done ?? [], ITEMS, WORDS), notDone: cutList(input.not_done ?? [], ITEMS, WORDS), unsure: cutList(input.unsure ?? [], ITEMS, WORDS) },
    await finished(ledger, begun.step, call.id, { outcome: "ok", text: "Finished. The supervisor checks and reports.", ms: 0 }),
  );
  return { kind: "end", end: { kind: "finished" } };
}

// What came after the last turn was asked for is not in the reply that finishes.
function hasUnheardWords({ ledger }: Site): boolean {
  const last = ledger.events.findLast((event) => event.kind === "turn.requested" || event.kind === "message.added");
  return last?.kind === "message.added";
}
