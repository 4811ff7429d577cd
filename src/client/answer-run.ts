// A person's answer to a question of a run. It names the digest of what the question showed, so that an answer can never
// be taken for one to something else.
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
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
}

/** Throws HumanError (exit 2) naming the open gates when this one is not open. */
export async function answerRun(workspace: Workspace, id: RunId, answering: Answering): Promise<Folding> {
  const view = await requireRun(workspace.store, id);
  const gate = view.run.gates.find((one) => one.id === answering.gate);
  const open = view.run.gates.filter((one) => one.state.kind === "open" || one.state.kind === "parked");
  if (gate === undefined || !open.includes(gate)) {
    const why = gate === undefined ? `There is no approval "${answering.gate}" in the run ${id}.` : `${gate.id} is settled already (${gate.state.kind}): the first answer holds.`;
    throw new HumanError(`${why} ${open.length === 0 ? "Nothing waits for an answer." : `Waiting: ${open.map((one) => one.id).join(", ")}.`}`, 2);
  }
  // With a key at hand an answer also wakes a run whose process is gone; without one a clerk notes it down.
  const access = view.run.phase.kind === "ended" ? undefined : modelAccess(workspace.place.env);
  return commandRun(
    workspace,
    id,
    {
      kind: "answer",
      gate: gate.id,
      answer: answering.answer,
      digest: gate.digest,
      forRun: answering.forRun,
      by: await requirePerson(workspace.repository),
      ...(answering.comment === undefined ? {} : { comment: answering.comment }),
    },
    access === undefined ? { role: "clerk" } : { role: "worker", access },
  );
}
