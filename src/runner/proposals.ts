// Read-only decisions: the throw-away layer's tree is kept as a proposal in git objects, and what is proposed so far
// lies in a folder of its own under the next layer. Without commands there is no layer: the tree of the last write is the
// proposal. The worktree itself never changes.
import { stat } from "node:fs/promises";
import type { RunEvent } from "../core/log/event.js";
import type { Sha } from "../core/log/parts.js";
import type { Decision } from "../core/run/run.js";
import { readFiles, writeTree } from "../git/blobs.js";
import { compareTrees } from "../git/compare.js";
import { erase } from "../git/erase.js";
import { layerTree } from "../git/layer.js";
import { sweepLayer } from "../git/sweep.js";
import { checkoutInto, syncInto } from "../git/scratch.js";
import { refusals, violationEvents } from "./inspection.js";
import type { Site } from "./site.js";
import { throwAwayLayer } from "./walls.js";
import { proposalsFolder } from "./walls-input.js";
import { isWithoutCommands } from "./without-commands.js";

export interface Proposal {
  readonly tree: Sha;
  readonly violations: readonly RunEvent[];
  readonly tell: string;
  readonly discarded: { readonly paths: readonly string[]; readonly total: number };
  /** Empties the layer and puts the proposal under the next one. To be called once it is in the log. */
  readonly settled: () => Promise<void>;
}

/**
 * Takes the layer's tree, without what policy forbids. The workshop is closed. The layer keeps what it holds until the
 * caller has logged the proposal and calls `settled`: after a crash in between, nothing is lost.
 */
export async function keepProposal(site: Site, open: Decision, step: number, dropped: boolean): Promise<Proposal> {
  const { worktree, ledger } = site;
  const written = dropped ? open.before : isWithoutCommands(site) ? (ledger.run.tree ?? open.before) : await treeOfLayer(site, open.before);
  const refused = refusals(site, await compareTrees(worktree, open.before, written));
  const violations = await violationEvents(site, open.before, written, step, refused);
  const tree = await without(site, open.before, written, refused.map((item) => item.path));
  // Named now: once the proposal is logged, what lies under the layer is another folder.
  const root = await underLayer(site);
  const settled = () => (isWithoutCommands(site) ? Promise.resolve() : settleLayer(site, { root, tree: open.before }, tree));
  return { tree, violations, tell: refused.map((item) => item.tell).join("\n"), discarded: { paths: [], total: 0 }, settled };
}

async function treeOfLayer(site: Site, before: Sha): Promise<Sha> {
  const lower = { root: await underLayer(site), tree: before };
  return (await layerTree(site.worktree, throwAwayLayer(site.worktree).upper, lower, layerKind(site))).tree;
}

// Empties the layer and puts what is proposed by now under the next one.
async function settleLayer(site: Site, lower: { readonly root: string; readonly tree: Sha }, tree: Sha): Promise<void> {
  const { worktree } = site;
  const { upper, work } = throwAwayLayer(worktree);
  const kind = layerKind(site);
  await sweepLayer(worktree, upper, undefined, { lower, kind });
  if (kind === "copy") await erase(work);
  if (tree !== lower.tree) await growProposals(site, lower.tree, tree);
}

/** Throws the layer's content away, but moves git-ignored files into what lies under it. The workshop is closed. */
export async function emptyLayer(site: Site): Promise<{ readonly paths: readonly string[]; readonly total: number }> {
  const root = await underLayer(site);
  const tree = site.ledger.run.tree ?? site.ledger.run.spec.base;
  const { upper, work } = throwAwayLayer(site.worktree);
  const swept = await sweepLayer(site.worktree, upper, root, { lower: { root, tree }, kind: layerKind(site) });
  // Where layers are copies, the next workshop must make a new one.
  if (!site.sandbox.layersAreOverlays) await erase(work);
  return { paths: swept.discarded, total: swept.total };
}

function layerKind(site: Site): "overlay" | "copy" {
  return site.sandbox.layersAreOverlays ? "overlay" : "copy";
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
  await erase(folder);
  const last = site.ledger.run.decisions.findLast((decision) => decision.state === "proposed");
  if (last?.after !== undefined) await checkoutInto(site.worktree, last.after, folder);
}

/** Brings the folder of what is proposed so far from one tree to the next. */
export async function growProposals(site: Site, from: Sha, to: Sha): Promise<void> {
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
