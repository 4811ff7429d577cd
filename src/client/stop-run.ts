// Ends a run and waits until it has ended: a command that was taken up is only a promise, and what people and scripts do
// next (land, remove, look) needs the end itself.
import type { EventOf, LoggedEvent } from "../core/log/event.js";
import type { RunId } from "../core/run/run.js";
import { commandRun, isLetGo, outcomeOf, type Folding } from "./command-run.js";
import type { Workspace } from "./open-repository.js";
import { requirePerson } from "./person.js";

export interface Stopped {
  readonly folding: Folding;
  /** False: the stop was taken up, but the run still puts its files in order. */
  readonly ended: boolean;
}

/** Milliseconds. A stop kills what runs; what can take longer is putting the files of a large tree back. */
const END = 20_000;
/** Milliseconds for the run's process to go once it has written the end: a workshop that was just starting comes up first, to be ended. */
const LAST_WORDS = 20_000;

export async function stopRun(workspace: Workspace, id: RunId, why: string | undefined): Promise<Stopped> {
  const by = await requirePerson(workspace.repository);
  const folding = await commandRun(workspace, id, { kind: "stop", by, ...(why === undefined ? {} : { why }) });
  if (folding.kind === "refused") return { folding, ended: false };
  const ended = (await outcomeOf(workspace, id, folding.seq, isEnd, END)) !== undefined;
  if (ended) await isLetGo(workspace.store.open(id), LAST_WORDS);
  return { folding, ended };
}

function isEnd(event: LoggedEvent): event is LoggedEvent & EventOf<"run.ended"> {
  return event.kind === "run.ended";
}
