// What a search looks at and with what: the part of a tree below a path, without what policy hides, and a pattern that
// was read but never tried here.
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { allNodes, type TreeNode } from "../../git/tree-nodes.js";
import { described, find, type TreeView } from "./find.js";
import { refused, type Said } from "./said.js";

export interface SearchInput {
  readonly pattern: string;
  readonly path?: string | undefined;
}

/** Milliseconds of one search; the limit of the toolset that runs inside walls. */
export const SEARCH_MS = 60_000;
/** Characters: a person writes far shorter ones, and a thread's stack holds what these nest. */
const LONGEST_PATTERN = 2_000;
/** Names that are compared with the hidden globs without a pause. */
const PORTION = 2_000;

export type Scope =
  /** `prefix`: what all paths begin with, "" or with a slash at its end. */
  | { readonly kind: "nodes"; readonly nodes: readonly TreeNode[]; readonly prefix: string }
  | { readonly kind: "refused"; readonly said: Said };

/** The files, links and submodules at or below a path; the whole tree without one. */
export async function scopeOf(view: TreeView, tool: string, below: string | undefined): Promise<Scope> {
  const no = (why: string): Scope => ({ kind: "refused", said: refused(`${tool}: ${why}`) });
  const found = below === undefined ? ({ kind: "top" } as const) : await find(view, below);
  if (found.kind === "refused") return no(found.why);
  if (found.kind === "absent") return no(`${found.path}: no such file or directory`);
  if (found.kind === "found" && found.node.kind === "file") return { kind: "nodes", nodes: [found.node], prefix: found.path.slice(0, found.path.lastIndexOf("/") + 1) };
  if (found.kind === "found" && found.node.kind !== "folder") return no(await described(view, found.node));
  const prefix = found.kind === "found" ? `${found.path}/` : "";
  const inside = (await allNodes(view.worktree, view.tree)).filter((node) => node.path.startsWith(prefix));
  return { kind: "nodes", nodes: await unhidden(view, inside), prefix };
}

// In portions, because a hundred thousand names take a second, and a person's stop must be heard meanwhile.
async function unhidden(view: TreeView, nodes: readonly TreeNode[]): Promise<readonly TreeNode[]> {
  const seen: TreeNode[] = [];
  for (let from = 0; from < nodes.length; from += PORTION) {
    seen.push(...nodes.slice(from, from + PORTION).filter((node) => !view.hides(node.path)));
    await setImmediate();
  }
  return seen;
}

export type Pattern = { readonly kind: "expression"; readonly expression: RegExp } | { readonly kind: "refused"; readonly said: Said };

/** `parse` may throw or give `false` for a pattern that means nothing. */
export function patternOf(tool: string, pattern: string, parse: () => RegExp | false): Pattern {
  const no = (why: string): Pattern => ({ kind: "refused", said: refused(`${tool}: ${why}`) });
  if (pattern.length > LONGEST_PATTERN) return no(`the pattern is longer than ${LONGEST_PATTERN} characters`);
  try {
    const expression = parse();
    return expression === false ? no("the pattern cannot be read") : { kind: "expression", expression };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return no(`invalid pattern: ${error.message}`);
  }
}

/** A node as the tools behind walls name a file: absolute, a path that read takes as it is. */
export function shownPath(view: TreeView, node: TreeNode): string {
  return path.join(view.worktree.root, node.path);
}
