// finish: the agent's own account of what it did, quoted as the agent's. It ends the loop; it proves nothing.
import type { ToolInput } from "../../agent/tools.js";
import type { PendingCall } from "../../agent/workbench.js";
import type { Site } from "../site.js";
import { answerOnly, finished, intent, type Flow } from "./call.js";

type Input = Extract<ToolInput, { tool: "finish" }>;

export async function finishRun(site: Site, call: PendingCall, input: Input): Promise<Flow> {
  const { ledger } = site;
  const { openDecision } = ledger.run;
  if (openDecision !== undefined) {
    await answerOnly(ledger, call, { kind: "deny", rule: "decision order" }, "error", "finish", `Decision ${openDecision} is still open. Call end_decision first, then finish.`);
    return { kind: "skip" };
  }
  const begun = intent(ledger, call, input.summary, { kind: "allow", rule: "a run may always be finished" });
  const summary = await ledger.keep(input.summary);
  await ledger.append(
    begun,
    { kind: "finish.claimed", summary: summary.id, done: [...(input.done ?? [])], notDone: [...(input.not_done ?? [])], unsure: [...(input.unsure ?? [])] },
    await finished(ledger, begun.step, call.id, { outcome: "ok", text: "Finished. The supervisor checks and reports.", ms: 0 }),
  );
  return { kind: "end", end: { kind: "finished" } };
}
