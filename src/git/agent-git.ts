// Makes the git directory that the agent uses in its sandbox. It shares nothing with the person's repository: history is
// fetched into a store of its own, and the directory is thrown away and made anew, because after the agent could write
// it, it is hostile and host git must never open it.
import { copyFile, mkdir, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../core/log/parts.js";
import { erase } from "./erase.js";
import { git, gitText } from "./host.js";
import { makeGitDirectory, textOf } from "./private-git.js";
import type { Worktree } from "./types.js";

/**
 * HEAD on a branch `work` at `head` (a commit in the run's private git directory), `depth` commits of the base's history
 * (at least one). Safe to repeat after a crash; the workshop must not be running.
 */
export async function remakeAgentGit(worktree: Worktree, head: Sha, depth: number): Promise<void> {
  const format = (await gitText({ gitDir: worktree.gitDir }, ["rev-parse", "--show-object-format"])).text;
  await bringHistory(worktree, head, depth, format);
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
    config: ["[core]", "\ttrustctime = false", "\tcheckStat = minimal", "[user]", "\tname = Agent", "\temail = agent@vigil.invalid"],
    exclude: ((await textOf(join(worktree.gitDir, "info", "exclude"))) ?? "").split("\n").filter((line) => line !== ""),
  });
  await writeFile(join(folder, "refs", "heads", "work"), `${head}\n`);
  await copyFile(worktree.index, join(folder, "index"));
  // With a younger index git would trust entries that it now knows to look at again.
  const { atime, mtime } = await stat(worktree.index);
  await utimes(join(folder, "index"), atime, mtime);
  await erase(worktree.agentGit);
  await rename(folder, worktree.agentGit);
}

/** Brings `head` and its history into the store: only what it reaches, so no other branch of the person is in it. */
async function bringHistory(worktree: Worktree, head: Sha, depth: number, format: string): Promise<void> {
  const door = { gitDir: worktree.history };
  const begun = join(worktree.history, "vigil-ready");
  const whole = (await textOf(begun)) !== undefined;
  if (whole) {
    const known = await git(door, ["cat-file", "-e", `${head}^{commit}`], { expect: [0, 1, 128] });
    if (known.code === 0) return;
  } else {
    await erase(worktree.history);
    await mkdir(worktree.history, { recursive: true, mode: 0o700 });
    await makeGitDirectory({ folder: worktree.history, format, borrows: [], shallow: undefined, head: "ref: refs/heads/none", config: [], exclude: [] });
  }
  const cut = whole ? [] : [`--depth=${Math.max(1, Math.floor(depth))}`];
  const how = ["--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules", "--quiet", "--update-shallow", "--force"];
  // Losing power here costs a fetch, not data.
  await git(door, ["fetch", ...how, ...cut, worktree.gitDir, `${head}:refs/heads/head`], { config: ["core.fsync=none"] });
  if (!whole) await writeFile(begun, "");
}
