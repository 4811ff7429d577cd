// The files that change along a chain of trees, with their contents before and after each step. A run has many steps and
// starting git costs more than what it does here, so it is started four times however many there are, and more often only
// where the contents are large. Reads only.
import type { Sha } from "../core/log/parts.js";
import { readBlobs } from "./blobs.js";
import { git, readable } from "./host.js";
import type { Worktree } from "./types.js";

/** From one tree (or commit) to the next. */
export interface Step {
  readonly from: Sha;
  readonly to: Sha;
}

/** undefined: there is no such file on that side. */
export interface ChangedFile<T> {
  readonly path: string;
  readonly before: { readonly mode: string; readonly content: T } | undefined;
  readonly after: { readonly mode: string; readonly content: T } | undefined;
}

/** Bytes that are read at once, unless a single file has more. */
const AT_ONCE = 64 * 1024 * 1024;

/**
 * For each step its changed files, in git's order. A rename is a deletion and an addition. Only what `keep` makes of a
 * content is kept, and it is asked once for each: a night that rewrites a large file again and again must fit in memory.
 */
export async function changedFiles<T>(worktree: Worktree, steps: readonly Step[], keep: (bytes: Uint8Array) => T): Promise<ChangedFile<T>[][]> {
  const sides = await changedObjects(worktree, steps);
  const kept = new Map<Sha, T>();
  const all = sides.flat().flatMap(({ before, after }) => [before, after]);
  for (const { mode, object } of all) if (mode === SUBMODULE) kept.set(object, keep(Buffer.from(object)));
  for (const batch of await batches(worktree, [...new Set(all.filter(({ mode }) => mode !== ABSENT && mode !== SUBMODULE).map(({ object }) => object))])) {
    for (const [object, bytes] of await readBlobs(worktree, batch)) kept.set(object, keep(bytes));
  }
  const side = ({ mode, object }: Side): ChangedFile<T>["before"] => {
    if (mode === ABSENT) return undefined;
    if (!kept.has(object)) throw new Error(`The object ${object} that a tree names was not read.`);
    return { mode, content: kept.get(object) as T };
  };
  return sides.map((files) => files.map(({ path, before, after }) => ({ path, before: side(before), after: side(after) })));
}

async function batches(worktree: Worktree, objects: readonly Sha[]): Promise<Sha[][]> {
  if (objects.length === 0) return [];
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["cat-file", "--batch-check=%(objectsize)", "--buffer"], { input: objects.map((object) => `${object}\n`).join("") });
  const sizes = stdout.toString("latin1").split("\n").map(Number);
  const found: Sha[][] = [];
  let held = Infinity;
  for (const [at, object] of objects.entries()) {
    const said = sizes[at];
    // A missing object has no size; reading it says so.
    const size = said === undefined || Number.isNaN(said) ? 0 : said;
    if (held + size > AT_ONCE) {
      found.push([]);
      held = 0;
    }
    found.at(-1)?.push(object);
    held += size;
  }
  return found;
}

const ABSENT = "000000";
const SUBMODULE = "160000";

interface Side {
  readonly mode: string;
  readonly object: Sha;
}

interface ChangedObjects {
  readonly path: string;
  readonly before: Side;
  readonly after: Side;
}

async function changedObjects(worktree: Worktree, steps: readonly Step[]): Promise<ChangedObjects[][]> {
  if (steps.length === 0) return [];
  const door = { gitDir: worktree.gitDir };
  const trees = await treesOf(worktree, steps.flatMap(({ from, to }) => [from, to]));
  const input = steps.map(({ from, to }) => `${trees.get(from) ?? from} ${trees.get(to) ?? to}\n`).join("");
  const { stdout } = await git(door, ["diff-tree", "--stdin", "-r", "-z", "--raw", "--ignore-submodules=none"], { input });
  const found = parsed(stdout.toString("latin1"));
  if (found.length !== steps.length) throw new Error(`git compared ${String(found.length)} pairs of trees, not ${String(steps.length)}`);
  return found;
}

/** A line that names both trees before each pair's changes; two fields that end with a zero byte for each change. */
function parsed(text: string): ChangedObjects[][] {
  const found: ChangedObjects[][] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] !== ":") {
      found.push([]);
      at = text.indexOf("\n", at) + 1;
      continue;
    }
    const nameAt = text.indexOf("\0", at) + 1;
    const end = text.indexOf("\0", nameAt);
    const [oldMode = "", newMode = "", oldObject = "", newObject = ""] = text.slice(at + 1, nameAt - 1).split(" ");
    found.at(-1)?.push({ path: readable(text.slice(nameAt, end)), before: { mode: oldMode, object: oldObject }, after: { mode: newMode, object: newObject } });
    at = end + 1;
  }
  return found;
}

/** git compares a list of pairs only where both are trees. */
async function treesOf(worktree: Worktree, objects: readonly Sha[]): Promise<Map<Sha, Sha>> {
  const asked = [...new Set(objects)];
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["cat-file", "--batch-check=%(objectname)"], { input: asked.map((object) => `${object}^{tree}\n`).join("") });
  const trees = stdout.toString("latin1").split("\n");
  return new Map(
    asked.map((object, at) => {
      const tree = trees[at] ?? "";
      if (!/^[0-9a-f]+$/.test(tree)) throw new Error(`The tree ${object} that the run's log names is missing from its git data.`);
      return [object, tree];
    }),
  );
}
