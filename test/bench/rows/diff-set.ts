// The diff set of a run with 300 changed files, and the reason of every line, kept step by step, beside `git blame`.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { diffRun } from "../../../src/client/diff-run.js";
import type { RunView } from "../../../src/client/read-run.js";
import { baseOrigins, changedBy } from "../../../src/core/review/origins.js";
import type { Decision } from "../../../src/core/run/run.js";
import { checkpoint } from "../../../src/git/checkpoint.js";
import { snapshot } from "../../../src/git/snapshot.js";
import { fileStore } from "../../../src/store/file-store.js";
import { decision, run } from "../../unit/run-builder.js";
import { chanceOf } from "../../chance.js";
import { alternately, figuresOf, ratioOf } from "../figures.js";
import type { BenchRow } from "../row.js";
import { changeByShell, makeTree, pathOf, plainGit, worktreeOf } from "../trees.js";

const RUN = "20260101-000000-dddddd";
const FILES = 300;
const DECISIONS = 10;

export const diffSetRow: BenchRow = {
  id: "diff-set",
  title: `diff set of ${FILES} files`,
  async measure({ folder }) {
    const tree = await makeTree(folder, 4_000);
    const worktree = await worktreeOf(tree, folder, RUN);
    const decisions: Decision[] = [];
    let before: string = tree.repository.head;
    let head = before;
    for (let n = 1; n <= DECISIONS; n += 1) {
      // Each decision changes its own thirty files and five of the one before it.
      const from = (n - 1) * (FILES / DECISIONS);
      await changeByShell(worktree.root, Array.from({ length: FILES / DECISIONS + 5 }, (_, k) => pathOf((Math.max(0, from - 5) + k) % FILES)), n);
      const after = (await snapshot(worktree)).tree;
      head = await checkpoint(worktree, { tree: after, parent: head, message: `d${n}` });
      decisions.push(decision(n, { before, after, checkpoint: head, files: [] }));
      before = after;
    }
    const view = viewOf(folder, worktree.root, tree.repository.head, before, decisions);
    let files = 0;
    const samples = await alternately(
      [
        { name: "ours", run: async () => void (files = (await diffRun(view)).files.length) },
        { name: "git diff, without reasons", run: () => plainGit(folder, [`--git-dir=${worktree.gitDir}`, "diff", tree.repository.head, head]) },
      ],
      { rounds: 10, warm: 1, now: () => performance.now() },
    );
    if (files !== FILES) throw new Error(`the diff set holds ${files} files, not ${FILES}`);
    const ours = figuresOf(samples.get("ours") ?? []);
    const git = figuresOf(samples.get("git diff, without reasons") ?? []);
    return { kind: "measured", lines: [{ at: `${DECISIONS} decisions`, unit: "ms", ours, beside: [{ name: "git diff, without reasons", figures: git, ratio: ratioOf(git, ours) }], targets: [{ target: "100 ms", met: ours.median <= 100 }] }] };
  },
};

function viewOf(folder: string, root: string, base: string, now: string, decisions: readonly Decision[]): RunView {
  const empty = run();
  return {
    log: fileStore(join(folder, "runs")).open(RUN),
    run: { ...empty, id: RUN, spec: { ...empty.spec, base, worktree: root }, tree: now, startTree: undefined, decisions },
    state: "ready",
    holder: undefined,
  };
}

const STEPS = 1_000;

export const reasonsRow: BenchRow = {
  id: "reasons",
  title: `whose each line is, kept over ${STEPS} steps`,
  async measure({ folder, seed }) {
    const texts = chainOf(STEPS, seed);
    await plainGit(folder, ["init", "-q", "-b", "main"]);
    const shas: string[] = [];
    for (const [n, text] of texts.entries()) {
      await writeFile(join(folder, "file.ts"), text);
      await plainGit(folder, ["add", "file.ts"]);
      await plainGit(folder, ["commit", "-q", "-m", `step ${n}`]);
      if (n % 250 === 0) await plainGit(folder, ["repack", "-q", "-a", "-d"]);
    }
    shas.push(...(await plainGit(folder, ["rev-list", "--reverse", "HEAD"])).trim().split("\n"));
    let blamed = "";
    let kept: readonly string[] = [];
    const samples = await alternately(
      [
        { name: "ours", run: () => Promise.resolve((kept = ownersOf(texts))) },
        { name: "git blame", run: async () => void (blamed = await plainGit(folder, ["blame", "--porcelain", "-s", "file.ts"])) },
      ],
      { rounds: 5, warm: 1, now: () => performance.now() },
    );
    const theirs = blamed.split("\n").flatMap((line) => (/^([0-9a-f]{40}) \d+ \d+/.exec(line) === null ? [] : [String(shas.indexOf(line.slice(0, 40)))]));
    const alike = kept.filter((owner, line) => owner === theirs[line]).length;
    const each = figuresOf((samples.get("ours") ?? []).map((ms) => ms / STEPS));
    const blame = figuresOf((samples.get("git blame") ?? []).map((ms) => ms / STEPS));
    return {
      kind: "measured",
      lines: [
        {
          at: "a step",
          unit: "ms",
          ours: each,
          beside: [{ name: "git blame over the chain", figures: blame, ratio: ratioOf(blame, each) }],
          targets: [
            { target: "0.05 ms a step", met: each.median <= 0.05 },
            { target: `all ${theirs.length} lines as blame has them (${alike} are)`, met: alike === theirs.length && alike === kept.length },
          ],
        },
      ],
    };
  },
};

function ownersOf(texts: readonly string[]): readonly string[] {
  const [first, ...later] = texts;
  const state = later.reduce((before, text, n) => changedBy(before, String(n + 1), text), baseOrigins(first));
  return state.origins.map((origin) => (typeof origin === "number" ? "0" : origin));
}

/** A file as it grows: each step writes some lines, replaces some and removes some. Every line is one of its kind. */
function chainOf(steps: number, seed: number): readonly string[] {
  const chance = chanceOf(seed);
  const lines = Array.from({ length: 400 }, (_, n) => `line ${n} of the beginning`);
  const texts = [`${lines.join("\n")}\n`];
  for (let step = 1; step <= steps; step += 1) {
    const at = chance.below(lines.length);
    const removed = chance.below(4);
    lines.splice(at, removed, ...Array.from({ length: 2 + chance.below(10) }, (_, n) => `step ${step}, line ${n}`));
    texts.push(`${lines.join("\n")}\n`);
  }
  return texts;
}
