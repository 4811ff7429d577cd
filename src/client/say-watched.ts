// Says that a window has a repository's runs in view, so that a runner does not announce on the desktop what is seen there.
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WATCHED_FILE } from "../store/watched-file.js";

/** Call it every now and then, more often than once a minute. A disk that refuses costs a notice too many and no more. */
export async function sayWatched(runsFolder: string): Promise<void> {
  const file = join(runsFolder, WATCHED_FILE);
  const now = new Date();
  await utimes(file, now, now).catch(() => writeFile(file, "").catch(() => undefined));
}
