// Generated repositories of any size, the same every time, and changes to them made by a shell as an agent would.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findRepository } from "../../src/git/repository.js";
import type { Repository, Worktree } from "../../src/git/types.js";
import { createWorktree, planWorktree } from "../../src/git/worktree.js";

const run = promisify(execFile);

/** Ten files a folder, forty folders a part: about as deep and as wide as real projects. */
export const pathOf = (n: number): string => `part${Math.floor(n / 400)}/area${Math.floor(n / 10) % 40}/file${n}.ts`;

const contentOf = (n: number): string => `export const value${n} = ${n};\n`.repeat(20 + (n % 50));

export interface BenchTree {
  readonly root: string;
  readonly repository: Repository;
}

/** A repository of `count` files with one commit. */
export async function makeTree(folder: string, count: number): Promise<BenchTree> {
  const root = join(folder, `tree-${count}`);
  for (let n = 0; n < count; n += 1) {
    if (n % 10 === 0) await mkdir(join(root, dirname(pathOf(n))), { recursive: true });
    await writeFile(join(root, pathOf(n)), contentOf(n));
  }
  await writeFile(join(root, ".gitignore"), "node_modules/\ndist/\n*.log\n");
  await plainGit(root, ["init", "-q", "-b", "main"]);
  await plainGit(root, ["add", "-A"]);
  await plainGit(root, ["commit", "-q", "-m", "first"]);
  return { root, repository: await findRepository(root) };
}

/** A run's worktree of it. */
export async function worktreeOf(tree: BenchTree, folder: string, run: string): Promise<Worktree> {
  const worktree = planWorktree({ runFolder: join(folder, "runs", run), worktreesFolder: join(folder, "worktrees"), run });
  await createWorktree(tree.repository, worktree, tree.repository.head, []);
  return worktree;
}

/** Changes `files` by a shell, other ones and to other content every round. */
export async function changeByShell(root: string, files: readonly string[], round: number): Promise<void> {
  await run("sh", ["-c", `for f in "$@"; do printf '%s\\n' "// round ${round}" >> "$f"; done`, "sh", ...files], { cwd: root });
}

/** `count` paths, spread over a tree of `of` files, that differ from round to round. */
export function somePaths(count: number, of: number, round: number): string[] {
  return Array.from({ length: count }, (_, n) => pathOf((n * 2_654_435 + round * 40_503) % of));
}

/** git as a person would run it, with an identity and nothing of this machine's settings. */
export async function plainGit(cwd: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: cwd, LC_ALL: "C", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_AUTHOR_NAME: "Bench", GIT_AUTHOR_EMAIL: "bench@localhost", GIT_COMMITTER_NAME: "Bench", GIT_COMMITTER_EMAIL: "bench@localhost", ...more };
  return (await run("git", ["-c", "gc.auto=0", ...args], { cwd, env, maxBuffer: 1 << 30 })).stdout;
}
