// "Plan first, then ask me": nothing is changed before a person has seen the goals and approved them.
import { inOrder } from "../core/goals/tree.js";
import type { Goal } from "../core/log/goals.js";
import type { Run } from "../core/run/run.js";
import { ask } from "./gate.js";
import { rest } from "./rest.js";
import type { Site } from "./site.js";

/** The goals are still to be approved. */
export function needsPlan(run: Run): boolean {
  return run.spec.planFirst === true && !run.gates.some((gate) => gate.type === "plan" && gate.state.kind === "answered" && gate.state.answer === "allow");
}

/** Asks for the goals that are in force now, and waits. What the agent is told. */
export async function approvePlan(site: Site, call: string): Promise<string> {
  const { ledger } = site;
  const { goals } = ledger.run;
  const answer = await ask(
    ledger,
    {
      type: "plan",
      target: `${String(goals.length)} ${goals.length === 1 ? "goal" : "goals"}`,
      why: "You asked to see the plan before anything is changed.",
      shown: ["The goals of this run:", "", ...inOrder(ledger.run).flatMap(({ goal, depth }) => lines(goal, depth))].join("\n"),
      ifDenied: "Nothing is changed; the agent makes another plan, with what you say.",
      call,
    },
    site.halt,
  );
  await rest(site);
  if (answer.kind === "none") return "The plan was not answered.";
  const said = answer.comment === undefined ? "" : ` The person says: "${answer.comment}".`;
  return answer.kind === "allow" ? `The plan is approved.${said} Begin.` : `The plan is not approved.${said} Set other goals.`;
}

function lines(goal: Goal, depth: number): readonly string[] {
  const indent = "  ".repeat(depth);
  const facts = [
    goal.required ? "required" : "may be dropped",
    ...(goal.by === "person" ? ["yours"] : []),
    ...(goal.ifParentAbandoned === "finish" ? ["worth finishing in any case"] : []),
    ...Object.entries(goal.abandonWhen ?? {}).map(([name, value]) => `given up at ${String(value)} ${name}`),
  ];
  return [`${indent}${goal.id}  ${goal.title} (${facts.join("; ")})`, ...(goal.doneWhen === undefined ? [] : [`${indent}    done when: ${goal.doneWhen}`])];
}
