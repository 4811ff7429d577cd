// Copies git-ignored files that the policy names (such as a local settings file) from the person's checkout into a new
// worktree. It must never follow a link out of the checkout.
import { constants, copyFile, lstat, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import picomatch from "picomatch";
import { git, readable, records } from "./host.js";
import { checkoutSettings, personSettings } from "./person-settings.js";
import type { Repository } from "./types.js";

/**
 * Copies what matches `globs` into `into`. A folder that is ignored as a whole is entered only for globs that name it or
 * something in it: `*.env` does not search node_modules. Sentences say what was left out.
 */
export async function copyIncluded(repository: Repository, into: string, globs: readonly string[]): Promise<{ readonly paths: string[]; readonly notices: string[] }> {
  const paths: string[] = [];
  const notices: string[] = [];
  if (globs.length === 0) return { paths, notices };
  const matches = picomatch([...globs], { dot: true });
  for (const path of await candidates(repository, globs, matches)) {
    const from = join(repository.root, path);
    const found = await lstat(from).catch(() => undefined);
    if (found === undefined) continue;
    if (path.includes("\n")) {
      notices.push(`${JSON.stringify(path)} is not copied: its name holds a line break, so it could not be kept out of what the run may land.`);
      continue;
    }
    if (found.isSymbolicLink()) {
      const target = await readlink(from);
      if (target.startsWith("/") || normalize(join(dirname(path), target)).startsWith("..")) {
        notices.push(`${path} is not copied: it is a link that leaves the repository.`);
        continue;
      }
      await mkdir(dirname(join(into, path)), { recursive: true });
      await symlink(target, join(into, path));
    } else if (found.isFile()) {
      await mkdir(dirname(join(into, path)), { recursive: true });
      await copyFile(from, join(into, path), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    } else {
      continue;
    }
    paths.push(path);
  }
  return { paths, notices };
}

async function candidates(repository: Repository, globs: readonly string[], matches: (path: string) => boolean): Promise<Iterable<string>> {
  const settings = await personSettings(repository);
  const door = { gitDir: repository.gitDir, workTree: repository.root };
  const { stdout } = await git(door, ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"], { config: checkoutSettings(settings) });
  const bases = globs.map((glob) => picomatch.scan(glob).base).filter((base) => base !== "" && base !== ".");
  // git names a folder and, at times, also what is in it.
  const found = new Set<string>();
  for (const name of records(stdout).map(readable)) {
    if (!name.endsWith("/")) {
      if (matches(name)) found.add(name);
      continue;
    }
    const folder = name.slice(0, -1);
    const whole = matches(folder);
    if (whole || bases.some((base) => `${base}/`.startsWith(name) || name.startsWith(`${base}/`))) {
      for (const path of await filesIn(repository.root, folder)) if (whole || matches(path)) found.add(path);
    }
  }
  return found;
}

async function filesIn(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    // Entries are typed without following, so a linked folder is a link here, not a way out.
    if (entry.isDirectory()) for (const file of await filesIn(root, path)) found.push(file);
    else found.push(path);
  }
  return found;
}
