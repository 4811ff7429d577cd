// Keeps committed files that policy hides out of the history that the agent's git may see: masking the file in the
// worktree is worth nothing while `git show HEAD:.env` prints it. The objects are left out, not locked away.
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../core/log/parts.js";
import { erase } from "./erase.js";
import { git, readable, records } from "./host.js";
import { makeGitDirectory, textOf } from "./private-git.js";
import type { Worktree } from "./types.js";

export type Hides = (path: string) => boolean;

/** In the history that is shown: up to which commit it was looked through. */
const SHOWN = "vigil-shown";

/** What an agent's git needs in its settings to do without the objects that are left out. */
export const missingObjects: readonly string[] = ["[extensions]", "\tpartialClone = hidden", '[remote "hidden"]', "\tpromisor = true", "\turl = /hidden-by-policy"];

/** Where all of the history goes, once some of it is hidden; never shown to a confined process. */
export function wholeHistory(worktree: Worktree): string {
  return join(worktree.home, "history-whole");
}

/** Whether something is left out already. */
export async function isPartial(worktree: Worktree): Promise<boolean> {
  return (await textOf(join(wholeHistory(worktree), "HEAD"))) !== undefined;
}

/**
 * Brings what `head` reaches in `store` into the history that is shown, without what is hidden. Nothing to do where
 * nothing is hidden: then the store is what is shown. Safe to repeat after a crash.
 */
export async function showHistory(worktree: Worktree, store: string, head: Sha, hides: Hides): Promise<void> {
  const whole = wholeHistory(worktree);
  const since = await textOf(join(worktree.history, SHOWN));
  if (since === head) return;
  const secret = await hiddenBlobs(store, head, since, hides);
  const partial = store === whole;
  if (!partial && secret.size === 0) return writeFile(join(store, SHOWN), head);
  if (!partial) {
    await erase(whole);
    await rename(store, whole);
  }
  const format = (await git({ gitDir: whole }, ["rev-parse", "--show-object-format"])).stdout.toString("utf8").trim();
  await makeGitDirectory({ folder: worktree.history, format, borrows: [], shallow: await textOf(join(whole, "shallow")), head: "ref: refs/heads/none", config: [], exclude: [] });
  const all = await lines(whole, ["rev-list", "--objects", "--no-object-names", head, ...exceptFor(partial ? since : undefined)]);
  const shown = all.filter((object) => !secret.has(object));
  const packs = join(worktree.history, "objects", "pack");
  const pack = await git({ gitDir: whole }, ["pack-objects", "-q", join(packs, "pack")], { input: shown.map((object) => `${object}\n`).join(""), config: ["core.fsync=none"] });
  // Says that what this pack speaks of may be missing on purpose.
  await writeFile(join(packs, `pack-${pack.stdout.toString("utf8").trim()}.promisor`), "");
  // Last: until it stands there, all of it is packed once more.
  await writeFile(join(worktree.history, SHOWN), head);
}

/** Hides the files themselves from the agent's index too, so that its git neither misses them nor brings them back. */
export async function skipHidden(worktree: Worktree, index: string, hides: Hides): Promise<void> {
  const door = { gitDir: worktree.gitDir, workTree: worktree.root, index };
  const hidden = records((await git(door, ["ls-files", "-z"])).stdout).filter((name) => hides(readable(name)));
  if (hidden.length === 0) return;
  await git(door, ["update-index", "-z", "--skip-worktree", "--stdin"], { input: Buffer.from(hidden.map((name) => `${name}\0`).join(""), "latin1"), config: ["core.fsync=none"] });
}

/** Blobs that lie at hidden paths only. What also lies at another path of `head` is no secret. */
async function hiddenBlobs(store: string, head: Sha, since: string | undefined, hides: Hides): Promise<ReadonlySet<string>> {
  const listed = await lines(store, ["rev-list", "--objects", "--filter=object:type=blob", "--filter-provided-objects", head, ...exceptFor(since)]);
  const hidden = new Set(listed.flatMap((line) => (line.includes(" ") && hides(readable(line.slice(line.indexOf(" ") + 1))) ? [line.slice(0, line.indexOf(" "))] : [])));
  if (hidden.size === 0) return hidden;
  for (const entry of records((await git({ gitDir: store }, ["ls-tree", "-r", "-z", "--full-tree", head])).stdout)) {
    const cut = entry.indexOf("\t");
    if (!hides(readable(entry.slice(cut + 1)))) hidden.delete(entry.slice(0, cut).split(" ")[2] ?? "");
  }
  return hidden;
}

function exceptFor(since: string | undefined): readonly string[] {
  return since === undefined ? [] : ["--not", since];
}

async function lines(gitDir: string, args: readonly string[]): Promise<readonly string[]> {
  return (await git({ gitDir }, args)).stdout.toString("latin1").split("\n").filter((line) => line !== "");
}
