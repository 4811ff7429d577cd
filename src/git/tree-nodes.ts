// What a tree holds, with kinds and sizes: at a path and on the way to it, or all of it. Reads objects only; no file of a
// worktree is looked at.
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { git, readable, records } from "./host.js";
import type { Worktree } from "./types.js";

export interface TreeNode {
  /** Repo-relative. */
  readonly path: string;
  readonly kind: "file" | "link" | "folder" | "submodule";
  /** As octal text, such as 100755. */
  readonly mode: string;
  readonly object: Sha;
  /** Bytes of a file or of a link's target; 0 for the others. */
  readonly size: number;
}

/** What stands at `path` and at each folder above it, from the top down. Ends where the tree has nothing more. */
export async function nodesOnWay(worktree: Worktree, tree: Sha, path: string): Promise<readonly TreeNode[]> {
  const parts = path.split("/");
  const way = parts.map((_, n) => parts.slice(0, n + 1).join("/"));
  const found = await list(worktree, ["-t", "-l", "-z", "--full-tree", tree, "--", ...way]);
  return way.flatMap((step) => found.find((node) => node.path === step) ?? []);
}

/** Every file, link and submodule of a tree, in git's order. */
export async function allNodes(worktree: Worktree, tree: Sha): Promise<readonly TreeNode[]> {
  return list(worktree, ["-r", "-l", "-z", "--full-tree", tree]);
}

async function list(worktree: Worktree, args: readonly string[]): Promise<readonly TreeNode[]> {
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["ls-tree", ...args]);
  return records(stdout).map((line) => {
    const tab = line.indexOf("\t");
    const [mode = "", , object, size] = line.slice(0, tab).split(/ +/);
    return { path: readable(line.slice(tab + 1)), kind: kindOf(mode), mode, object: sha.parse(object), size: Number(size) || 0 };
  });
}

function kindOf(mode: string): TreeNode["kind"] {
  switch (mode) {
    case "040000":
      return "folder";
    case "120000":
      return "link";
    case "160000":
      return "submodule";
    default:
      return "file";
  }
}
