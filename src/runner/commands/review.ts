// Verdicts. Accepting or rejecting a decision that has an open approval answers that approval: they are one object.
import type { Command } from "../../core/command.js";
import { checkTargets, parseTarget } from "../../core/review/target.js";
import { HumanError } from "../../core/error.js";
import type { RunEvent } from "../../core/log/event.js";
import type { Run } from "../../core/run/run.js";
import { mayAccept } from "../approver.js";
import type { Drop } from "../drop.js";
import type { Ledger } from "../ledger.js";
import type { Folded } from "./folded.js";
import { hasFinished } from "./steering.js";

type Review = Extract<Command, { kind: "review" }>;

export async function reviewEvents(ledger: Ledger, command: Review, id: string): Promise<Folded> {
  const { run } = ledger;
  const targets = command.verdicts.flatMap((verdict) => verdict.targets);
  const unknown = problemOf(run, targets) ?? landedAlready(run, command);
  if (unknown !== undefined) return { kind: "refused", why: unknown };
  const accepted = command.verdicts.filter((verdict) => verdict.verdict === "accept").flatMap((verdict) => verdict.targets.flatMap((target) => parseTarget(target)?.decision ?? []));
  const barred = mayAccept(run, accepted, command.by);
  if (barred !== undefined) return { kind: "refused", why: barred };
  const events: RunEvent[] = command.verdicts.map((verdict) => ({
    kind: "verdict.given",
    targets: verdict.targets,
    verdict: verdict.verdict,
    basis: verdict.basis,
    by: { kind: "person", person: command.by },
    ...(verdict.comment === undefined ? {} : { comment: verdict.comment }),
  }));
  events.push(...gateAnswers(run, command, id));
  if (isHeard(ledger)) events.push(...(await instructions(ledger, command)));
  const drop = dropOf(run, command);
  return { kind: "accepted", events, ...(drop === undefined ? {} : { drop, kill: drop.because }) };
}

function problemOf(run: Run, targets: readonly string[]): string | undefined {
  try {
    checkTargets(run, targets);
    return undefined;
  } catch (error) {
    if (error instanceof HumanError) return error.message;
    throw error;
  }
}

// What stands on a branch was accepted; only taking the landing back makes it open again.
function landedAlready(run: Run, command: Review): string | undefined {
  if (run.landing?.state !== "landed") return undefined;
  const landed = new Set(run.landing.intended.commits.flatMap((commit) => commit.decisions));
  const target = command.verdicts.flatMap((one) => (one.verdict === "withdraw" ? one.targets : [])).find((id) => landed.has(parseTarget(id)?.decision ?? ""));
  return target === undefined ? undefined : `${target} has landed, so its verdict stays. Take the landing back first: vigil unland ${run.id}.`;
}

function gateAnswers(run: Run, command: Review, id: string): readonly RunEvent[] {
  return command.verdicts.flatMap((verdict) =>
    verdict.verdict !== "accept" && verdict.verdict !== "reject"
      ? []
      : verdict.targets.flatMap((target) => {
          const gate = run.gates.find((candidate) => candidate.type === "decision" && candidate.decision === target && (candidate.state.kind === "open" || candidate.state.kind === "parked"));
          if (gate === undefined) return [];
          return [
            {
              kind: "gate.answered" as const,
              gate: gate.id,
              answer: verdict.verdict === "accept" ? ("allow" as const) : ("deny" as const),
              forRun: false,
              by: command.by,
              digest: gate.digest,
              command: id,
              ...(verdict.comment === undefined ? {} : { comment: verdict.comment }),
            },
          ];
        }),
  );
}

// What is asked for after the agent has finished waits in its verdict until a person sets it to work again.
function isHeard(ledger: Ledger): boolean {
  return ledger.run.phase.kind !== "ended" && !hasFinished(ledger);
}

// "Ask for a change" while the agent still works is an instruction to it.
async function instructions(ledger: Ledger, command: Review): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for (const verdict of command.verdicts) {
    if (verdict.verdict !== "change" || verdict.comment === undefined) continue;
    const kept = await ledger.keep(`${command.by.name} asks for a change of ${verdict.targets.join(", ")}: ${verdict.comment}`);
    events.push({ kind: "message.added", from: "person", text: kept.id });
  }
  return events;
}

function dropOf(run: Run, command: Review): Drop | undefined {
  const rejected = command.verdicts.filter((verdict) => verdict.verdict === "reject");
  const whole = rejected.flatMap((verdict) => verdict.targets.filter((target) => run.decisions.some((decision) => decision.id === target && decision.state === "kept")));
  const first = run.decisions.find((decision) => whole.includes(decision.id));
  if (first === undefined) return undefined;
  const comment = rejected.find((verdict) => verdict.targets.includes(first.id))?.comment;
  return { first: first.id, because: `${command.by.name} rejected ${first.id}${comment === undefined ? "" : `: ${comment}`}` };
}
