// What would land: the accepted parts of the decisions, in order, on top of the base and then of the branch's tip.
// Planning writes objects into the runner's own git directory only.
import { withPart } from "../../core/review/hunks.js";
import { selection, type Selected } from "../../core/review/verdict.js";
import type { Sha } from "../../core/log/parts.js";
import type { Decision, Run } from "../../core/run/run.js";
import { readFiles, writeTree } from "../../git/blobs.js";
import { mergeTrees } from "../../git/merge.js";
import { treeOf } from "../../git/checkpoint.js";
import type { Worktree } from "../../git/types.js";

export interface PlannedCommit {
  readonly tree: Sha;
  readonly decisions: readonly Decision[];
}

export type Plan =
  | { readonly kind: "planned"; readonly commits: readonly PlannedCommit[]; readonly tree: Sha }
  /** An accepted decision needs one that is not accepted. */
  | { readonly kind: "falls"; readonly decision: string; readonly paths: readonly string[] }
  | { readonly kind: "conflict"; readonly paths: readonly string[] }
  | { readonly kind: "nothing" };

/** `tip`: the commit that the landing goes onto; the base itself for a new branch. */
export async function planLanding(worktree: Worktree, run: Run, tip: Sha): Promise<Plan> {
  const base = await treeOf(worktree, run.spec.base);
  const onBase = await accumulate(worktree, selection(run), base);
  if (onBase.kind !== "planned") return onBase;
  const commits = run.spec.policy.values["landing.commits"] === "one" ? squash(onBase.commits) : onBase.commits;
  if (commits.length === 0) return { kind: "nothing" };
  if (tip === run.spec.base) return { kind: "planned", commits, tree: onBase.tree };
  return ontoTip(worktree, commits, base, await treeOf(worktree, tip));
}

async function accumulate(worktree: Worktree, selected: readonly Selected[], base: Sha): Promise<Plan> {
  let tree = base;
  const commits: PlannedCommit[] = [];
  for (const part of selected) {
    const { decision } = part;
    const after = await acceptedTree(worktree, part);
    if (after === undefined || after === decision.before) continue;
    const merged = await mergeTrees(worktree, decision.before, tree, after);
    if (merged.kind === "conflict") return { kind: "falls", decision: decision.id, paths: merged.paths };
    if (merged.tree === tree) continue;
    tree = merged.tree;
    commits.push({ tree, decisions: [decision] });
  }
  return { kind: "planned", commits, tree };
}

async function ontoTip(worktree: Worktree, commits: readonly PlannedCommit[], base: Sha, tip: Sha): Promise<Plan> {
  let before = base;
  let tree = tip;
  const moved: PlannedCommit[] = [];
  for (const commit of commits) {
    const merged = await mergeTrees(worktree, before, tree, commit.tree);
    if (merged.kind === "conflict") return { kind: "conflict", paths: merged.paths };
    before = commit.tree;
    if (merged.tree === tree) continue;
    tree = merged.tree;
    moved.push({ tree, decisions: commit.decisions });
  }
  return moved.length === 0 ? { kind: "nothing" } : { kind: "planned", commits: moved, tree };
}

// The decision's tree with what was not accepted put back to what it was before the decision.
async function acceptedTree(worktree: Worktree, part: Selected): Promise<Sha | undefined> {
  const { decision, files } = part;
  if (decision.after === undefined) return undefined;
  const partial = files.filter((file) => file.part !== "all");
  if (partial.length === 0) return decision.after;
  const paths = partial.map((file) => file.path);
  const [old, now] = [await readFiles(worktree, decision.before, paths), await readFiles(worktree, decision.after, paths)];
  const changes = partial.map((file) => {
    const [was, is] = [old.get(file.path), now.get(file.path)];
    if (file.part === "none") return { path: file.path, content: was?.bytes, mode: was?.mode ?? "100644" };
    const text = withPart(decode(was?.bytes), decode(is?.bytes), file.part);
    return { path: file.path, content: text === undefined ? undefined : new TextEncoder().encode(text), mode: is?.mode ?? was?.mode ?? "100644" };
  });
  return writeTree(worktree, decision.after, changes);
}

function decode(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function squash(commits: readonly PlannedCommit[]): readonly PlannedCommit[] {
  const last = commits.at(-1);
  return last === undefined ? [] : [{ tree: last.tree, decisions: commits.flatMap((commit) => commit.decisions) }];
}
