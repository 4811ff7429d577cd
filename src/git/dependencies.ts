// Finds dependency folders of the person's checkout that a run can borrow, and names what they were installed from.
// Reads only.
import { createHash } from "node:crypto";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../core/log/parts.js";
import { asRecord, git, ignoredAmong, readable, records } from "./host.js";
import { checkoutSettings, personSettings } from "./person-settings.js";
import type { Repository, Worktree } from "./types.js";

/** Folders that hold nothing but what a package manager put there. Build results (target, dist) are not: they depend on the code. */
const dependencyNames: ReadonlySet<string> = new Set(["node_modules", ".venv", "venv", "vendor", ".tox", ".bundle", "bower_components", ".yarn/cache", "Pods", "elm-stuff"]);
const deepest = 4;

const lockFiles: ReadonlySet<string> = new Set([
  "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock",
  "poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "requirements.txt", "Gemfile.lock", "composer.lock", "go.sum", "Cargo.lock", "mix.lock", "Podfile.lock",
]);

/** Git-ignored dependency folders in the checkout, relative to its root, outermost first and at most four folders deep. */
export async function dependencyFolders(repository: Repository): Promise<string[]> {
  const found = await namedFolders(repository.root, "", 1);
  if (found.length === 0) return [];
  const door = { gitDir: repository.gitDir, workTree: repository.root };
  const settings = checkoutSettings(await personSettings(repository));
  const ignored = [...(await ignoredAmong(door, found.map(asRecord), settings))].map(readable);
  const holdingTracked = new Set<string>();
  for (const path of ignored) if ((await git(door, ["ls-files", "-z", "--", path])).stdout.length > 0) holdingTracked.add(path);
  return ignored.filter((path) => !holdingTracked.has(path)).sort();
}

async function namedFolders(root: string, folder: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
    // Typed without following: a linked folder would lead out of the checkout.
    if (!entry.isDirectory() || entry.name === ".git") continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const nested = [...dependencyNames].find((name) => name.startsWith(`${entry.name}/`));
    if (dependencyNames.has(entry.name)) found.push(path);
    else if (nested !== undefined && (await lstat(join(root, folder, nested)).then((there) => there.isDirectory(), () => false))) found.push(folder === "" ? nested : `${folder}/${nested}`);
    else if (depth <= deepest) found.push(...(await namedFolders(root, path, depth + 1)));
  }
  return found;
}

/**
 * SHA-256 over the names and contents of all lock files of a tree or commit: folders installed from the same ones can
 * stand in for each other. A tree without any has a digest too.
 */
export async function lockDigest(where: Repository | Worktree, tree: Sha): Promise<string> {
  const digest = createHash("sha256");
  for (const line of records((await git({ gitDir: where.gitDir }, ["ls-tree", "-r", "-z", tree])).stdout)) {
    const cut = line.indexOf("\t");
    const name = line.slice(cut + 1);
    if (lockFiles.has(name.slice(name.lastIndexOf("/") + 1))) digest.update(`${line}\0`, "latin1");
  }
  return digest.digest("hex");
}
