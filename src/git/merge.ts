// Three-way merge of trees in the object store: no checkout, no rename guesses, no merge driver.
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { git, readable, records } from "./host.js";
import type { Worktree } from "./types.js";

export type Merge = { readonly kind: "merged"; readonly tree: Sha } | { readonly kind: "conflict"; readonly paths: string[] };

/** What `ours` becomes with the changes that lead from `base` to `theirs`. All three are trees or commits. */
export async function mergeTrees(worktree: Worktree, base: Sha, ours: Sha, theirs: Sha): Promise<Merge> {
  const [b, o, t] = await Promise.all([base, ours, theirs].map((id) => treeId(worktree, id)));
  if (b === undefined || o === undefined || t === undefined) throw new Error("A merge needs three trees.");
  if (o === t || b === t) return { kind: "merged", tree: o };
  if (b === o) return { kind: "merged", tree: t };
  // merge-tree learned --merge-base in 2.40; three throw-away commits say the same to older ones.
  const root = await synthetic(worktree, b);
  const [left, right] = await Promise.all([synthetic(worktree, o, root), synthetic(worktree, t, root)]);
  const done = await git({ gitDir: worktree.gitDir }, ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", left, right], {
    expect: [0, 1],
    config: ["merge.renames=false", "merge.directoryRenames=false", "merge.renormalize=false"],
  });
  const [tree, ...paths] = records(done.stdout);
  if (done.code === 0) return { kind: "merged", tree: sha.parse(tree) };
  return { kind: "conflict", paths: [...new Set(paths.filter((path) => path !== "").map(readable))] };
}

async function treeId(worktree: Worktree, id: Sha): Promise<Sha> {
  return sha.parse((await git({ gitDir: worktree.gitDir }, ["rev-parse", "--verify", `${id}^{tree}`])).stdout.toString("utf8").trim());
}

async function synthetic(worktree: Worktree, tree: Sha, parent?: Sha): Promise<Sha> {
  const env = { GIT_AUTHOR_NAME: "v", GIT_AUTHOR_EMAIL: "v", GIT_COMMITTER_NAME: "v", GIT_COMMITTER_EMAIL: "v", GIT_AUTHOR_DATE: "@0 +0000", GIT_COMMITTER_DATE: "@0 +0000" };
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["commit-tree", ...(parent === undefined ? [] : ["-p", parent]), "-m", "merge input", tree], { env, config: ["core.fsync=none"] });
  return sha.parse(stdout.toString("utf8").trim());
}
