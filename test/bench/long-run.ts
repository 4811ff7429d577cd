// The events of a run that went on for a very long time: turns, calls, and decisions, of twenty steps each if nobody says
// otherwise.
import type { RunEvent } from "../../src/core/log/event.js";
import { started } from "../store/sample.js";

const BLOB = "b".repeat(64);
const TREE = "a".repeat(40);
const STEPS_A_DECISION = 20;

/** `count` events, the first of which starts the run. */
export function longRun(count: number, stepsADecision = STEPS_A_DECISION): readonly RunEvent[] {
  const events: RunEvent[] = [started()];
  for (let step = 1; events.length < count; step += 1) {
    const decision = `d${Math.ceil(step / stepsADecision)}`;
    if (step % stepsADecision === 1) events.push({ kind: "decision.opened", decision, reason: { title: `Part ${step}`, why: "the task asks for it", insteadOf: [] }, before: TREE, step });
    events.push(
      { kind: "turn.requested", turn: step, model: "a-model", maxTokens: 8_000 },
      { kind: "turn.received", turn: step, model: "a-model", stop: "tool_use", usage: { input: 200, output: 224, cacheRead: 60_000, cacheWrite: 584 }, cost: { kind: "known", usd: 0.02 }, reply: BLOB, calls: [{ id: `toolu_${step}`, tool: "bash", cut: false }], ms: 3_000 },
      { kind: "step.intended", step, turn: step, call: `toolu_${step}`, tool: "bash", about: `npm test -- part-${step}`, verdict: { kind: "allow", rule: "inside the sandbox" }, tree: TREE, decision },
      { kind: "step.finished", step, call: `toolu_${step}`, outcome: "ok", result: BLOB, exit: 0, tree: TREE, changed: [`src/part${step % 300}.ts`], ms: 250, masked: 0 },
    );
    if (step % stepsADecision === 0) events.push({ kind: "decision.ended", decision, outcome: "kept", by: "agent", after: TREE, files: [], heldTo: "gated-write", outcomeText: "done", notes: [], claims: [], step });
  }
  return events.slice(0, count);
}
