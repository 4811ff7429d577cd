// Gives a run a command and sees to it that somebody folds it: the living runner, or a clerk started for it. What was
// posted is never lost; what is said to have happened was read in the log.
import type { Command } from "../core/command.js";
import { HumanError } from "../core/error.js";
import type { LoggedEvent } from "../core/log/event.js";
import type { RunId } from "../core/run/run.js";
import type { RunLog } from "../store/store.js";
import type { ModelAccess } from "./model-access.js";
import type { Workspace } from "./open-repository.js";
import { runnerComplaints, spawnRunner, type Spawned } from "./spawn-runner.js";

export type Folding = { readonly kind: "accepted"; readonly id: string; readonly seq: number } | { readonly kind: "refused"; readonly id: string; readonly why: string };

export interface Folder {
  /** Who folds when the lock is free. A worker goes on with the run and spends; a clerk only does what was asked. */
  readonly role: "clerk" | "worker";
  readonly access?: ModelAccess;
}

const CLERK: Folder = { role: "clerk" };

/** Milliseconds in which a command must be folded. A worker folds between steps, so this is generous. */
const PATIENCE = 60_000;
/** How often the log and the lock are looked at, in milliseconds. */
const LOOK = 50;
/** Clerks started for one command before giving up. */
const ATTEMPTS = 4;

/** Throws HumanError when nobody folded the command in time; it stays posted and is folded by the next runner. */
export async function commandRun(workspace: Workspace, id: RunId, command: Command, folder: Folder = CLERK): Promise<Folding> {
  const log = workspace.store.open(id);
  const commandId = await log.post(command);
  return foldingOf(workspace, log, commandId, folder);
}

async function foldingOf(workspace: Workspace, log: RunLog, commandId: string, folder: Folder): Promise<Folding> {
  const deadline = performance.now() + PATIENCE;
  const helper = helperFor(workspace, log, folder);
  let from = 1;
  while (performance.now() < deadline) {
    for await (const event of log.read(from)) {
      from = event.seq + 1;
      if (event.kind === "command.accepted" && event.id === commandId) return { kind: "accepted", id: commandId, seq: event.seq };
      if (event.kind === "command.refused" && event.id === commandId) return { kind: "refused", id: commandId, why: event.why };
    }
    await helper.ensure();
    await pause(LOOK);
  }
  const holder = await log.holder();
  const who = holder === undefined ? "No runner could be started for it." : `The runner (process ${String(holder.pid)}) is busy with a long step.`;
  throw new HumanError(
    `The command reached the run ${log.id}, but was not taken up within ${String(PATIENCE / 1000)} s. ${who} It stays in the run's inbox and takes effect with the next runner; "vigil show ${log.id}" tells.`,
  );
}

/** Starts a runner whenever the lock is free and the last one started is gone. */
function helperFor(workspace: Workspace, log: RunLog, folder: Folder) {
  let current: { readonly spawned: Spawned; gone: boolean; code: number | null } | undefined;
  let attempts = 0;
  return {
    async ensure(): Promise<void> {
      if (current?.gone === false) return;
      if ((await log.holder()) !== undefined) return;
      if (attempts >= ATTEMPTS) throw await failure(workspace, log.id, current?.code ?? null);
      attempts += 1;
      const spawned = await spawnRunner(workspace, log.id, folder.role, folder.access);
      const started = { spawned, gone: false, code: null as number | null };
      void spawned.exited.then((code) => {
        started.gone = true;
        started.code = code;
      });
      current = started;
    },
  };
}

async function failure(workspace: Workspace, id: RunId, code: number | null): Promise<HumanError> {
  const complaints = await runnerComplaints(workspace, id);
  const said = complaints === "" ? "It said nothing." : `It said: ${complaints}`;
  return new HumanError(
    `The command is in the run's inbox, but the runner that should take it up ended ${code === null ? "by a signal" : `with exit code ${String(code)}`} ${String(ATTEMPTS)} times. ${said} "vigil verify ${id}" and "vigil doctor" look for the cause.`,
  );
}

/**
 * The first event after `seq` that `wanted` picks, for as long as a runner lives; undefined when it went away without
 * one, or after `patience` milliseconds. Required checks may take as long as policy lets them: for those there is no limit.
 */
export async function outcomeOf<E extends LoggedEvent>(workspace: Workspace, id: RunId, seq: number, wanted: (event: LoggedEvent) => event is E, patience = Infinity): Promise<E | undefined> {
  const log = workspace.store.open(id);
  const deadline = performance.now() + patience;
  let from = seq + 1;
  let free = 0;
  while (free < 3 && performance.now() < deadline) {
    for await (const event of log.read(from)) {
      from = event.seq + 1;
      if (wanted(event)) return event;
    }
    free = (await log.holder()) === undefined ? free + 1 : 0;
    await pause(LOOK);
  }
  return undefined;
}

/** Whether nobody holds the run's lock, at once or within `patience` milliseconds. */
export async function isLetGo(log: RunLog, patience: number): Promise<boolean> {
  const deadline = performance.now() + patience;
  while ((await log.holder()) !== undefined) {
    if (performance.now() >= deadline) return false;
    await pause(LOOK);
  }
  return true;
}

async function pause(ms: number): Promise<void> {
  await new Promise<void>((done) => setTimeout(done, ms));
}
