// How much is at stake where a run must ask: it picks what policy does with a question that nobody answers.
import type { GateKind } from "../log/parts.js";
import type { PolicyValues } from "../policy/schema.js";
import { globMatcher } from "./glob.js";

export type Risk = keyof PolicyValues["unanswered"];

/** `low`: words only. `medium`: inside the walls all the same. `high`: what was protected on purpose, or leaves the walls. */
export function riskOf(type: GateKind, target: string, policy: PolicyValues): Risk {
  switch (type) {
    case "question":
    case "plan":
      return "low";
    case "command":
      return "medium";
    case "write":
      return globMatcher(policy.protected)(target) ? "high" : "medium";
    case "decision":
      return "medium";
    case "host":
    case "landing":
    case "budget":
    case "refusal":
      return "high";
  }
}

/** One text for everything that asks for the same thing, however it is spelled. */
export function sameTarget(type: GateKind, target: string): string {
  const plain = target.trim().replace(/\s+/gu, " ");
  if (type === "host") return plain.toLowerCase().replace(/\.$/u, "");
  if (type === "question") return plain.toLowerCase().replace(/[^\p{L}\p{N} ]/gu, "");
  return type === "write" ? plain.replace(/^(?:\.\/)+/u, "").replace(/\/{2,}/gu, "/") : plain;
}
