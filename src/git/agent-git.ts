// Makes the git directory that the agent uses in its sandbox. It shares nothing with the person's repository: history is
// fetched into a store of its own, and the directory is thrown away and made anew, because after the agent could write
// it, it is hostile and host git must never open it.
import { copyFile, mkdir, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../core/log/parts.js";
import { erase } from "./erase.js";
import { git, gitText } from "./host.js";
import { makeGitDirectory, textOf } from "./private-git.js";
import { isPartial, missingObjects, showHistory, skipHidden, wholeHistory, type Hides } from "./shown-history.js";
import type { Worktree } from "./types.js";

/**
 * HEAD on a branch `work` at `head` (a commit in the run's private git directory), `depth` commits of the base's history
 * (at least one), without the content of files that `hides` names. Safe to repeat after a crash; the workshop must not be
 * running.
 */
export async function remakeAgentGit(worktree: Worktree, head: Sha, depth: number, hides: Hides): Promise<void> {
  const format = (await gitText({ gitDir: worktree.gitDir }, ["rev-parse", "--show-object-format"])).text;
  await bringHistory(worktree, head, depth, format, hides);
  const partial = await isPartial(worktree);
  const folder = `${worktree.agentGit}.new`;
  await erase(folder);
  await makeGitDirectory({
    folder,
    format,
    borrows: [join(worktree.history, "objects")],
    shallow: await textOf(join(worktree.history, "shallow")),
    head: "ref: refs/heads/work",
    // The index that is copied below was written on the host; seen through a sandbox or an overlay only size and time of
    // a file hold still. The name lets the agent commit, and says whose commits these are.
    config: ["[core]", "\ttrustctime = false", "\tcheckStat = minimal", "[user]", "\tname = Agent", "\temail = agent@vigil.invalid", ...(partial ? missingObjects : [])],
    exclude: ((await textOf(join(worktree.gitDir, "info", "exclude"))) ?? "").split("\n").filter((line) => line !== ""),
  });
  await writeFile(join(folder, "refs", "heads", "work"), `${head}\n`);
  await copyFile(worktree.index, join(folder, "index"));
  if (partial) await skipHidden(worktree, join(folder, "index"), hides);
  // With a younger index git would trust entries that it now knows to look at again.
  const { atime, mtime } = await stat(worktree.index);
  await utimes(join(folder, "index"), atime, mtime);
  await erase(worktree.agentGit);
  await rename(folder, worktree.agentGit);
}

/** Brings `head` and its history into the store: only what it reaches, so no other branch of the person is in it. */
async function bringHistory(worktree: Worktree, head: Sha, depth: number, format: string, hides: Hides): Promise<void> {
  const partial = await isPartial(worktree);
  const whole = (await textOf(join(partial ? wholeHistory(worktree) : worktree.history, "vigil-ready"))) !== undefined;
  // What a crash cut off is begun anew, and what is shown with it: its newest commit may lie deeper than what comes now.
  const store = partial && whole ? wholeHistory(worktree) : worktree.history;
  const door = { gitDir: store };
  if (whole) {
    const known = await git(door, ["cat-file", "-e", `${head}^{commit}`], { expect: [0, 1, 128] });
    if (known.code === 0) {
      // A crash may have come between the two steps.
      await showHistory(worktree, store, head, hides);
      return;
    }
  } else {
    await erase(wholeHistory(worktree));
    await erase(store);
    await mkdir(store, { recursive: true, mode: 0o700 });
    await makeGitDirectory({ folder: store, format, borrows: [], shallow: undefined, head: "ref: refs/heads/none", config: [], exclude: [] });
  }
  const cut = whole ? [] : [`--depth=${Math.max(1, Math.floor(depth))}`];
  const how = ["--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules", "--quiet", "--update-shallow", "--force"];
  // Losing power here costs a fetch, not data.
  await git(door, ["fetch", ...how, ...cut, worktree.gitDir, `${head}:refs/heads/head`], { config: ["core.fsync=none"] });
  await showHistory(worktree, store, head, hides);
  if (!whole) await writeFile(join((await isPartial(worktree)) ? wholeHistory(worktree) : store, "vigil-ready"), "");
}
