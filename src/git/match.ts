// Compares single files of a folder with a tree, under the settings of the person whose folder it is. Changes nothing there.
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../core/log/parts.js";
import { git, readable, records } from "./host.js";
import type { Door } from "./host.js";
import { indexInfo, treeEntries, zeroFor } from "./tree-entries.js";

/** Which of `paths` are not as in `tree`. `index` is the path of an index that does not exist yet; it holds only these. */
export async function differing(door: Door & { readonly workTree: string }, tree: Sha, paths: readonly string[], config: readonly string[], index: string): Promise<string[]> {
  const own = { ...door, index };
  const entries = await treeEntries(door, tree, paths);
  const present = paths.flatMap((path) => {
    const entry = entries.get(path);
    return entry === undefined || entry.mode === "160000" ? [] : [{ path, entry }];
  });
  const found: string[] = [];
  if (present.length > 0) {
    await git(own, ["update-index", "--add", "-z", "--index-info"], { input: indexInfo(present, zeroFor(tree)) });
    // The refresh reads contents; what it could not confirm is what differs.
    await git(own, ["update-index", "--refresh"], { config, expect: [0, 1] });
    for (const name of records((await git(own, ["diff-files", "-z", "--name-only", "--no-ext-diff"], { config })).stdout)) found.push(readable(name));
  }
  for (const path of paths) {
    if (!entries.has(path) && (await lstat(join(door.workTree, path)).then((there) => !there.isDirectory(), () => false))) found.push(path);
  }
  return found;
}

/** Which of `paths` hold only a beginning of what `tree` has there, or nothing at all: writing them was broken off. */
export async function withoutRest(door: Door & { readonly workTree: string }, tree: Sha, paths: readonly string[]): Promise<string[]> {
  const entries = await treeEntries(door, tree, paths);
  const torn: string[] = [];
  for (const path of paths) {
    const there = await lstat(join(door.workTree, path)).catch(() => undefined);
    const entry = entries.get(path);
    if (there === undefined) {
      torn.push(path);
    } else if (there.isFile() && entry !== undefined && entry.mode !== "160000") {
      const whole = (await git(door, ["cat-file", "blob", entry.object])).stdout;
      const begun = await readFile(join(door.workTree, path));
      if (begun.length < whole.length && begun.equals(whole.subarray(0, begun.length))) torn.push(path);
    }
  }
  return torn;
}
