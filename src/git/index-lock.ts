// Runs a call that writes the private index, past the lock file of a git that was killed. The caller is the only writer,
// so a lock that stays is nobody's. It must never be used on the person's own index.
import { stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { erase } from "./erase.js";
import { GitFailed } from "./host.js";

/** A killed runner's git may live on for a moment and finish its own write. */
const grace = 2000;

export async function pastStaleLock<T>(index: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof GitFailed) || !/index\.lock': File exists|Unable to create '.*\.lock'/.test(error.stderr)) throw error;
    const lock = `${index}.lock`;
    const made = await stat(lock).then((found) => found.mtimeMs, () => 0);
    // A time in the future is a clock that was set back since.
    const age = Math.abs(Date.now() - made);
    if (age < grace) await wait(grace - age);
    await erase(lock);
    return call();
  }
}
