// The hidden commit of the worktree, one per decision, in the runner's private git directory only.
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { git, gitText } from "./host.js";
import type { Worktree } from "./types.js";

const author: Readonly<Record<string, string>> = {
  GIT_AUTHOR_NAME: "Vigil",
  GIT_AUTHOR_EMAIL: "vigil@localhost",
  GIT_COMMITTER_NAME: "Vigil",
  GIT_COMMITTER_EMAIL: "vigil@localhost",
};

/**
 * A commit of `tree`, kept by `refs/vigil/checkpoints/<name>` (the commit's own id by default). `at` is its time in epoch
 * milliseconds; the same input gives the same commit, so repeating after a crash is harmless.
 */
export async function checkpoint(worktree: Worktree, what: { readonly tree: Sha; readonly parent: Sha | undefined; readonly message: string; readonly name?: string; readonly at?: number }): Promise<Sha> {
  const door = { gitDir: worktree.gitDir };
  const date = `@${Math.floor((what.at ?? Date.now()) / 1000)} +0000`;
  const parents = what.parent === undefined ? [] : ["-p", what.parent];
  const made = await git(door, ["commit-tree", ...parents, "-F", "-", what.tree], { input: what.message, env: { ...author, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date } });
  const commit = sha.parse(made.stdout.toString("utf8").trim());
  await git(door, ["update-ref", `refs/vigil/checkpoints/${what.name ?? commit}`, commit]);
  return commit;
}

/** The tree of a commit that the private git directory knows. */
export async function treeOf(worktree: Worktree, commit: Sha): Promise<Sha> {
  return sha.parse((await gitText({ gitDir: worktree.gitDir }, ["rev-parse", "--verify", `${commit}^{tree}`])).text);
}
