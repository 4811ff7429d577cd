// The workbench the loop works at: judges and runs calls, holds the run while it is paused or out of budget, and ends it.
import { isOver } from "../core/goals/fall.js";
import { parseInput } from "../agent/tools.js";
import type { Leave, LoopEnd, PendingCall, Workbench } from "../agent/workbench.js";
import { room, workLeft } from "./budget.js";
import { beginDecision } from "./calls/begin-decision.js";
import { answerOnly, type Flow } from "./calls/call.js";
import { askHuman, requestPermission } from "./calls/ask-person.js";
import { endDecision, endForAgent } from "./calls/end-decision.js";
import { finishRun } from "./calls/finish.js";
import { abandonGoal, setGoals } from "./calls/goals.js";
import { useTool } from "./calls/toolset.js";
import { sayWhatIsNear } from "./near-limits.js";
import { rest } from "./rest.js";
import type { Site } from "./site.js";
import { slept } from "./slept.js";

const STOPPED: LoopEnd = { kind: "stopped", why: "a person stopped the run" };
const FINISHED: LoopEnd = { kind: "finished" };

export function workbench(site: Site): Workbench {
  const { ledger } = site;
  return {
    now: () => performance.now(),
    wallClock: site.now,
    sleep: (ms, signal) => slept(ms, signal),
    append: (...events) => ledger.append(...events),
    blobs: { put: (content) => ledger.put(content), text: (id) => ledger.text(id) },
    events: () => ledger.events,
    run: () => ledger.run,
    beforeTurn: (estimate) => beforeTurn(site, estimate),
    perform: (call) => perform(site, call),
    skip: (call, why) => answerOnly(ledger, call, { kind: "deny", rule: "not run" }, "skipped", call.tool, `not run: ${why}`),
    afterSilence: () => afterSilence(site),
  };
}

async function beforeTurn(site: Site, estimate: number): Promise<Leave> {
  await rest(site);
  if (site.halt.aborted) return { kind: "end", end: STOPPED };
  // Minutes and money go by while the model thinks, too; and after a crash the last step was not looked at yet.
  await site.watchGoals();
  await sayWhatIsNear(site);
  return room(site, estimate);
}

async function perform(site: Site, call: PendingCall): Promise<Flow> {
  const flow = await performed(site, call);
  // The model chose what follows in its reply without knowing that the goal is given up.
  return flow.kind === "next" || flow.kind === "skip" ? ((await site.watchGoals()) ? { kind: "skip" } : flow) : flow;
}

async function performed(site: Site, call: PendingCall): Promise<Flow> {
  const { ledger } = site;
  await rest(site);
  if (isOver(ledger.run) && call.tool !== "finish") {
    await answerOnly(ledger, call, { kind: "deny", rule: "the run is abandoned" }, "skipped", call.tool, "not run: nothing is left to do in this run.");
    return { kind: "end", end: FINISHED };
  }
  const over = site.halt.aborted ? undefined : await workLeft(site);
  if (site.halt.aborted || over !== undefined) {
    const text = over === undefined ? "interrupted: the run was stopped before this call." : `not run: ${over}`;
    await answerOnly(ledger, call, { kind: "deny", rule: over ?? "stopped" }, "skipped", call.tool, text);
    return { kind: "end", end: over === undefined ? STOPPED : { kind: "stopped", why: over } };
  }
  if (call.cut) {
    await answerOnly(ledger, call, { kind: "deny", rule: "cut off" }, "invalid", call.tool, "not run: the reply's token limit broke this call off. Send it again in smaller parts.");
    return { kind: "skip" };
  }
  const parsed = parseInput(call.tool, call.input);
  if (parsed.kind === "invalid") {
    await answerOnly(ledger, call, { kind: "deny", rule: "malformed input" }, "invalid", call.tool, parsed.problem);
    return { kind: "skip" };
  }
  const { input } = parsed;
  switch (input.tool) {
    case "set_goals":
      return setGoals(site, call, input);
    case "begin_decision":
      return beginDecision(site, call, input);
    case "end_decision":
      return endDecision(site, call, input);
    case "abandon_goal":
      return abandonGoal(site, call, input);
    case "request_permission":
      return requestPermission(site, call, input);
    case "ask_human":
      return askHuman(site, call, input);
    case "finish":
      return finishRun(site, call, input);
    case "bash":
    case "read":
    case "write":
    case "edit":
    case "glob":
    case "grep":
      return useTool(site, call, input);
  }
}

// One nudge; then the runner ends what is open and the run.
async function afterSilence(site: Site): Promise<{ readonly kind: "go" } | { readonly kind: "end"; readonly end: LoopEnd }> {
  const { ledger } = site;
  if (isOver(ledger.run)) return { kind: "end", end: FINISHED };
  // Whatever else was said to it since, by a person or by the supervisor, is a new beginning.
  const last = ledger.events.findLast((event) => event.kind === "step.finished" || event.kind === "message.added");
  if (last?.kind === "message.added" && last.nudge === true) {
    await endForAgent(site);
    return { kind: "end", end: { kind: "finished" } };
  }
  const text =
    ledger.run.openDecision === undefined
      ? "You stopped without calling a tool. If the task is done, call finish with your summary; else go on."
      : `Decision ${ledger.run.openDecision} is still open. If it is complete, call end_decision; else go on. If you stop again, it is ended without a claim of yours.`;
  await ledger.append({ kind: "message.added", from: "supervisor", text: (await ledger.keep(text)).id, nudge: true });
  return { kind: "go" };
}
