// A checkpoint of a few files that a shell changed: what the worktree holds becomes a durable commit. And the first one.
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkpoint } from "../../../src/git/checkpoint.js";
import { snapshot } from "../../../src/git/snapshot.js";
import type { Worktree } from "../../../src/git/types.js";
import { createWorktree, planWorktree } from "../../../src/git/worktree.js";
import { alternatives } from "../alternatives.js";
import { alternately, figuresOf, ratioOf } from "../figures.js";
import type { Figures } from "../figures.js";
import type { BenchRow, Line } from "../row.js";
import { changeByShell, makeTree, somePaths, worktreeOf } from "../trees.js";
import type { BenchTree } from "../trees.js";

const OURS = "ours";
const ROUNDS = 12;

/** Changed files in each round: from one to ten. */
const changedIn = (round: number): number => 1 + ((round * 7) % 10);

export const checkpointRow: BenchRow = {
  id: "checkpoint",
  title: "checkpoint of 1 to 10 changed files",
  async measure({ folder, trees, say }) {
    const lines: Line[] = [];
    for (const count of trees) {
      say(`${count} files`);
      const at = join(folder, String(count));
      const tree = await makeTree(at, count);
      const worktree = await worktreeOf(tree, at, "run");
      const others = alternatives(worktree.root, join(at, "others"));
      for (const other of others) {
        await other.prepare();
        await other.checkpoint(-1);
      }
      const take = checkpoints(tree, worktree);
      const samples = await alternately([{ name: OURS, run: take }, ...others.map((other) => ({ name: other.name, run: (round: number) => other.checkpoint(round) }))], {
        rounds: ROUNDS,
        warm: 2,
        prepare: (round) => changeByShell(worktree.root, somePaths(changedIn(round), count, round), round),
        now: () => performance.now(),
      });
      lines.push(lineOf(count, samples, lines[0]));
      await rm(at, { recursive: true, force: true });
    }
    return { kind: "measured", lines };
  },
};

/** The comparison after a step and the commit of what it found, each on the one before. */
function checkpoints(tree: BenchTree, worktree: Worktree): (round: number) => Promise<void> {
  let parent = tree.repository.head;
  return async (round) => {
    const seen = await snapshot(worktree);
    parent = await checkpoint(worktree, { tree: seen.tree, parent, message: `round ${round}`, name: `D${round}` });
  };
}

function lineOf(count: number, samples: ReadonlyMap<string, readonly number[]>, smallest: Line | undefined): Line {
  const figures = (name: string): Figures => figuresOf(samples.get(name) ?? []);
  const ours = figures(OURS);
  const beside = [...samples.keys()].filter((name) => name !== OURS).map((name) => ({ name, figures: figures(name), ratio: ratioOf(figures(name), ours) }));
  const ratio = (name: string): number => beside.find((side) => side.name === name)?.ratio ?? 0;
  const targets = [
    { target: "p50 5 ms", met: ours.median <= 5 },
    ...(count === 28_000 ? [{ target: "50× Roo's way", met: ratio("Roo's way") >= 50 }, { target: "150× Cline's way", met: ratio("Cline's way") >= 150 }] : []),
    ...(count === 100_000 && smallest?.at === at(4_000) ? [{ target: "at most 2× that of 4,000 files", met: ours.median <= 2 * smallest.ours.median }] : []),
  ];
  return { at: at(count), unit: "ms", ours, beside, targets };
}

const at = (count: number): string => `${count.toLocaleString("en")} files`;

export const firstCheckpointRow: BenchRow = {
  id: "first-checkpoint",
  title: "first checkpoint",
  async measure({ folder, trees, say }) {
    const lines: Line[] = [];
    for (const count of trees) {
      say(`${count} files`);
      const place = join(folder, String(count));
      const tree = await makeTree(place, count);
      const home = await worktreeOf(tree, place, "others");
      const others = alternatives(home.root, join(place, "others")).filter((other) => other.name !== "private index + add -A");
      const runs = new Map<string, Worktree>();
      const bytes: number[] = [];
      const samples = await alternately(
        [
          {
            name: OURS,
            run: async (round) => {
              const worktree = runs.get(String(round));
              if (worktree === undefined) throw new Error("the worktree of this round was not made");
              await checkpoints(tree, worktree)(round);
            },
          },
          ...others.map((other) => ({ name: other.name, run: (round: number) => other.checkpoint(round) })),
        ],
        {
          rounds: 3,
          warm: 0,
          async prepare(round) {
            const worktree = planWorktree({ runFolder: join(place, "runs", String(round)), worktreesFolder: join(place, "worktrees"), run: String(round) });
            await createWorktree(tree.repository, worktree, tree.repository.head, []);
            runs.set(String(round), worktree);
            bytes.push(await sizeOf(join(worktree.gitDir, "objects")));
            for (const other of others) await other.prepare();
          },
          now: () => performance.now(),
        },
      );
      const grown = await Promise.all([...runs.values()].map(async (worktree, n) => (await sizeOf(join(worktree.gitDir, "objects"))) - (bytes[n] ?? 0)));
      const theirs = await sizeOf(join(place, "others", "roo", ".git"));
      const ours = figuresOf(samples.get(OURS) ?? []);
      const beside = others.map((other) => {
        const figures = figuresOf(samples.get(other.name) ?? []);
        return { name: other.name, figures, ratio: ratioOf(figures, ours) };
      });
      lines.push({ at: at(count), unit: "ms", ours, beside, targets: count === 100_000 ? [{ target: "200 ms", met: ours.median <= 200 }] : [], note: "of a fresh worktree in which nothing changed yet; making it is a row of its own" });
      const size = figuresOf(grown.map((one) => one / 1e6));
      lines.push({ at: `${at(count)}, size`, unit: "MB", ours: size, beside: [{ name: "Roo's way", figures: figuresOf([theirs / 1e6]), ratio: theirs / 1e6 / Math.max(size.median, 0.001) }], targets: count === 100_000 ? [{ target: "1 MB", met: size.median <= 1 }] : [] });
      await rm(place, { recursive: true, force: true });
    }
    return { kind: "measured", lines };
  },
};

async function sizeOf(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
  return sum;
}
