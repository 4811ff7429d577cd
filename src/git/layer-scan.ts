// Reads the upper folder of an overlay: what it adds, replaces and takes away compared with the folder below, and which of
// that is git-ignored. It looks at the upper folder only, so its cost does not grow with the repository.
import { chmod, copyFile, lstat, mkdir, readdir } from "node:fs/promises";
import type { Stats } from "node:fs";
import { join } from "node:path";
import { git, ignoredAmong } from "./host.js";
import { shownNames } from "./merged-view.js";
import { withTemporaryIndex } from "./temporary-index.js";
import type { Worktree } from "./types.js";

/** One finding; `path` is in the latin1 form of `records`. `gone`: something below is hidden or deleted. */
export interface Finding {
  readonly path: string;
  readonly kind: "file" | "link" | "special" | "gone";
  readonly ignored: boolean;
  /** Of what is gone: whether it is a folder below. */
  readonly folder: boolean;
}

export interface LayerScan {
  readonly findings: readonly Finding[];
  /** Repositories that were made in the layer, and folders too deep for a path; nothing in them is a finding. */
  readonly nested: readonly string[];
}

interface Raw {
  readonly findings: { path: string; kind: Finding["kind"]; folder: boolean }[];
  readonly nested: string[];
  /** Folders of the upper layer that also lie below: only the kernel knows whether they are merged. */
  readonly both: { path: string; lower: string[] }[];
  readonly folders: string[];
}

/** A path of the file system from a folder and a name in latin1 form. */
export const bytes = (folder: string, path: string): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, "latin1")]);
const below = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

async function look(folder: string, path: string): Promise<Stats | undefined> {
  return lstat(bytes(folder, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
}

async function names(folder: string, path: string): Promise<string[]> {
  return (await readdir(bytes(folder, path), { encoding: "buffer" })).map((name) => name.toString("latin1")).sort();
}

/** Scans `upper` over `lower`. `tree` is the tree that `lower` has; paths in it are never ignored. */
export async function scanLayer(worktree: Worktree, upper: string, lower: { readonly root: string; readonly tree: string }): Promise<LayerScan> {
  const raw: Raw = { findings: [], nested: [], both: [], folders: [] };
  await walk(upper, lower.root, "", raw);
  const shown = await shownNames(upper, lower.root, raw.both.map((folder) => folder.path), worktree.layers);
  const known = new Set(raw.findings.map((finding) => finding.path));
  for (const folder of raw.both) {
    for (const name of folder.lower) {
      const path = below(folder.path, name);
      if (path === ".git" || shown.get(folder.path)?.has(name) === true || known.has(path)) continue;
      raw.findings.push({ path, kind: "gone", folder: (await look(lower.root, path))?.isDirectory() === true });
    }
  }
  const ignored = await ignoredOf(worktree, upper, lower, raw, shown);
  return { findings: raw.findings.map((finding) => ({ ...finding, ignored: ignored.has(finding.path) })), nested: raw.nested };
}

/** Bytes of a path that leave room for one more name below what the kernel takes. */
const LONGEST = 3_800;

async function walk(upper: string, lower: string, folder: string, raw: Raw): Promise<void> {
  if (bytes(upper, folder).length > LONGEST) {
    raw.nested.push(folder);
    return;
  }
  const self = await lstat(bytes(upper, folder));
  if ((self.mode & 0o700) !== 0o700) await chmod(bytes(upper, folder), self.mode | 0o700);
  const here = await names(upper, folder);
  // The top's `.git` is a mount point. A `.git` further down makes a repository of its folder, unless the project has that folder.
  if (folder !== "" && here.includes(".git") && (await look(lower, folder))?.isDirectory() !== true) {
    raw.nested.push(folder);
    return;
  }
  raw.folders.push(folder);
  const underneath = (await look(lower, folder))?.isDirectory() === true ? await names(lower, folder) : [];
  if (underneath.length > 0) raw.both.push({ path: folder, lower: underneath });
  for (const name of here) {
    if (name === ".git") continue;
    const path = below(folder, name);
    const found = await look(upper, path);
    if (found === undefined) continue;
    const lies = underneath.includes(name) ? await look(lower, path) : undefined;
    if (found.isDirectory()) {
      if (lies !== undefined && !lies.isDirectory()) raw.findings.push({ path, kind: "gone", folder: false });
      await walk(upper, lower, path, raw);
    } else if (found.isCharacterDevice() && found.rdev === 0) {
      if (lies !== undefined) raw.findings.push({ path, kind: "gone", folder: lies.isDirectory() });
    } else {
      raw.findings.push({ path, kind: found.isFile() ? "file" : found.isSymbolicLink() ? "link" : "special", folder: false });
    }
  }
}

/**
 * Which findings the merged view's own ignore files cover. A scratch folder is given the ignore files that are in force
 * (the layer may have changed them) and the folders, because a rule such as `dist/` asks what is a folder.
 */
async function ignoredOf(worktree: Worktree, upper: string, lower: { readonly root: string; readonly tree: string }, raw: Raw, shown: ReadonlyMap<string, ReadonlySet<string>>): Promise<Set<string>> {
  if (raw.findings.length === 0) return new Set();
  return withTemporaryIndex(worktree, async (index, scratch) => {
    const rules = join(scratch, "rules");
    await mkdir(rules);
    for (const folder of raw.folders) {
      await mkdir(bytes(rules, folder), { recursive: true });
      const file = below(folder, ".gitignore");
      const own = await look(upper, file);
      const source = own?.isFile() === true ? upper : own === undefined && shown.get(folder)?.has(".gitignore") === true ? lower.root : undefined;
      if (source !== undefined && (await look(source, file))?.isFile() === true) await copyFile(bytes(source, file), bytes(rules, file));
    }
    for (const finding of raw.findings) if (finding.folder) await mkdir(bytes(rules, finding.path), { recursive: true });
    const door = { gitDir: worktree.gitDir, workTree: rules, index };
    await git(door, ["read-tree", lower.tree], { config: ["core.fsync=none"] });
    return ignoredAmong(door, raw.findings.map((finding) => finding.path));
  });
}
