// Brings the person's checkout (files and index) and its branch from one commit to another, all or nothing, and brings it
// back to one of the two after a crash. Local edits are never overwritten: where they are in the way nothing moves.
import { copyFile, link, lstat, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import type { FileChange, Sha } from "../core/log/parts.js";
import { refusalIn } from "../core/system-error.js";
import { compareTrees } from "./compare.js";
import { converse, git, GitFailed } from "./host.js";
import type { Door } from "./host.js";
import { differing, withoutRest } from "./match.js";
import { checkoutSettings, personSettings } from "./person-settings.js";
import { textOf } from "./private-git.js";
import { releaseBranch, untilQuiet } from "./reference-locks.js";
import { restorePaths } from "./restore.js";
import { withTemporaryIndex } from "./temporary-index.js";
import { indexInfo, treeEntries, zeroFor } from "./tree-entries.js";
import type { Repository, Worktree } from "./types.js";
import { refuseUnread } from "./unread.js";

export interface Move {
  readonly branch: string;
  readonly from: Sha;
  readonly to: Sha;
}

export type Moved = { readonly kind: "landed"; readonly checkout: boolean } | { readonly kind: "moved"; readonly tip: Sha | null } | { readonly kind: "dirty"; readonly paths: string[] };

const indexOf = (repository: Repository): string => join(repository.gitDir, "index");
const lockOf = (repository: Repository): string => `${indexOf(repository)}.lock`;
const draftOf = (repository: Repository): string => join(repository.gitDir, "vigil-landing-index");
const signature = (worktree: Worktree, move: Move): string => `vigil landing ${worktree.run} ${move.from} ${move.to}\n`;

/**
 * Moves branch, index and files together. The person's index is locked the way git does it, with our name in the lock,
 * so that their git waits and a later `healCheckout` knows whose it is. Gives undefined when the branch was not at `from`.
 */
export async function moveCheckout(repository: Repository, worktree: Worktree, move: Move, reason: string, who: Readonly<Record<string, string>>): Promise<Moved | undefined> {
  const draft = draftOf(repository);
  const door = { gitDir: repository.gitDir, workTree: repository.root, index: draft };
  const config = checkoutSettings(await personSettings(repository));
  const changes = await compareTrees(worktree, move.from, move.to);
  await takeLock(repository, signature(worktree, move));
  const references = converse({ gitDir: repository.gitDir }, ["update-ref", "--stdin", "-m", reason], who);
  let whole = true;
  try {
    await copyIndex(repository, draft);
    // Exit 1 says that some files differ from the index; that is for read-tree to judge. Told to be quiet, git would not say either
    // why it could not write.
    await git(door, ["update-index", "--refresh"], { config, expect: [0, 1] });
    const barred = await inTheWay(repository, changes);
    if (barred.length > 0) return { kind: "dirty", paths: barred };
    await references.ask("start");
    references.tell(`update refs/heads/${move.branch} ${move.to} ${move.from}`);
    // From here on the branch is locked: nobody else can move it while the files change.
    if ((await references.ask("prepare")) === undefined) {
      const { stderr } = await references.end();
      if (/but expected|unable to resolve|reference is missing/.test(stderr)) return undefined;
      const refusal = refusalIn("git", stderr);
      if (refusal !== undefined) throw refusal;
      throw new HumanError(`The branch ${move.branch} could not be locked (${stderr.trim()}). Another git may be at work on it; try again, and if nothing is running remove the lock file that the message names.`);
    }
    // Tried first: what is refused here are the person's edits, and nothing has changed. What fails after it may have changed files.
    const tried = await git(door, ["read-tree", "-n", "-m", "-u", move.from, move.to], { config, expect: [0, 1, 128] });
    if (tried.code !== 0) {
      const paths = await localEdits(door, worktree, move, changes, config, tried.stderr);
      if (paths.length > 0) return { kind: "dirty", paths };
      throw refusalIn("git", tried.stderr) ?? new GitFailed(["read-tree"], tried.code, tried.stderr);
    }
    whole = false;
    const done = await git(door, ["read-tree", "-m", "-u", move.from, move.to], { config, expect: [0, 1, 128] });
    if (done.code !== 0) throw refusalIn("git", done.stderr) ?? new GitFailed(["read-tree"], done.code, done.stderr);
    await rename(draft, indexOf(repository));
    await references.ask("commit");
    const ended = await references.end();
    if (ended.code !== 0) throw refusalIn("git", ended.stderr) ?? new GitFailed(["update-ref"], ended.code, ended.stderr);
    whole = true;
    return { kind: "landed", checkout: true };
  } finally {
    // Ending without a commit lets go of the branch.
    await references.end();
    if (whole) await release(repository);
    else await healCheckout(repository, worktree, move);
  }
}

/** After a crash inside `moveCheckout`: files, index and branch are all old or all new. Does nothing when it was not ours. */
export async function healCheckout(repository: Repository, worktree: Worktree, move: Move): Promise<void> {
  await rm(join(repository.gitDir, "vigil-landing-lock"), { force: true });
  if ((await textOf(lockOf(repository))) !== signature(worktree, move)) return;
  await untilQuiet(`${draftOf(repository)}.lock`);
  await releaseBranch(repository, move);
  const tip = (await git({ gitDir: repository.gitDir }, ["rev-parse", "--verify", "--quiet", `refs/heads/${move.branch}`], { expect: [0, 1] })).stdout.toString("utf8").trim();
  // The branch moves last: once it has, the rest is done.
  if (tip !== move.to) await rollBack(repository, worktree, move);
  await release(repository);
}

async function rollBack(repository: Repository, worktree: Worktree, move: Move): Promise<void> {
  const draft = draftOf(repository);
  const config = checkoutSettings(await personSettings(repository));
  const paths = (await compareTrees(worktree, move.from, move.to)).map((file) => file.path);
  await withTemporaryIndex(worktree, async (index, scratch) => {
    const door = { gitDir: repository.gitDir, workTree: repository.root, index };
    const notNew = new Set(await differing(door, move.to, paths, config, join(scratch, "a")));
    const notOld = new Set(await differing(door, move.from, paths, config, join(scratch, "b")));
    // Neither old nor new is a file that was being written when the end came, or the person's own edit since then.
    const torn = await withoutRest(door, move.to, [...notOld].filter((path) => notNew.has(path)));
    const ours = [...notOld].filter((path) => !notNew.has(path) || torn.includes(path));
    await restorePaths(door, move.from, ours, config);
  });
  await copyIndex(repository, draft);
  const door = { gitDir: repository.gitDir, workTree: repository.root, index: draft };
  const [old, wanted] = [await treeEntries(door, move.from, paths), await treeEntries(door, move.to, paths)];
  const staged = await stagedEntries(door);
  const lines = paths.filter((path) => staged.get(path) === wanted.get(path)?.object && staged.get(path) !== old.get(path)?.object).map((path) => ({ path, entry: old.get(path) }));
  if (lines.length > 0) await git(door, ["update-index", "--add", "--replace", "-z", "--index-info"], { input: indexInfo(lines, zeroFor(move.from)) });
  await git(door, ["update-index", "--refresh"], { config, expect: [0, 1] });
  await rename(draft, indexOf(repository));
}

async function stagedEntries(door: Door): Promise<Map<string, Sha>> {
  const { stdout } = await git(door, ["ls-files", "-z", "--stage"]);
  const found = new Map<string, Sha>();
  for (const line of stdout.toString("utf8").split("\0")) {
    const cut = line.indexOf("\t");
    const object = line.slice(0, cut).split(" ")[1];
    if (object !== undefined) found.set(line.slice(cut + 1), object);
  }
  return found;
}

async function takeLock(repository: Repository, text: string): Promise<void> {
  // Written elsewhere and linked into place: a lock that appears without our name in it could not be told from another's.
  const draft = join(repository.gitDir, "vigil-landing-lock");
  await writeFile(draft, text, { flush: true });
  try {
    await link(draft, lockOf(repository));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    throw new HumanError(`Another git is at work in ${repository.root} (${lockOf(repository)} exists), so nothing was landed. Wait for it and try again; if nothing is running, remove that file.`);
  } finally {
    await rm(draft, { force: true });
  }
}

async function release(repository: Repository): Promise<void> {
  for (const file of [draftOf(repository), `${draftOf(repository)}.lock`, lockOf(repository)]) await rm(file, { force: true });
}

async function copyIndex(repository: Repository, draft: string): Promise<void> {
  await rm(`${draft}.lock`, { force: true });
  await copyFile(indexOf(repository), draft);
  // An index that looks younger than it is would be trusted about files changed in the same instant.
  const { atime, mtime } = await stat(indexOf(repository));
  await utimes(draft, atime, mtime);
}

/** Untracked and ignored files where new ones would go. git itself would overwrite the ignored ones. */
async function inTheWay(repository: Repository, changes: readonly FileChange[]): Promise<string[]> {
  const leaving = new Set(changes.filter((change) => change.modes[1] === "000000").map((change) => change.path));
  const found = new Set<string>();
  for (const change of changes) {
    if (change.modes[0] !== "000000" || change.modes[1] === "160000") continue;
    const parts = change.path.split("/");
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const path = parts.slice(0, depth).join("/");
      const there = await lstat(join(repository.root, path)).catch(() => undefined);
      if (there === undefined) break;
      if (there.isDirectory()) {
        if (depth === parts.length) for (const file of await filesIn(repository.root, path)) if (!leaving.has(file)) found.add(file);
        continue;
      }
      if (!leaving.has(path)) found.add(path);
      break;
    }
  }
  return [...found].sort();
}

async function filesIn(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    for (const file of entry.isDirectory() ? await filesIn(root, path) : [path]) found.push(file);
  }
  return found;
}

/** The paths because of which read-tree refused. */
async function localEdits(door: Required<Door>, worktree: Worktree, move: Move, changes: readonly FileChange[], config: readonly string[], said: string): Promise<string[]> {
  const paths = changes.map((change) => change.path);
  const edited = await withTemporaryIndex(worktree, (index, scratch) => differing({ ...door, index }, move.from, paths, config, join(scratch, "a")));
  const old = await treeEntries(door, move.from, paths);
  const staged = await stagedEntries(door);
  for (const path of paths) if (staged.get(path) !== old.get(path)?.object) edited.push(path);
  const named = /(?:Entry|file|Updating|directory) '([^']+)'/.exec(said)?.[1];
  await refuseUnread(door.workTree, edited);
  if (edited.length === 0 && named !== undefined && /not uptodate|would be (?:overwritten|removed|lose)|would lose/.test(said)) edited.push(named);
  return [...new Set(edited)].sort();
}
