// A person's answer to a question of a run. It names the digest of what the question showed, so that an answer can never
// be taken for one to something else.
import { HumanError } from "../core/error.js";
import type { Gate, RunId } from "../core/run/run.js";
import { commandRun, type Folding } from "./command-run.js";
import { modelAccess } from "./model-access.js";
import type { Workspace } from "./open-repository.js";
import { requirePerson } from "./person.js";
import { requireRun } from "./read-run.js";

export interface Answering {
  readonly gate: string;
  readonly answer: "allow" | "deny";
  readonly comment?: string | undefined;
  /** Holds for the whole run, not only for the decision that asked. */
  readonly forRun: boolean;
  /** Of what the person was shown, where the front end showed it earlier: a question that changed since is not answered. */
  readonly digest?: string | undefined;
}

export interface Answered {
  readonly folding: Folding;
  /** Allowing this sets off the landing that policy did not do by itself; what came of it is yet to be waited for. */
  readonly lands: boolean;
}

/** Throws HumanError naming the open gates when this one does not exist (exit 2) or is settled (exit 1). */
export async function answerRun(workspace: Workspace, id: RunId, answering: Answering): Promise<Answered> {
  const view = await requireRun(workspace.store, id);
  const gate = view.run.gates.find((one) => one.id === answering.gate);
  const open = view.run.gates.filter((one) => one.state.kind === "open" || one.state.kind === "parked");
  const others = open.length === 0 ? "Nothing waits for an answer." : `Waiting: ${open.map((one) => one.id).join(", ")}.`;
  if (gate === undefined) throw new HumanError(`There is no approval "${answering.gate}" in the run ${id}. ${others}`, 2);
  if (!open.includes(gate)) throw new HumanError(`${gate.id} ${settledText(gate)} ${others}`);
  // With a key at hand an answer also wakes a run whose process is gone; without one a clerk notes it down.
  const access = view.run.phase.kind === "ended" ? undefined : modelAccess(workspace.place.env);
  const folding = await commandRun(
    workspace,
    id,
    {
      kind: "answer",
      gate: gate.id,
      answer: answering.answer,
      digest: answering.digest ?? gate.digest,
      forRun: answering.forRun,
      by: await requirePerson(workspace.repository),
      ...(answering.comment === undefined ? {} : { comment: answering.comment }),
    },
    access === undefined ? { role: "clerk" } : { role: "worker", access },
  );
  return { folding, lands: folding.kind === "accepted" && gate.type === "landing" && answering.answer === "allow" && view.run.phase.kind === "ended" };
}

function settledText({ state }: Gate): string {
  if (state.kind === "answered") return `was answered already: ${state.answer} by ${state.by.name}. The first answer holds.`;
  return state.kind === "expired" ? `is no longer asked: ${state.why}.` : `is ${state.kind}.`;
}
