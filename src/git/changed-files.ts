// The files that change along a chain of trees, with their contents before and after each step. A run has many steps and
// starting git costs more than what it does here, so it is started three times however many there are. Reads only.
import type { Sha } from "../core/log/parts.js";
import { readBlobs, type FileContent } from "./blobs.js";
import { git, readable } from "./host.js";
import type { Worktree } from "./types.js";

/** From one tree (or commit) to the next. */
export interface Step {
  readonly from: Sha;
  readonly to: Sha;
}

/** undefined: there is no such file on that side. */
export interface ChangedFile {
  readonly path: string;
  readonly before: FileContent | undefined;
  readonly after: FileContent | undefined;
}

/** For each step its changed files, in git's order. A rename is a deletion and an addition. */
export async function changedFiles(worktree: Worktree, steps: readonly Step[]): Promise<ChangedFile[][]> {
  const sides = await changedObjects(worktree, steps);
  const contents = await readBlobs(worktree, [...new Set(sides.flat().flatMap(({ before, after }) => [before, after].filter((side) => side.mode !== ABSENT && side.mode !== SUBMODULE).map(({ object }) => object)))]);
  const content = ({ mode, object }: Side): FileContent | undefined => {
    if (mode === ABSENT) return undefined;
    const bytes = mode === SUBMODULE ? Buffer.from(object) : contents.get(object);
    return bytes === undefined ? undefined : { bytes, mode };
  };
  return sides.map((files) => files.map(({ path, before, after }) => ({ path, before: content(before), after: content(after) })));
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
  const { stdout } = await git(door, ["diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", "--ignore-submodules=none"], { input });
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
