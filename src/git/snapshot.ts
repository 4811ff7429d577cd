// Turns the worktree's files into a git tree, byte for byte, through the private persistent index. It honours the tree's
// own ignore files, runs nothing that the tree names, and skips nothing in silence.
import { chmod, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { git, GitFailed, listing, readable, records } from "./host.js";
import type { Door } from "./host.js";
import { pastStaleLock } from "./index-lock.js";
import type { Worktree } from "./types.js";
import { unblocked } from "./unblock.js";
import { submodules } from "./worktree.js";

export interface Snapshot {
  readonly tree: Sha;
  /** What is not in the tree though nobody ignores it: nested repositories, filled submodule folders, pipes, names git refuses. */
  readonly nested: string[];
}

/** The tree of everything in the worktree that is not ignored; tracked files stay even where an ignore file names them. */
export async function snapshot(worktree: Worktree): Promise<Snapshot> {
  const door = { gitDir: worktree.gitDir, workTree: worktree.root, index: worktree.index };
  return snapshotFolder(door, await submodules(worktree));
}

/** The same for any folder and index; the index holds what counts as tracked and is brought up to date. */
export async function snapshotFolder(door: Required<Door>, submoduleFolders: readonly string[]): Promise<Snapshot> {
  const nested = new Set<string>();
  for (const folder of submoduleFolders) if (await holdsFiles(join(door.workTree, folder))) nested.add(folder);
  const { removed, present } = await changes(door, nested);
  if (removed.length > 0) await updateIndex(door, ["--force-remove"], removed);
  if (present.length > 0) await addAll(door, present, nested);
  const tree = await pastStaleLock(door.index, () => git(door, ["write-tree"]));
  return { tree: sha.parse(tree.stdout.toString("utf8").trim()), nested: [...nested].sort() };
}

async function changes(door: Required<Door>, nested: Set<string>): Promise<{ removed: string[]; present: string[] }> {
  const status = async (): Promise<{ stdout: Buffer; stderr: string }> =>
    // Optional locks on: this index is private, and what git learns about unchanged files is worth keeping in it.
    unblocked(door.workTree, git(door, ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=dirty"], { env: { GIT_OPTIONAL_LOCKS: "1" } }));
  let answer = await status();
  if (/Permission denied/.test(answer.stderr)) {
    // A folder closed by the agent would read as deleted files; it is the run's own folder, so it is opened.
    await openUp(door.workTree);
    answer = await status();
  }
  const removed: string[] = [];
  const present: string[] = [];
  for (const line of records(answer.stdout)) {
    if (line.startsWith("? ")) {
      const name = line.slice(2);
      if (name.endsWith("/")) nested.add(readable(name.slice(0, -1)));
      else present.push(name);
      continue;
    }
    if (!line.startsWith("1 ")) continue;
    const fields = line.split(" ");
    const [, states, , , inIndex, inFolder] = fields;
    const name = fields.slice(8).join(" ");
    const state = states?.[1];
    if (state === undefined || state === ".") continue;
    if (inFolder === "160000") {
      // A repository of the agent's own making stands here. It is reported and never followed.
      nested.add(readable(name));
      if (inIndex !== "160000") removed.push(name);
    } else if (state === "D") {
      removed.push(name);
    } else {
      present.push(name);
    }
  }
  return { removed, present };
}

async function addAll(door: Required<Door>, names: readonly string[], nested: Set<string>): Promise<void> {
  let said: string;
  try {
    said = await updateIndex(door, ["--add", "--remove"], names);
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    said = await addOneKind(door, names, nested, error);
  }
  for (const refused of said.matchAll(/^Ignoring path (.*)$/gm)) if (refused[1] !== undefined) nested.add(refused[1]);
}

/** After a refusal: pipes, sockets and devices stand where files stood, or files cannot be read. */
async function addOneKind(door: Required<Door>, names: readonly string[], nested: Set<string>, first: GitFailed): Promise<string> {
  const files: string[] = [];
  const others: string[] = [];
  for (const name of names) {
    const path = Buffer.concat([Buffer.from(`${door.workTree}/`), Buffer.from(name, "latin1")]);
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined || found.isFile() || found.isSymbolicLink()) files.push(name);
    else others.push(name);
    if (found?.isFile() === true && (found.mode & 0o400) === 0) await chmod(path, found.mode | 0o400);
  }
  for (const name of others) nested.add(readable(name));
  if (others.length === 0 && !/Permission denied/.test(first.stderr)) throw first;
  if (others.length > 0) await updateIndex(door, ["--force-remove"], others);
  return files.length > 0 ? updateIndex(door, ["--add", "--remove"], files) : "";
}

async function updateIndex(door: Required<Door>, how: readonly string[], names: readonly string[]): Promise<string> {
  const done = await pastStaleLock(door.index, () => unblocked(door.workTree, git(door, ["update-index", ...how, "-z", "--stdin"], { input: listing(names) })));
  return done.stderr;
}

async function holdsFiles(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && (await readdir(folder)).length > 0;
}

async function openUp(folder: string): Promise<void> {
  const found = await lstat(folder);
  if ((found.mode & 0o700) !== 0o700) await chmod(folder, found.mode | 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(join(folder, entry.name));
  }
}
