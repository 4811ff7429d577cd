// Deletes a folder that a run may have filled with anything. It must never follow a link out of it, and must manage
// folders whose permissions were taken away.
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes a file, link or folder tree; fine when it does not exist. */
export async function erase(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await open(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what a folder holds, but keeps the folder. */
export async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await erase(join(folder, name));
}

async function open(path: string): Promise<void> {
  // lstat: chmod follows links, so only what is a folder itself is touched.
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await open(join(path, entry.name));
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM" || error.code === "ENOTEMPTY");
}
