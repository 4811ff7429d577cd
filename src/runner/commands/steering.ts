// steer, pause, resume, stop, lower: what people say to a run as a whole.
import type { Command } from "../../core/command.js";
import type { RunEvent } from "../../core/log/event.js";
import { boundariesIn, boundariesOf } from "../../core/policy/boundary.js";
import { narrowPolicy, policyText } from "../../core/policy/merge.js";
import type { Run } from "../../core/run/run.js";
import { stageRank } from "../../core/stage.js";
import { digestOf } from "../digest.js";
import type { Ledger } from "../ledger.js";
import type { Folded } from "./folded.js";

type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

const OVER = "The run has ended, so nothing works on it any more. Start another run, or review and land this one.";

/** `folders`: of the repository at the run's base, asked for only where the words name something that must not be touched. */
export async function steerEvents(ledger: Ledger, command: Of<"steer">, folders: () => Promise<readonly string[]>): Promise<Folded> {
  if (hasEnded(ledger.run)) return { kind: "refused", why: OVER };
  if (hasFinished(ledger)) return { kind: "refused", why: "The agent has finished its work and is not asked again; the last checks run. Review what it did, or start another run." };
  const kept = await ledger.keep(`Instruction from ${command.by.name}: ${command.text}`);
  return { kind: "accepted", events: [{ kind: "message.added", from: "person", text: kept.id }, ...(await boundaryEvents(ledger.run, command, folders))] };
}

/** What the words say must not be touched is policy from here on, for the rest of the run. It only ever narrows. */
async function boundaryEvents(run: Run, { text, by }: Of<"steer">, folders: () => Promise<readonly string[]>): Promise<readonly RunEvent[]> {
  const said = boundariesIn(text);
  if (said.length === 0) return [];
  const { enforced, advice } = boundariesOf(said, await folders());
  const stated: RunEvent = { kind: "boundary.stated", enforced: [...enforced], advice: [...advice], by };
  const policy = narrowPolicy(run.spec.policy, "run", { protected: [...enforced] });
  if (policy === run.spec.policy) return [stated];
  return [stated, { kind: "policy.narrowed", policy: { values: policy.values, origins: { ...policy.origins } }, digest: digestOf(policyText(policy)), why: `${by.name} said what must not be touched: ${enforced.join(", ")}` }];
}

export function pauseEvents(run: Run, command: Of<"pause">): Folded {
  if (hasEnded(run)) return { kind: "refused", why: OVER };
  if (run.phase.kind === "paused") return { kind: "accepted", events: [] };
  return { kind: "accepted", events: [{ kind: "run.paused", why: `${command.by.name} paused the run` }] };
}

export function resumeEvents(run: Run, command: Of<"resume">): Folded {
  if (run.phase.kind !== "paused") return { kind: "accepted", events: [] };
  return { kind: "accepted", events: [{ kind: "run.unpaused", why: `${command.by.name} resumed the run` }] };
}

export function stopEvents(run: Run): Folded {
  return hasEnded(run) ? { kind: "refused", why: "The run has ended already." } : { kind: "accepted", events: [], kill: "a person stopped the run" };
}

export async function lowerEvents(ledger: Ledger, command: Of<"lower">): Promise<Folded> {
  const { run } = ledger;
  if (hasEnded(run)) return { kind: "refused", why: OVER };
  if (stageRank(command.stage) >= stageRank(run.stage)) {
    return { kind: "refused", why: `The run is at ${run.stage}; a stage can only be lowered while it works. Raising one needs a new run (vigil run --stage ${command.stage}).` };
  }
  const told = await ledger.keep(`${command.by.name} lowered the stage of this run to ${command.stage}. What it allows is narrower from now on; refusals say what applies.`);
  return {
    kind: "accepted",
    events: [
      { kind: "stage.lowered", to: command.stage, by: command.by.name, why: "a person lowered the stage" },
      { kind: "message.added", from: "supervisor", text: told.id },
    ],
    kill: `a person lowered the stage to ${command.stage}`,
  };
}

/** The agent called finish, and nothing was said to it since. */
export function hasFinished(ledger: Ledger): boolean {
  const last = ledger.events.findLast((event) => event.kind === "finish.claimed" || event.kind === "turn.requested" || event.kind === "run.unpaused" || (event.kind === "message.added" && event.from === "person"));
  return last?.kind === "finish.claimed";
}

export function hasEnded(run: Run): boolean {
  return run.phase.kind === "ended";
}
