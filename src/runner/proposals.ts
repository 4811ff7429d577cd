// Read-only decisions: the throw-away layer's tree is kept as a proposal in git objects, and what is proposed so far
// lies in a folder of its own under the next layer. The worktree itself never changes.
import { rm, stat } from "node:fs/promises";
import type { RunEvent } from "../core/log/event.js";
import type { Sha } from "../core/log/parts.js";
import type { Decision } from "../core/run/run.js";
import { readFiles, writeTree } from "../git/blobs.js";
import { compareTrees } from "../git/compare.js";
import { layerTree, sweepLayer } from "../git/layer.js";
import { checkoutInto, syncInto } from "../git/scratch.js";
import { refusals, violationEvents } from "./inspection.js";
import type { Site } from "./site.js";
import { throwAwayLayer } from "./walls.js";
import { proposalsFolder } from "./walls-input.js";

export interface Proposal {
  readonly tree: Sha;
  readonly violations: readonly RunEvent[];
  readonly tell: string;
  readonly discarded: { readonly paths: readonly string[]; readonly total: number };
}

/** Takes the layer's tree, without what policy forbids, and empties the layer. The workshop is closed. */
export async function keepProposal(site: Site, open: Decision, step: number, dropped: boolean): Promise<Proposal> {
  const { worktree } = site;
  const upper = throwAwayLayer(worktree).upper;
  const lower = await underLayer(site);
  const seen = dropped ? { tree: open.before } : await layerTree(worktree, upper, { root: lower, tree: open.before });
  const refused = refusals(site, await compareTrees(worktree, open.before, seen.tree));
  const violations = await violationEvents(site, open.before, seen.tree, step, refused);
  const tree = await without(site, open.before, seen.tree, refused.map((item) => item.path));
  await sweepLayer(worktree, upper, undefined);
  if (tree !== open.before) await grow(site, open.before, tree);
  return { tree, violations, tell: refused.map((item) => item.tell).join("\n"), discarded: { paths: [], total: 0 } };
}

/** The folder under the throw-away layer: the worktree, or what is proposed so far. */
export async function underLayer(site: Site): Promise<string> {
  const folder = proposalsFolder(site);
  const proposed = site.ledger.run.decisions.some((decision) => decision.state === "proposed");
  return proposed && (await exists(folder)) ? folder : site.worktree.root;
}

/** After a crash the folder may be half grown: it is made anew from the last proposal. */
export async function remakeProposals(site: Site): Promise<void> {
  const folder = proposalsFolder(site);
  await rm(folder, { recursive: true, force: true });
  const last = site.ledger.run.decisions.findLast((decision) => decision.state === "proposed");
  if (last?.after !== undefined) await checkoutInto(site.worktree, last.after, folder);
}

async function grow(site: Site, from: Sha, to: Sha): Promise<void> {
  const folder = proposalsFolder(site);
  if (await exists(folder)) await syncInto(site.worktree, folder, from, to);
  else await checkoutInto(site.worktree, to, folder);
}

async function without(site: Site, before: Sha, after: Sha, paths: readonly string[]): Promise<Sha> {
  if (paths.length === 0) return after;
  const old = await readFiles(site.worktree, before, paths);
  return writeTree(
    site.worktree,
    after,
    paths.map((path) => {
      const file = old.get(path);
      return { path, content: file?.bytes, mode: file?.mode ?? "100644" };
    }),
  );
}

async function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
