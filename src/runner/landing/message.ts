// The message of a landed commit: what was decided, why (the agent's words, said to be so), and the trailers by which
// others check who owned the run and who approved what.
import { approvalBasis, approvedBy } from "../../core/review/verdict.js";
import type { Decision, Run } from "../../core/run/run.js";

export function commitMessage(run: Run, decisions: readonly Decision[]): string {
  const first = decisions[0];
  const subject = decisions.length === 1 && first !== undefined ? titleOf(first) : subjectOfTask(run.spec.task);
  const body = decisions.map((decision) => `${decisions.length === 1 ? "" : `${decision.id} ${titleOf(decision)}\n`}The agent's reason: ${clean(decision.whyRevised ?? decision.reason.why)}`);
  return [wrapSubject(subject), "", ...body.flatMap((paragraph) => [paragraph, ""]), ...trailers(run, decisions)].join("\n") + "\n";
}

function trailers(run: Run, decisions: readonly Decision[]): readonly string[] {
  const people = new Set(decisions.flatMap((decision) => approvedBy(decision).map((person) => `${person.name} <${person.email}>`)));
  const bases = new Set(decisions.flatMap((decision) => approvalBasis(decision) ?? []));
  return [
    `Vigil-Run: ${run.id}`,
    ...decisions.map((decision) => `Vigil-Decision: ${decision.id}`),
    `Vigil-Stage: ${run.spec.stage}`,
    `Vigil-Owner: ${clean(`${run.spec.owner.name} <${run.spec.owner.email}>`)}`,
    ...[...people].map((person) => `Vigil-Approved-By: ${clean(person)}`),
    ...[...bases].map((basis) => `Vigil-Approval: ${basis}`),
    `Co-authored-by: ${clean(run.spec.model.name)} <agent@vigil.invalid>`,
  ];
}

function titleOf(decision: Decision): string {
  return clean(decision.titleRevised ?? decision.reason.title);
}

function subjectOfTask(task: string): string {
  return clean(task.split("\n", 1)[0] ?? task);
}

// A line break in the agent's words must not be able to forge a trailer.
function clean(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").replaceAll(/\s+/gu, " ").trim();
}

function wrapSubject(subject: string): string {
  return subject.length <= 72 ? subject : `${subject.slice(0, 71)}…`;
}
