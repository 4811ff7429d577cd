// Making files and folders survive a power cut. Every function here resolves only after the disk has it.
import { open, rename, rm } from "node:fs/promises";
import { asWriteFailed } from "./write-failed.js";

/** Makes the names in a folder durable. Windows has no such call: NTFS journals names by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a new file, readable by this user only, and syncs its content; its name is durable once the folder was synced. */
export async function writeNew(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    for (const part of parts) await handle.writeFile(part);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a new file under `temporary` and renames it to `path`, both in one folder: whoever sees `path` sees all of it.
 * Its name is durable only after the folder was synced, which is left to the caller so that many files can share that.
 * Throws WriteFailed.
 */
export async function writeThenName(temporary: string, path: string, parts: readonly Uint8Array[]): Promise<void> {
  try {
    await writeNew(temporary, parts);
    await rename(temporary, path);
  } catch (error) {
    // A full disk must not stay full of half-written files. Should this fail too, temporary names are ignored by readers.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asWriteFailed(error, path);
  }
}

/**
 * A sync of one folder that many writers share: a call that arrives while one is under way waits for the next, which
 * covers everything named before it began. A hundred blobs at once cost two syncs instead of a hundred.
 */
export function sharedSync(folder: string): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let queued: Promise<void> | undefined;
  return () => {
    if (queued !== undefined) return queued;
    const mine = last.then(async () => {
      queued = undefined;
      try {
        await syncFolder(folder);
      } catch (error) {
        throw asWriteFailed(error, folder);
      }
    });
    queued = mine;
    // A failure is told to those who wait for it; the sync after it is a try of its own.
    last = mine.catch(() => undefined);
    return mine;
  };
}
