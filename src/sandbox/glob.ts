// The glob tool for every Node: the SDK's needs one of Node 22. It follows no symbolic link and never leaves its root.
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import picomatch from "picomatch";

/** Entries looked at, results given: the SDK's own limits. */
const LIMIT = { entries: 50_000, results: 200, depth: 40 } as const;

/** Regular files below `folder` that match, newest first, as absolute paths; one a line, as the model gets them. */
export async function glob(pattern: string, folder: string): Promise<string> {
  const matches = picomatch(pattern, { dot: true });
  const found: { readonly path: string; readonly changed: number }[] = [];
  let left: number = LIMIT.entries;
  let skipped = false;

  const walk = async (relative: string, depth: number): Promise<void> => {
    if (depth > LIMIT.depth) return;
    for (const entry of await readFolder(join(folder, relative))) {
      if (left-- <= 0) {
        skipped = true;
        return;
      }
      if (entry.name === ".git" || entry.name === "node_modules") continue;
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await walk(path, depth + 1);
      else if (entry.isFile() && matches(path)) {
        const full = join(folder, path);
        found.push({ path: full, changed: await changedAt(full) });
      }
    }
  };
  await walk("", 0);

  const notes = [
    ...(found.length > LIMIT.results ? [`[${found.length - LIMIT.results} more matches are not shown]`] : []),
    ...(skipped ? [`[the search stopped after ${LIMIT.entries} entries]`] : []),
  ];
  if (found.length === 0) return ["no matches", ...notes].join("\n");
  found.sort((a, b) => b.changed - a.changed || (a.path < b.path ? -1 : 1));
  return [...found.slice(0, LIMIT.results).map(({ path }) => path), ...notes].join("\n");
}

async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // A folder that vanished or may not be read has no matches; the rest of the tree still has.
    if (error instanceof Error && "code" in error) return [];
    throw error;
  }
}

async function changedAt(file: string): Promise<number> {
  try {
    return (await lstat(file)).mtimeMs;
  } catch (error) {
    if (error instanceof Error && "code" in error) return 0;
    throw error;
  }
}
