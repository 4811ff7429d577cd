// Where a person must answer and policy says not to wait for one: the exact action is skipped for now, denied, or ends the
// run. What was skipped is asked once more when nothing else is left, and equal attempts meanwhile are known as the same.
import { riskOf, sameTarget } from "../core/judge/risk.js";
import type { Gate, Run } from "../core/run/run.js";
import type { PendingCall, LoopEnd } from "../agent/workbench.js";
import { raised, type Question } from "./gate.js";
import type { Site } from "./site.js";

/** What the call is answered with instead of an answer; `rule` is what the log names. */
export type Unanswered =
  | { readonly kind: "wait" }
  | { readonly kind: "skip"; readonly rule: string; readonly text: string }
  | { readonly kind: "stop"; readonly rule: string; readonly text: string; readonly end: LoopEnd };

export async function unanswered(site: Site, question: Question, call: PendingCall): Promise<Unanswered> {
  const { ledger } = site;
  const { run } = ledger;
  const earlier = likeIt(run, question);
  if (earlier !== undefined && earlier.call !== call.id) return skippedAs(earlier, "already");
  // A runner that was killed while it asked: it goes on asking.
  if (run.gates.some((gate) => gate.call === call.id && gate.state.kind === "open")) return { kind: "wait" };
  const risk = riskOf(question.type, question.target, run.spec.policy.values);
  const rule = `vigil.policy.unanswered: ${risk} ${run.spec.policy.values.unanswered[risk]}`;
  switch (run.spec.policy.values.unanswered[risk]) {
    case "wait":
      return { kind: "wait" };
    case "park": {
      if (earlier !== undefined) return skippedAs(earlier, "now");
      const gate = await raised(ledger, question);
      await ledger.append(gate.event, { kind: "gate.parked", gate: gate.gate, why: `policy does not wait for a question of ${risk} risk` });
      const parked = ledger.run.gates.at(-1);
      return parked === undefined ? { kind: "wait" } : skippedAs(parked, "now");
    }
    case "deny":
      return { kind: "skip", rule, text: "Not run: it needs a person, and policy says that nobody answers here. Go on without it and say in finish what is missing." };
    case "stop":
      return { kind: "stop", rule, text: "Not run: it needs a person, and policy ends a run that must ask.", end: { kind: "stopped", why: `policy stops a run that must ask: ${question.type} ${ledger.line(question.target)}` } };
  }
}

/** Questions that were skipped and are to be asked before the run finishes; once. */
export function toAskAgain(run: Run): readonly Gate[] {
  return run.gates.filter((gate) => gate.state.kind === "parked" && gate.call !== undefined);
}

function likeIt(run: Run, question: Question): Gate | undefined {
  const same = sameTarget(question.type, question.target);
  return run.gates.find((gate) => gate.state.kind === "parked" && gate.type === question.type && sameTarget(gate.type, gate.target) === same);
}

function skippedAs(gate: Gate, when: "now" | "already"): Unanswered {
  const text =
    when === "now"
      ? `Skipped for now (${gate.id}): nobody is here to allow it. Go on with what does not depend on it; you are told when it is answered, and it is asked once more before you finish.`
      : `Not run: this is the same as ${gate.id}, which waits for a person. Do not try it another way; go on with what does not depend on it.`;
  return { kind: "skip", rule: `waits for a person (${gate.id})`, text };
}
