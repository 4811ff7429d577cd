// Looks up single entries of a tree. Reads only.
import type { Sha } from "../core/log/parts.js";
import { inBatches } from "./compare.js";
import { git, readable, records } from "./host.js";
import type { Door } from "./host.js";

export interface TreeEntry {
  readonly mode: string;
  readonly object: Sha;
}

/** With the bytes of a file or of a link's target; 0 for a submodule. */
export interface SizedEntry extends TreeEntry {
  readonly size: number;
}

/** Files (and links and submodules) at or below `paths`. A path with nothing there has no entry. */
export async function treeEntries(door: Door, tree: Sha, paths: readonly string[]): Promise<Map<string, TreeEntry>> {
  return entries(door, tree, paths, []);
}

/** The same with sizes, for which git looks at each object. */
export async function sizedEntries(door: Door, tree: Sha, paths: readonly string[]): Promise<Map<string, SizedEntry>> {
  return entries(door, tree, paths, ["-l"]);
}

async function entries(door: Door, tree: Sha, paths: readonly string[], how: readonly string[]): Promise<Map<string, SizedEntry>> {
  const found = new Map<string, SizedEntry>();
  for (const batch of inBatches(paths)) {
    const { stdout } = await git(door, ["ls-tree", "-r", ...how, "-z", "--full-tree", tree, "--", ...batch]);
    for (const line of records(stdout)) {
      const cut = line.indexOf("\t");
      const [mode, , object, size] = line.slice(0, cut).split(/ +/);
      if (mode !== undefined && object !== undefined) found.set(readable(line.slice(cut + 1)), { mode, object, size: Number(size) || 0 });
    }
  }
  return found;
}

/** Lines of `update-index -z --index-info` that set or drop entries. */
export function indexInfo(entries: readonly { readonly path: string; readonly entry: TreeEntry | undefined }[], zero: Sha): Buffer {
  return Buffer.from(entries.map(({ path, entry }) => (entry === undefined ? `0 ${zero}\t${path}\0` : `${entry.mode} ${entry.object}\t${path}\0`)).join(""), "utf8");
}

/** The object id of nothing, as long as `like`. */
export const zeroFor = (like: Sha): Sha => "0".repeat(like.length);
