// Locks on references that a killed git of ours left in the person's repository. Only such are taken away as must be ours;
// a lock of the person's own git is never touched.
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Sha } from "../core/log/parts.js";
import { textOf } from "./private-git.js";
import type { Repository } from "./types.js";

/** Milliseconds for which a lock that nobody writes to is taken to be in use: a git whose runner was killed may still be finishing. */
const quiet = 2000;

/** Settings for a call that deletes a reference: a `git gc` of the person's may hold the packed ones for longer than git waits by default. */
export const packedRefsPatience: readonly string[] = ["core.packedRefsTimeout=10000"];

/** Locks of a transaction that was to move or delete the branch. Only such that hold our commit, or nothing, are ours. */
export async function releaseBranch(repository: Repository, move: { readonly branch: string; readonly to: Sha | null }): Promise<void> {
  const head = join(repository.gitDir, "HEAD.lock");
  const branch = join(repository.commonDir, "refs", "heads", `${move.branch}.lock`);
  const held = await textOf(branch);
  if (held === undefined || (held.trim() !== "" && held.trim() !== move.to)) return;
  await untilQuiet(branch);
  if (((await textOf(head)) ?? "x").trim() === "") await rm(head, { force: true });
  await rm(branch, { force: true });
}

/**
 * The lock on all packed references, which every deletion takes. It bears no name, so ours is one that appeared after
 * `since` (epoch milliseconds) and that nobody has worked under for a while.
 */
export async function releasePackedRefs(repository: Repository, since: number): Promise<void> {
  const lock = join(repository.commonDir, "packed-refs.lock");
  const made = await touched(lock);
  // File systems stamp with a coarser clock than ours.
  if (made === undefined || made < since - 1000) return;
  await untilQuiet(lock);
  await untilQuiet(join(repository.commonDir, "packed-refs.new"));
  if ((await touched(lock)) === made) await rm(lock, { force: true });
}

/** Waits until the file is gone or has not been written to for a while, at most five times that long. */
export async function untilQuiet(file: string): Promise<void> {
  for (let waited = 0; waited < 5 * quiet; waited += 50) {
    const made = await touched(file);
    // A time in the future is a clock that was set back, not a write.
    if (made === undefined || Math.abs(Date.now() - made) > quiet) return;
    await wait(50);
  }
}

const touched = (file: string): Promise<number | undefined> => stat(file).then((found) => found.mtimeMs, () => undefined);
