// Answers to gates. A gate takes the first answer, which names what was shown; approving a decision is accepting it.
import type { Command } from "../../core/command.js";
import type { RunEvent } from "../../core/log/event.js";
import { undecided } from "../../core/review/verdict.js";
import type { Gate, Run } from "../../core/run/run.js";
import { mayApprove } from "../approver.js";
import type { Ledger } from "../ledger.js";
import { decisionNow } from "../judged-run.js";
import type { Folded } from "./folded.js";

type Answer = Extract<Command, { kind: "answer" }>;

export async function answerEvents(ledger: Ledger, command: Answer, id: string): Promise<Folded> {
  const { run } = ledger;
  const gate = run.gates.find((candidate) => candidate.id === command.gate);
  if (gate === undefined) {
    const open = run.gates.filter((candidate) => candidate.state.kind === "open").map((candidate) => candidate.id);
    return { kind: "refused", why: `There is no approval ${command.gate}. ${open.length === 0 ? "None is open." : `Open: ${open.join(", ")}.`}` };
  }
  const closed = closedBecause(gate);
  if (closed !== undefined) return { kind: "refused", why: closed };
  if (command.digest !== gate.digest) return { kind: "refused", why: `What was shown for ${gate.id} is not what it asks now. Look again (vigil show) and answer once more.` };
  const barred = command.answer === "allow" ? mayApprove(run, gate, command.by) : undefined;
  if (barred !== undefined) return { kind: "refused", why: barred };
  const answered: RunEvent = {
    kind: "gate.answered",
    gate: gate.id,
    answer: command.answer,
    forRun: command.forRun,
    by: command.by,
    digest: command.digest,
    command: id,
    ...(command.comment === undefined ? {} : { comment: command.comment }),
  };
  return { kind: "accepted", events: [answered, ...consequences(run, gate, command), ...(await told(ledger, gate, command))], ...dropOf(gate, command) };
}

/** Nobody waits for the answer to what was skipped, so the agent is told of it. */
async function told(ledger: Ledger, gate: Gate, { answer, comment, by }: Answer): Promise<readonly RunEvent[]> {
  if (gate.state.kind !== "parked") return [];
  const said = comment === undefined ? "" : ` ${by.name} says: "${comment}".`;
  const text = answer === "allow" ? `${gate.id} was allowed by ${by.name}: exactly ${gate.target} (${gate.type}).${said} ${gate.type === "host" ? "The walls open at the next begin_decision or end_decision." : "Do it now if it is still needed."}` : `${gate.id} was denied by ${by.name}: ${gate.target} (${gate.type}).${said} Do not try it another way.`;
  return [{ kind: "message.added", from: "supervisor", text: (await ledger.keep(text)).id }];
}

function closedBecause(gate: Gate): string | undefined {
  switch (gate.state.kind) {
    case "open":
    case "parked":
      return undefined;
    case "expired":
      return `${gate.id} is no longer asked: ${gate.state.why}`;
    case "answered":
      return `${gate.id} was answered already: ${gate.state.answer} by ${gate.state.by.name}. The first answer holds.`;
  }
}

function consequences(run: Run, gate: Gate, command: Answer): readonly RunEvent[] {
  if (gate.type === "decision" && gate.decision !== undefined) {
    return [
      {
        kind: "verdict.given",
        targets: [gate.decision],
        verdict: command.answer === "allow" ? "accept" : "reject",
        basis: "decision",
        by: { kind: "person", person: command.by },
        ...(command.comment === undefined ? {} : { comment: command.comment }),
      },
    ];
  }
  const open = undecided(run).map((decision) => decision.id);
  if (gate.type === "landing" && command.answer === "allow" && open.length > 0) {
    return [{ kind: "verdict.given", targets: open, verdict: "accept", basis: "summary", by: { kind: "person", person: command.by } }];
  }
  if (command.answer === "allow" && (gate.type === "write" || gate.type === "command" || gate.type === "host")) {
    // The decision in which something was skipped is over as a rule when it is allowed.
    const decision = command.forRun || gate.state.kind === "parked" ? undefined : (gate.decision ?? decisionNow(run));
    return [{ kind: "permission.granted", gate: gate.id, type: gate.type, target: gate.target, ...(decision === undefined ? {} : { decision }) }];
  }
  return [];
}

function dropOf(gate: Gate, command: Answer): { drop?: { first: string; because: string }; kill?: string } {
  if (gate.type !== "decision" || gate.decision === undefined || command.answer === "allow") return {};
  const because = `${command.by.name} rejected ${gate.decision}${command.comment === undefined ? "" : `: ${command.comment}`}`;
  return { drop: { first: gate.decision, because }, kill: because };
}
