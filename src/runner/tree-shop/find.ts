// From a path as the model wrote it to what the tree has there. It leaves the tree by no spelling, follows no link, and
// finds nothing that policy hides.
import path from "node:path";
import type { PathTest } from "../../core/judge/glob.js";
import { isInGit } from "../../core/judge/path.js";
import { isStrangePath } from "../../core/judge/strange-path.js";
import type { Sha } from "../../core/log/parts.js";
import { readBlobs } from "../../git/blobs.js";
import { nodesOnWay, type TreeNode } from "../../git/tree-nodes.js";
import type { Worktree } from "../../git/types.js";

/** One tree as the tools may see it. */
export interface TreeView {
  readonly worktree: Worktree;
  readonly tree: Sha;
  readonly hides: PathTest;
}

export type Found =
  | { readonly kind: "found"; readonly path: string; readonly node: TreeNode }
  /** `path` is "" here: the top of the tree. */
  | { readonly kind: "top" }
  | { readonly kind: "absent"; readonly path: string }
  /** `why` is a clause for the model that names the path. */
  | { readonly kind: "refused"; readonly why: string };

/** Bytes that a name may have between two slashes, and a path in all: more can be checked out on no common system. */
const LONGEST = { name: 255, path: 4_000 } as const;

/** `given`: relative to the top of the worktree, or absolute in it. */
export async function find(view: TreeView, given: string): Promise<Found> {
  const absolute = path.isAbsolute(given);
  const relative = (absolute ? path.relative(view.worktree.root, given) : given).split(path.sep).join("/");
  const plain = path.posix.normalize(relative).replace(/\/+$/u, "");
  if (plain === "." || plain === "") return { kind: "top" };
  if (plain.split("/")[0] === ".." || path.isAbsolute(plain)) return { kind: "refused", why: `path ${JSON.stringify(given)} is outside the worktree` };
  const strange = isStrangePath(plain);
  if (strange !== undefined) return { kind: "refused", why: `${given} is no path of this repository, because ${strange}` };
  if (isInGit(plain)) return { kind: "refused", why: `${given} is git's own folder, which is not here` };
  if (view.hides(plain)) return { kind: "refused", why: `${given} is hidden from this run by policy: it can be neither read nor changed` };
  if (Buffer.byteLength(plain) > LONGEST.path || plain.split("/").some((name) => Buffer.byteLength(name) > LONGEST.name)) return { kind: "refused", why: `${given}: file name too long` };
  const way = await nodesOnWay(view.worktree, view.tree, plain);
  const node = way.at(-1);
  if (node?.path === plain) return { kind: "found", path: plain, node };
  if (node === undefined || node.kind === "folder") return { kind: "absent", path: plain };
  return { kind: "refused", why: `${given}: ${await described(view, node)}, so nothing can lie below it` };
}

/** What a node is, for a sentence that begins with its path. */
export async function described(view: TreeView, node: TreeNode): Promise<string> {
  switch (node.kind) {
    case "file":
      return `${node.path} is a file`;
    case "folder":
      return `${node.path} is a folder`;
    case "submodule":
      return `${node.path} is a submodule at commit ${node.object.slice(0, 10)}, whose files are not here`;
    case "link":
      return `${node.path} is a symbolic link to ${JSON.stringify(await targetOf(view, node))}, and links are not followed here`;
  }
}

/** Where a link points to, as the tree has it. */
export async function targetOf(view: TreeView, node: TreeNode): Promise<string> {
  return (await bytesOf(view, node)).toString("utf8");
}

/** A file's content, or a link's target. The caller looks at the size first. */
export async function bytesOf(view: TreeView, node: TreeNode): Promise<Buffer> {
  const bytes = (await readBlobs(view.worktree, [node.object])).get(node.object);
  if (bytes === undefined) throw new Error(`git did not give the object ${node.object} of ${node.path}`);
  return bytes;
}
