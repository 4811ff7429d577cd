// What a run may leave lying about on the disk: names, not contents. What grows by design (objects, blobs, what the agent
// itself wrote) is not looked into.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Folders whose content is the run's own growing record. */
const GROWING: ReadonlySet<string> = new Set(["objects", "blobs", "tree", "refs", "logs"]);
/** Folders below one another that are looked into. */
const DEEPEST = 4;

/** Names below the folder, relative to it, sorted. */
export function namesIn(folder: string, depth = DEEPEST): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => [entry.name, ...(entry.isDirectory() && depth > 1 && !GROWING.has(entry.name) ? namesIn(join(folder, entry.name), depth - 1).map((name) => `${entry.name}/${name}`) : [])])
    .sort();
}

/** The entries of `after` that `before` has not, as often as they are more. */
export function grown(before: readonly string[], after: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const name of before) left.set(name, (left.get(name) ?? 0) + 1);
  return after.filter((name) => {
    const n = left.get(name) ?? 0;
    left.set(name, n - 1);
    return n <= 0;
  });
}

/** The entries of both, as often as they are in both. */
export function common(one: readonly string[], other: readonly string[]): readonly string[] {
  const alone = grown(other, one);
  return grown(alone, one);
}
