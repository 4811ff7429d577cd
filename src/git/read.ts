// Questions about the person's repository: files at a commit, branches, where they are checked out. Changes nothing.
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { git, gitText, readable, records } from "./host.js";
import { textOf } from "./private-git.js";
import type { Repository } from "./types.js";

/** Content of a file at a commit (or tree) as UTF-8 text; undefined where there is no such file. */
export async function fileAt(repository: Repository, commit: Sha, path: string): Promise<string | undefined> {
  const found = await git({ gitDir: repository.gitDir }, ["ls-tree", "-z", commit, "--", path]);
  const entry = records(found.stdout).map((line) => /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(line)).find((match) => match !== null && readable(match[3] ?? "") === path);
  if (entry?.[2] === undefined) return undefined;
  return (await git({ gitDir: repository.gitDir }, ["cat-file", "blob", entry[2]])).stdout.toString("utf8");
}

/** Every folder of a commit, from its root. */
export async function foldersAt(repository: Repository, commit: Sha): Promise<readonly string[]> {
  return records((await git({ gitDir: repository.gitDir }, ["ls-tree", "-r", "-d", "-z", "--name-only", "--full-tree", commit])).stdout).map(readable);
}

/** The best common ancestor; undefined for unrelated histories. */
export async function mergeBase(repository: Repository, a: Sha, b: Sha): Promise<Sha | undefined> {
  const { code, text } = await gitText({ gitDir: repository.gitDir }, ["merge-base", a, b], { expect: [0, 1] });
  return code === 0 ? sha.parse(text) : undefined;
}

/**
 * The branch that the team integrates into: the remote's HEAD, else main, else master, else the current one. `tip` is
 * the remote's copy where that is all there is; undefined when nothing can be named.
 */
export async function defaultBranch(repository: Repository): Promise<{ readonly name: string; readonly tip: Sha } | undefined> {
  const door = { gitDir: repository.gitDir };
  const remotes = (await git(door, ["for-each-ref", "--format=%(refname)%00%(symref)%00%(objectname)%00", "refs/remotes/*/HEAD"])).stdout.toString("utf8").split("\0\n");
  const heads = remotes.map((line) => line.split("\0")).filter((parts) => (parts[1] ?? "") !== "");
  const remote = heads.find((parts) => parts[0] === "refs/remotes/origin/HEAD") ?? heads[0];
  const target = remote?.[1];
  const tip = sha.safeParse(remote?.[2]);
  if (target !== undefined && tip.success) return { name: target.split("/").slice(3).join("/"), tip: tip.data };
  for (const name of ["main", "master", repository.branch]) {
    const own = name === undefined ? undefined : await branchTip(repository, name);
    if (name !== undefined && own !== undefined) return { name, tip: own };
  }
  return undefined;
}

/** The commit a local branch points at; undefined when there is no such branch. */
export async function branchTip(repository: Repository, name: string): Promise<Sha | undefined> {
  const { stdout, code } = await git({ gitDir: repository.gitDir }, ["rev-parse", "--verify", "--quiet", `refs/heads/${name}^{commit}`], { expect: [0, 1, 128] });
  return code === 0 ? sha.parse(stdout.toString("utf8").trim()) : undefined;
}

/** Root of the checkout (any worktree) that has the branch checked out. */
export async function checkedOutAt(repository: Repository, branch: string): Promise<string | undefined> {
  const { stdout } = await git({ gitDir: repository.commonDir }, ["worktree", "list", "--porcelain", "-z"]);
  let place: string | undefined;
  for (const line of stdout.toString("utf8").split("\0")) {
    if (line.startsWith("worktree ")) place = line.slice("worktree ".length);
    if (line === `branch refs/heads/${branch}` && place !== undefined) return realpath(place).catch(() => place);
  }
  return undefined;
}

/** What the person is in the middle of that involves the branch, such as "a rebase"; undefined when nothing. */
export async function underWay(repository: Repository, branch: string): Promise<string | undefined> {
  const others = await readdir(join(repository.commonDir, "worktrees")).catch(() => []);
  const places = new Set([repository.gitDir, repository.commonDir, ...others.map((name) => join(repository.commonDir, "worktrees", name))]);
  for (const place of places) {
    for (const [file, what] of [["rebase-merge/head-name", "a rebase"], ["rebase-apply/head-name", "a rebase"], ["BISECT_START", "a bisect"]] as const) {
      const name = (await textOf(join(place, file)))?.trim();
      if (name === branch || name === `refs/heads/${branch}`) return what;
    }
  }
  if (repository.branch !== branch) return undefined;
  for (const [file, what] of [["MERGE_HEAD", "a merge"], ["CHERRY_PICK_HEAD", "a cherry-pick"], ["REVERT_HEAD", "a revert"]] as const) {
    if ((await textOf(join(repository.gitDir, file))) !== undefined) return what;
  }
  return undefined;
}

/** Whether git would take it as the name of a branch. */
export async function isValidBranchName(repository: Repository, name: string): Promise<boolean> {
  if (name === "" || name.startsWith("-") || name === "HEAD") return false;
  return (await git({ gitDir: repository.gitDir }, ["check-ref-format", `refs/heads/${name}`], { expect: [0, 1] })).code === 0;
}
