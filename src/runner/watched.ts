// Whether an editor window has this repository's runs in view: such a window touches a file now and then.
import { stat } from "node:fs/promises";
import path from "node:path";
import { WATCHED_FILE, WATCHED_MS } from "../store/watched-file.js";

/** `now`: epoch milliseconds. */
export async function isWatched(runsFolder: string, now: number): Promise<boolean> {
  const touched = await stat(path.join(runsFolder, WATCHED_FILE)).then((found) => found.mtimeMs, () => 0);
  return Math.abs(now - touched) < WATCHED_MS;
}
