// Turns the worktree's files into a git tree, byte for byte, through the private persistent index. It honours the tree's
// own ignore files, runs nothing that the tree names, and skips nothing in silence.
import { chmod, lstat, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { canBeAsked, editTree, foldersOf } from "./edit-tree.js";
import type { Edit } from "./edit-tree.js";
import { entryAt } from "./entry.js";
import { git, readable, records } from "./host.js";
import type { Door } from "./host.js";
import { pastStaleLock } from "./index-lock.js";
import { noteTree, treeOfIndex } from "./index-tree.js";
import { zeroFor } from "./tree-entries.js";
import type { Worktree } from "./types.js";
import { unblocked } from "./unblock.js";
import { submodules } from "./worktree.js";

const AT_ONCE = 8;

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

/**
 * The same for any folder and index; the index holds what counts as tracked and is brought up to date.
 *
 * What git remembers of a file (size, times, inode) is trusted only for files that nobody touched since they were checked
 * out. A file that was touched is read again every time: git compares times by the second on most systems, an agent can
 * set a file's time, and a store into a mapped page need not move any time at all.
 */
export async function snapshotFolder(door: Required<Door>, submoduleFolders: readonly string[]): Promise<Snapshot> {
  const nested = new Set<string>();
  for (const folder of submoduleFolders) if (await holdsFiles(join(door.workTree, folder))) nested.add(folder);
  const [was, seen] = await Promise.all([treeOfIndex(door), changes(door)]);
  for (const folder of [...seen.repositories.map(readable), ...seen.unreachable]) nested.add(folder);
  const edits = await editsOf(door, was, seen, nested);
  const tree = edits.length === 0 ? was : await withEdits(door, was, edits, nested);
  return { tree, nested: [...nested].sort() };
}

/** Brings the index up to date and gives its tree; names that git refuses are left out and reported in `nested`. */
async function withEdits(door: Required<Door>, was: Sha, edits: readonly Edit[], nested: Set<string>): Promise<Sha> {
  const zero = zeroFor(was);
  // No times go with them, so that the next snapshot looks at these files again. Removals first, for what takes their place.
  const line = ({ name, entry }: Edit): string => (entry === undefined ? `0 ${zero}\t${name}\0` : `${entry.mode} ${entry.object}\t${name}\0`);
  const input = Buffer.from([...edits.filter((edit) => edit.entry === undefined), ...edits.filter((edit) => edit.entry !== undefined)].map(line).join(""), "latin1");
  const names = edits.map((edit) => edit.name);
  const [updated, folders] = await Promise.all([
    pastStaleLock(door.index, () => git(door, ["update-index", "--add", "--replace", "-z", "--index-info"], { input })),
    canBeAsked(names) ? foldersOf(door.gitDir, was, names) : undefined,
  ]);
  const refused = new Set([...updated.stderr.matchAll(/^Ignoring path (.*)$/gm)].flatMap((found) => found[1] ?? []));
  for (const name of refused) nested.add(name);
  // Where names cannot be asked for, git itself makes the tree.
  if (folders === undefined) return treeOfIndex(door);
  const tree = await editTree(door.gitDir, was, folders, edits.filter((edit) => !refused.has(readable(edit.name))));
  await noteTree(door, tree);
  return tree;
}

/** What the index has of a path. */
interface Indexed {
  readonly mode: string;
  readonly object: Sha;
}

/** Names are in the form of `records`, but for the unreachable ones, which git said in words. */
interface Changes {
  /** To be looked at, with what the index has of each; undefined for what it does not know. */
  readonly touched: ReadonlyMap<string, Indexed | undefined>;
  /** Folders that are repositories of the agent's own making. They are reported and never followed. */
  readonly repositories: readonly string[];
  /** Of these, what the index has a file for. */
  readonly replaced: readonly string[];
  /** The upper part of folders that lie deeper than a path can be long. */
  readonly unreachable: readonly string[];
}

async function changes(door: Required<Door>): Promise<Changes> {
  const ask = (args: readonly string[]): Promise<{ stdout: Buffer; stderr: string }> => unblocked(door.workTree, git(door, args));
  // Side by side: each is a walk over all files, and neither writes anything.
  const look = () => Promise.all([ask(["diff-files", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=dirty"]), ask(["ls-files", "-z", "--others", "--exclude-standard"])]);
  let [known, others] = await look();
  if (/Permission denied/.test(known.stderr + others.stderr)) {
    // A folder closed by the agent would read as deleted files; it is the run's own folder, so it is opened.
    await openUp(door.workTree);
    [known, others] = await look();
  }
  // git passes over what is too deep with a warning, which is too long itself and loses its end.
  const unreachable = [...others.stderr.matchAll(/^warning: could not open directory '(.{3000,})/gm)].map(([, folder = ""]) => topOf(folder));
  const touched = new Map<string, Indexed | undefined>();
  const repositories: string[] = [];
  const replaced: string[] = [];
  const fields = records(known.stdout);
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [mode = "", inFolder, object] = (fields[at] ?? "").slice(1).split(" ");
    const name = fields[at + 1] ?? "";
    if (inFolder !== "160000") {
      touched.set(name, { mode, object: sha.parse(object) });
    } else {
      repositories.push(name);
      if (mode !== "160000") replaced.push(name);
    }
  }
  for (const name of records(others.stdout)) {
    if (name.endsWith("/")) repositories.push(name.slice(0, -1));
    else touched.set(name, undefined);
  }
  return { touched, repositories, replaced, unreachable };
}

/** As much of a path from its top as a person can read. */
function topOf(folder: string): string {
  const parts = folder.split("/");
  const kept = parts.findIndex((_, n) => parts.slice(0, n + 1).join("/").length > 200);
  return kept === -1 ? folder.replace(/\/$/u, "") : parts.slice(0, Math.max(1, kept)).join("/");
}

/** What is not as the index has it. */
async function editsOf(door: Required<Door>, like: Sha, { touched, replaced }: Changes, nested: Set<string>): Promise<Edit[]> {
  const root = await realpath(door.workTree);
  const edits: Edit[] = replaced.map((name) => ({ name, entry: undefined }));
  const look = async (name: string, indexed: Indexed | undefined): Promise<void> => {
    const entry = await entryAt(root, name, { gitDir: door.gitDir, like }, indexed?.object);
    if (entry.kind === "special") nested.add(readable(name));
    if (entry.kind !== "entry") {
      if (indexed !== undefined) edits.push({ name, entry: undefined });
    } else if (entry.object !== indexed?.object || entry.mode !== indexed.mode) {
      edits.push({ name, entry });
    }
  };
  const waiting = [...touched];
  // Several at once, because each object waits for the disk; few, because each is held in memory.
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await look(...next);
    }),
  );
  return edits;
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
