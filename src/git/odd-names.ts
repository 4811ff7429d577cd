// Names that are not UTF-8 cannot be written as text, and so not be handed back to git as arguments. This finds the names
// behind the text that stands for them; it changes nothing.
import type { Sha } from "../core/log/parts.js";
import { git, readable, records } from "./host.js";
import type { Door } from "./host.js";
import type { TreeEntry } from "./tree-entries.js";

/** Whether a path as text may stand for a name that is not UTF-8 (or for one with U+FFFD itself in it). */
export const standsForOddName = (path: string): boolean => path.includes("\uFFFD");

export interface OddName {
  /** In the latin1 form of `records`. */
  readonly name: string;
  /** What the tree has there; undefined where only the index knows the name. */
  readonly entry: TreeEntry | undefined;
}

/** Every file of `tree` or of the door's index that one of `paths` stands for, or a folder that it lies in. Reads both whole. */
export async function oddNames(door: Door, tree: Sha, paths: readonly string[]): Promise<readonly OddName[]> {
  const meant = (name: string): boolean => paths.some((path) => readable(name) === path || readable(name).startsWith(`${path}/`));
  const found = new Map<string, TreeEntry | undefined>();
  for (const name of records((await git(door, ["ls-files", "-z"])).stdout)) if (meant(name)) found.set(name, undefined);
  for (const line of records((await git(door, ["ls-tree", "-r", "-z", "--full-tree", tree])).stdout)) {
    const cut = line.indexOf("\t");
    const [mode, , object] = line.slice(0, cut).split(" ");
    const name = line.slice(cut + 1);
    if (mode !== undefined && object !== undefined && meant(name)) found.set(name, { mode, object });
  }
  return [...found].map(([name, entry]) => ({ name, entry }));
}
