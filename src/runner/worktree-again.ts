// A worktree that somebody deleted between two processes of a run is made again, and that is said: what git keeps comes
// back, what it ignores does not.
import { lstat } from "node:fs/promises";
import { erase } from "../git/erase.js";
import { createWorktree } from "../git/worktree.js";
import type { Site } from "./site.js";
import { throwAwayLayer } from "./walls.js";

/** Nothing happens where the worktree is there or was never made. Its files are the base's then, not yet the run's. */
export async function remakeWorktree(site: Site): Promise<void> {
  const { ledger, repository, worktree } = site;
  if (ledger.latest("worktree.created") === undefined || (await isFolder(worktree.root))) return;
  // A layer without what lay under it means nothing any more.
  const { upper, work } = throwAwayLayer(worktree);
  for (const folder of [upper, work]) await erase(folder);
  await createWorktree(repository, worktree, ledger.run.spec.base, ledger.run.spec.policy.values["worktree.include"]);
  await ledger.append({ kind: "note.added", text: `The run's worktree was gone (${worktree.root}) and was made again from what the run had recorded. Files that git ignores, such as build results, are lost.` });
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
