// A run's worktree, ready for the first command, beside what git itself takes for one.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { alternately, figuresOf, ratioOf } from "../figures.js";
import type { BenchRow, Line } from "../row.js";
import { makeTree, plainGit, worktreeOf } from "../trees.js";

export const worktreeRow: BenchRow = {
  id: "worktree",
  title: "worktree ready for the first command",
  async measure({ folder, trees, say }) {
    const lines: Line[] = [];
    for (const count of trees) {
      say(`${count} files`);
      const place = join(folder, String(count));
      const tree = await makeTree(place, count);
      const samples = await alternately(
        [
          { name: "ours", run: (round) => worktreeOf(tree, place, `r${round}`) },
          { name: "git worktree add", run: (round) => plainGit(tree.root, ["worktree", "add", "-q", "--detach", join(place, `theirs${round}`)]) },
        ],
        { rounds: count > 50_000 ? 3 : 5, warm: 1, now: () => performance.now() },
      );
      const ours = figuresOf(samples.get("ours") ?? []);
      const git = figuresOf(samples.get("git worktree add") ?? []);
      lines.push({
        at: `${count.toLocaleString("en")} files`,
        unit: "ms",
        ours,
        beside: [{ name: "git worktree add", figures: git, ratio: ratioOf(git, ours) }],
        targets: [{ target: "0.6× the time of git worktree add", met: ours.median <= 0.6 * git.median }],
      });
      await rm(place, { recursive: true, force: true });
    }
    return { kind: "measured", lines };
  },
};
