// The store that keeps runs as folders beside the repository's git data. The embedded default of `Store`.
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
import { syncFolder, writeNew } from "./durable.js";
import { encodeHead } from "./head.js";
import { commandNames } from "./inbox.js";
import { takeLock } from "./lock.js";
import type { HeldLock, LockTaken } from "./lock.js";
import { START } from "./position.js";
import { filesIn, isRunId, noSuchRun, runFiles } from "./run-files.js";
import type { RunFiles } from "./run-files.js";
import { fileRunLog } from "./run-log.js";
import { openWriter } from "./run-writer.js";
import type { LockInfo, Store } from "./store.js";
import { asWriteFailed, errorCode } from "./write-failed.js";

/** Runs as folders in `runsFolder` (`<git common dir>/vigil/runs`), which is made when the first run is. */
export function fileStore(runsFolder: string): Store {
  const nextName = commandNames();
  return {
    async list() {
      const entries = await readdir(runsFolder, { withFileTypes: true }).catch((error: unknown) => {
        if (errorCode(error) === "ENOENT") return [];
        throw error;
      });
      const ids = entries.filter((entry) => entry.isDirectory() && isRunId(entry.name)).map((entry) => entry.name);
      return ids.sort().reverse();
    },
    exists: async (id) => isRunId(id) && (await isFolder(join(runsFolder, id))),
    async create(id) {
      const files = runFiles(runsFolder, id);
      await createRun(runsFolder, files);
      return fileRunLog(files, nextName);
    },
    open: (id) => fileRunLog(runFiles(runsFolder, id), nextName),
    async write(id, clock) {
      const files = runFiles(runsFolder, id);
      const taken = await lockRun(files, Math.trunc(clock()));
      if (taken.kind === "held") return taken;
      return await orRelease(taken.lock, async () => ({ kind: "writer", writer: await openWriter(files, fileRunLog(files, nextName), taken.lock, clock) }));
    },
    async remove(id, everything) {
      const files = runFiles(runsFolder, id);
      const taken = await lockRun(files, Date.now());
      if (taken.kind === "held") throw inUse(id, taken.by);
      try {
        await removeRun(runsFolder, files, everything);
      } finally {
        taken.lock.release();
      }
    },
  };
}

/** Made whole under another name first, so that a run's folder is there with all its files or not at all. */
async function createRun(runsFolder: string, files: RunFiles): Promise<void> {
  if (await isFolder(files.folder)) throw new HumanError(`There is a run "${files.id}" already; a new run needs an id of its own.`);
  try {
    await mkdir(runsFolder, { recursive: true, mode: 0o700 });
    const made = filesIn(await mkdtemp(join(runsFolder, ".new-")), files.id);
    try {
      await mkdir(made.inbox, { mode: 0o700 });
      await mkdir(made.blobs, { mode: 0o700 });
      await writeNew(made.log, []);
      await writeNew(made.lock, []);
      await writeNew(made.head, [encodeHead(START)]);
      await syncFolder(made.folder);
      await rename(made.folder, files.folder);
    } catch (error) {
      await rm(made.folder, { recursive: true, force: true });
      throw error;
    }
    await syncFolder(runsFolder);
    await syncFolder(join(runsFolder, ".."));
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOTEMPTY" || code === "EEXIST") throw new HumanError(`There is a run "${files.id}" already; a new run needs an id of its own.`);
    throw asWriteFailed(error, files.folder);
  }
}

async function removeRun(runsFolder: string, files: RunFiles, everything: boolean): Promise<void> {
  try {
    if (!everything) {
      await rm(files.git, { recursive: true, force: true });
      await syncFolder(files.folder);
      return;
    }
    // Out of sight in one step: a removal that is cut short leaves no half a run behind.
    const away = join(runsFolder, `.removed-${files.id}-${Date.now()}`);
    await rename(files.folder, away);
    await syncFolder(runsFolder);
    await rm(away, { recursive: true, force: true });
  } catch (error) {
    throw asWriteFailed(error, files.folder);
  }
}

async function lockRun(files: RunFiles, now: number): Promise<LockTaken> {
  if (!(await isFolder(files.folder))) throw noSuchRun(files.id);
  try {
    // A lock file that is gone is made again: it holds nothing but the kernel's lock.
    await writeNew(files.lock, []).catch((error: unknown) => {
      if (errorCode(error) !== "EEXIST") throw error;
    });
    return await takeLock(files.lock, now);
  } catch (error) {
    throw asWriteFailed(error, files.lock);
  }
}

async function orRelease<T>(lock: HeldLock, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    lock.release();
    throw error;
  }
}

function inUse(id: RunId, by: LockInfo | undefined): HumanError {
  const who = by === undefined ? "" : ` (process ${by.pid} on ${by.host})`;
  return new HumanError(`Run ${id} is being worked on${who}, so it cannot be removed. Stop it first: vigil stop ${id}`);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}
