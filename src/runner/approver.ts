// Who may approve what: the policy's approvers and its rule of a second person. It bars; it never grants more.
import { globMatcher } from "../core/judge/glob.js";
import type { Person } from "../core/log/parts.js";
import type { Gate, Run } from "../core/run/run.js";

/** Why this person may not allow the gate; undefined when nothing speaks against it. */
export function mayApprove(run: Run, gate: Gate, by: Person): string | undefined {
  if (gate.type === "decision" && gate.decision !== undefined) return mayAccept(run, [gate.decision], by);
  return gate.type === "question" ? undefined : secondPerson(run, by);
}

/** Why this person may not accept these decisions; undefined when nothing speaks against it. */
export function mayAccept(run: Run, decisions: readonly string[], by: Person): string | undefined {
  if (decisions.length === 0) return undefined;
  const second = secondPerson(run, by);
  if (second !== undefined) return second;
  for (const decision of run.decisions.filter((candidate) => decisions.includes(candidate.id))) {
    for (const rule of run.spec.policy.values.approvers) {
      const matches = globMatcher([rule.glob]);
      const file = decision.files.find((change) => matches(change.path));
      if (file !== undefined && !rule.people.some((person) => same(person, by.email))) {
        return `${decision.id} changes ${file.path}, which only ${rule.people.join(", ")} may approve (vigil.policy.approvers). Ask one of them.`;
      }
    }
  }
  return undefined;
}

function secondPerson(run: Run, by: Person): string | undefined {
  if (!run.spec.policy.values.secondPerson || !same(run.spec.startedBy.email, by.email)) return undefined;
  return `${by.email} started this run, and vigil.policy.secondPerson asks for somebody else's approval. Ask another person to answer.`;
}

function same(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
