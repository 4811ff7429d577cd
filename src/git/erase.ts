// Deletes a folder that a run may have filled with anything. It must never follow a link out of it, and must manage
// folders whose permissions were taken away, or that are deeper than a path can be long.
import { chmod, lstat, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes a file, link or folder tree; fine when it does not exist. */
export async function erase(path: string): Promise<void> {
  // More than one try: a refused removal goes on in the background for a while, and its leftovers show up in the next.
  for (let tries = 0; ; tries += 1) {
    try {
      return await rm(path, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      if (tries === 4 || !hasCode(error, "EACCES", "EPERM", "ENOTEMPTY", "ENOENT", "ENAMETOOLONG")) throw error;
      if (hasCode(error, "ENAMETOOLONG")) await flatten(path);
      await open(path);
    }
  }
}

/** Removes what a folder holds, but keeps the folder. */
export async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await erase(join(folder, name));
}

/** Far below what the kernel takes for a path (4,096 bytes), so that a name of any length still fits behind it. */
const LONG = 2_000;

/** Brings what lies too deep to the top of `path`, piece by piece, until every file in it can be named. */
async function flatten(path: string): Promise<void> {
  const waiting = [path];
  for (let moved = 0, folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const below = join(folder, entry.name);
      if (Buffer.byteLength(below) < LONG) {
        waiting.push(below);
        continue;
      }
      // What was left by a try before may have the name already.
      for (moved += 1; await exists(join(path, `.deep-${moved}`)); ) moved += 1;
      const short = join(path, `.deep-${moved}`);
      await chmod(below, 0o700);
      await rename(below, short);
      waiting.push(short);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

/** Gives the owner access to a folder and all folders in it; what vanishes meanwhile needs none. */
async function open(path: string): Promise<void> {
  try {
    // lstat: chmod follows links, so only what is a folder itself is touched.
    if (!(await lstat(path)).isDirectory()) return;
    await chmod(path, 0o700);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.isDirectory()) await open(join(path, entry.name));
    }
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTDIR")) throw error;
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
