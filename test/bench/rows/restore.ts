// Taking back what a step did to ten files: they and nothing else become what they were.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { restore } from "../../../src/git/restore.js";
import { snapshot } from "../../../src/git/snapshot.js";
import { alternately, figuresOf, ratioOf } from "../figures.js";
import type { BenchRow, Line } from "../row.js";
import { changeByShell, makeTree, plainGit, somePaths, worktreeOf } from "../trees.js";

const FILES = 10;

export const restoreRow: BenchRow = {
  id: "restore",
  title: `restore of ${FILES} files`,
  async measure({ folder, trees, say }) {
    const lines: Line[] = [];
    for (const count of trees) {
      say(`${count} files`);
      const place = join(folder, String(count));
      const tree = await makeTree(place, count);
      const worktree = await worktreeOf(tree, place, "ours");
      const before = (await snapshot(worktree)).tree;
      const theirs = join(place, "theirs");
      await plainGit(tree.root, ["worktree", "add", "-q", "--detach", theirs]);
      const samples = await alternately(
        [
          { name: "ours", run: (round) => restore(worktree, before, somePaths(FILES, count, round)) },
          { name: "git checkout", run: (round) => plainGit(theirs, ["checkout", "-q", "HEAD", "--", ...somePaths(FILES, count, round)]) },
        ],
        {
          rounds: 20,
          warm: 2,
          async prepare(round) {
            for (const root of [worktree.root, theirs]) await changeByShell(root, somePaths(FILES, count, round), round);
          },
          now: () => performance.now(),
        },
      );
      const whole = (await snapshot(worktree)).tree === before;
      if (!whole) throw new Error("the restored worktree is not the tree that it was");
      const [ours, git] = ["ours", "git checkout"].map((name) => figuresOf(samples.get(name) ?? []));
      if (ours === undefined || git === undefined) throw new Error("a side is missing");
      lines.push({ at: `${count.toLocaleString("en")} files`, unit: "ms", ours, beside: [{ name: "git checkout", figures: git, ratio: ratioOf(git, ours) }], targets: [{ target: "15 ms p95", met: ours.p95 <= 15 }] });
      await rm(place, { recursive: true, force: true });
    }
    return { kind: "measured", lines };
  },
};
