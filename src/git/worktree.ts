// Makes and removes a run's isolated worktree: its files, the runner's private git directory, and the ref that keeps the
// base alive. In the person's repository only `refs/vigil/base/<run>` is written.
import { lstat, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { HumanError } from "../core/error.js";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { erase } from "./erase.js";
import { git, GitFailed, gitText, readable, records } from "./host.js";
import { excludeLine } from "./leave-out.js";
import { copyIncluded } from "./include.js";
import { packedRefsPatience } from "./reference-locks.js";
import { makeGitDirectory, objectFolders, textOf } from "./private-git.js";
import type { Repository, Worktree } from "./types.js";

const ready = z.object({ base: sha, tree: sha, submodules: z.array(z.string()), notices: z.array(z.string()) });

/** Where everything of a run will lie. Touches nothing. `runFolder` is the run's record, `worktreesFolder` holds all worktrees. */
export function planWorktree(place: { readonly runFolder: string; readonly worktreesFolder: string; readonly run: string }): Worktree {
  const home = join(place.worktreesFolder, place.run);
  const gitDir = join(place.runFolder, "git");
  return { run: place.run, home, root: join(home, "tree"), gitDir, index: join(gitDir, "index"), agentGit: join(home, "agent-git"), history: join(home, "history"), layers: join(home, "layers") };
}

/**
 * Checks `base` out into the worktree. `include` are globs of git-ignored files to copy from the person's checkout.
 * Killed anywhere and called again it ends in the same state; once it has ended, calling again changes nothing.
 */
export async function createWorktree(repository: Repository, worktree: Worktree, base: Sha, include: readonly string[]): Promise<{ readonly tree: Sha; readonly notices: string[] }> {
  const done = await readMark(worktree);
  if (done !== undefined && done.base === base && (await isFolder(worktree.root))) return { tree: done.tree, notices: done.notices };

  // Before anything borrows from it, and atomic by itself. The ref is this run's own, so a lock on it is a killed one's.
  await erase(join(repository.commonDir, "refs", "vigil", "base", `${worktree.run}.lock`));
  await git({ gitDir: repository.commonDir }, ["update-ref", `refs/vigil/base/${worktree.run}`, base]);
  await erase(markFile(worktree));
  await erase(worktree.root);
  for (const leftover of [worktree.index, `${worktree.index}.lock`, join(worktree.gitDir, "HEAD.lock")]) await erase(leftover);
  await mkdir(worktree.home, { recursive: true, mode: 0o700 });
  await mkdir(worktree.layers, { recursive: true, mode: 0o700 });
  await mkdir(worktree.gitDir, { recursive: true, mode: 0o700 });
  await mkdir(worktree.root, { mode: 0o755 });

  const format = await gitText({ gitDir: repository.gitDir }, ["rev-parse", "--show-object-format"]);
  const layout = {
    folder: worktree.gitDir,
    format: format.text,
    borrows: await objectFolders(join(repository.commonDir, "objects")),
    shallow: await textOf(join(repository.commonDir, "shallow")),
    head: base,
    // The run's own git fetches checkpoints out of here by id.
    config: ["[uploadpack]", "\tallowAnySHA1InWant = true"],
    exclude: [],
  };
  await makeGitDirectory(layout);
  const tree = await checkOut(worktree, base);
  // The agent's git directory is mounted here. git passes over the name `.git` at every level, so it is in no snapshot.
  await mkdir(join(worktree.root, ".git"), { mode: 0o755 });

  const copied = await copyIncluded(repository, worktree.root, include);
  // The person named these; where only their own ignore file hides them they must still not reach a snapshot.
  await makeGitDirectory({ ...layout, exclude: copied.paths.map(excludeLine) });
  const made = { base, tree, submodules: await submodulesOf(worktree, tree), notices: copied.notices };
  const draft = `${markFile(worktree)}.new`;
  await writeFile(draft, JSON.stringify(made), { flush: true });
  await rename(draft, markFile(worktree));
  return { tree, notices: made.notices };
}

/** Frees the run's disk and lets go of its base. Fine when parts are gone already. */
export async function removeWorktree(repository: Repository, worktree: Worktree): Promise<void> {
  await erase(markFile(worktree));
  await erase(worktree.home);
  await erase(worktree.gitDir);
  const reference = `refs/vigil/base/${worktree.run}`;
  await erase(join(repository.commonDir, `${reference}.lock`));
  const { code, stderr } = await git({ gitDir: repository.commonDir }, ["update-ref", "-d", reference], { expect: [0, 1, 128], config: packedRefsPatience });
  if (code === 0) return;
  throw new HumanError(`The files of ${worktree.run} are freed, but git could not let go of ${reference} (${stderr.trim().split("\n")[0] ?? ""}). If another git is at work in this repository, wait and remove the run once more; if nothing is running, remove the lock file that the message names first.`);
}

/** Folders of the base that are submodules; they stay empty. */
export async function submodules(worktree: Worktree): Promise<readonly string[]> {
  return (await readMark(worktree))?.submodules ?? [];
}

async function checkOut(worktree: Worktree, base: Sha): Promise<Sha> {
  const door = { gitDir: worktree.gitDir, workTree: worktree.root, index: worktree.index };
  try {
    await git(door, ["read-tree", "--reset", "-u", base], { config: ["checkout.workers=8"] });
  } catch (error) {
    if (error instanceof GitFailed && /unable to read|cannot read object|missing blob|promisor|could not fetch|Could not read/i.test(error.stderr)) {
      throw new HumanError(`Some files of commit ${base.slice(0, 8)} are missing from this clone, so the run's worktree cannot be made. Fill the clone and try again: git fetch --refetch --no-filter.`);
    }
    throw error;
  }
  return sha.parse((await gitText(door, ["rev-parse", `${base}^{tree}`])).text);
}

async function submodulesOf(worktree: Worktree, tree: Sha): Promise<string[]> {
  const { stdout } = await git({ gitDir: worktree.gitDir }, ["ls-tree", "-r", "-z", tree]);
  return records(stdout).filter((line) => line.startsWith("160000 ")).map((line) => readable(line.slice(line.indexOf("\t") + 1)));
}

const markFile = (worktree: Worktree): string => join(worktree.gitDir, "vigil-ready");

async function readMark(worktree: Worktree): Promise<z.infer<typeof ready> | undefined> {
  const text = await textOf(markFile(worktree));
  return text === undefined ? undefined : ready.parse(JSON.parse(text));
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then((found) => found.isDirectory(), () => false);
}
