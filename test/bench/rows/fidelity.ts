// Whether a snapshot is what git itself would store: after every random change the tree is compared with one that git
// makes from nothing, and every file that is in neither must have been named.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { snapshot } from "../../../src/git/snapshot.js";
import { attributes } from "../../../src/git/private-git.js";
import { writeFile } from "node:fs/promises";
import { chanceOf } from "../../chance.js";
import { figuresOf } from "../figures.js";
import { mutate } from "../mutations.js";
import type { BenchRow } from "../row.js";
import { makeTree, plainGit, worktreeOf } from "../trees.js";

const FILES = 400;

export const fidelityRow: BenchRow = {
  id: "fidelity",
  title: "fidelity over random changes",
  async measure({ folder, seed, changes, say }) {
    const tree = await makeTree(folder, FILES);
    const worktree = await worktreeOf(tree, folder, "run");
    const chance = chanceOf(seed);
    const wrong: string[] = [];
    const counts = new Map<string, number>();
    let alike = 0;
    for (let round = 0; round < changes; round += 1) {
      if (round % 100 === 99) say(`${round + 1} of ${changes}`);
      const what = mutate(worktree.root, chance, round);
      counts.set(what, (counts.get(what) ?? 0) + 1);
      const seen = await snapshot(worktree);
      const truth = await fromNothing(worktree.root, tree.root, tree.repository.head, join(folder, "truth"));
      if (seen.tree === truth.tree && seen.nested.join("\0") === truth.nested.join("\0")) alike += 1;
      else wrong.push(`change ${round} (${what}): ${seen.tree === truth.tree ? `named ${seen.nested.join(", ")}, not ${truth.nested.join(", ")}` : "another tree"}`);
    }
    const kinds = [...counts].sort().map(([kind, count]) => `${kind} ${count}`).join(", ");
    return {
      kind: "measured",
      lines: [
        {
          at: `${changes} changes, seed ${seed}`,
          unit: "trees",
          ours: figuresOf([alike]),
          beside: [],
          targets: [{ target: `${changes} of ${changes} trees equal to git's, nothing skipped silently`, met: wrong.length === 0 }],
          note: [kinds, ...wrong.slice(0, 20)].join("; "),
        },
      ],
    };
  },
};

/**
 * git's own answer: an index that is the base's with no memory of any file, everything added. It remembers nothing from one
 * round to the next, so no time and no size can deceive it.
 */
async function fromNothing(root: string, borrowed: string, base: string, home: string): Promise<{ readonly tree: string; readonly nested: readonly string[] }> {
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await plainGit(home, ["init", "-q", "--bare", home]);
  await writeFile(join(home, "info", "attributes"), attributes);
  await writeFile(join(home, "objects", "info", "alternates"), `${join(borrowed, ".git", "objects")}\n`);
  const git = (...args: string[]): Promise<string> => plainGit(root, [`--git-dir=${home}`, `--work-tree=${root}`, "-c", "core.bare=false", "-c", "core.bigFileThreshold=1m", ...args]);
  await git("read-tree", base);
  const nested = (await git("ls-files", "-z", "--others", "--exclude-standard")).split("\0").filter((name) => name.endsWith("/")).map((name) => name.slice(0, -1));
  // Left out by us and named; for git they are what `add` would turn into links to commits.
  const leave = nested.map((path) => `:(exclude,literal)${path}`);
  await git("add", "-A", "--", ".", ...leave);
  return { tree: (await git("write-tree")).trim(), nested: nested.sort() };
}
