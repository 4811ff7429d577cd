// What lies under the dependency folders of a run: the user's own, or what the set-up command made for this state of the
// lock files, kept once for all runs. Either way they are lower layers: they cost nothing and cannot be harmed.
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { erase } from "../git/erase.js";
import { dependencyFolders } from "../git/dependencies.js";
import type { Site } from "./site.js";

export interface Dependency {
  /** Repo-relative. */
  readonly at: string;
  /** Absolute folder underneath. */
  readonly lower: string;
}

const keptSchema = z.object({ folders: z.array(z.string().min(1)) });
const LIST = "folders.json";

/** The dependency folders in force now. With a set-up command in the policy: only what it made. */
export async function dependencies(site: Pick<Site, "ledger" | "repository" | "worktree">): Promise<readonly Dependency[]> {
  const { run } = site.ledger;
  if (run.spec.policy.values["worktree.setup"] === undefined) {
    return (await dependencyFolders(site.repository)).map((at) => ({ at, lower: path.join(site.repository.root, at) }));
  }
  const done = site.ledger.latest("setup.finished");
  return done === undefined ? [] : ((await keptSetup(site, done.command, done.lockDigest)) ?? []);
}

/** What an earlier set-up with this command and these lock files made; undefined when there was none. */
export async function keptSetup(site: Pick<Site, "repository" | "worktree">, command: string, lockDigest: string): Promise<readonly Dependency[] | undefined> {
  const folder = setupFolder(site, command, lockDigest);
  const text = await readFile(path.join(folder, LIST), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : keptSchema.parse(JSON.parse(text)).folders.map((at) => ({ at, lower: path.join(folder, "made", at) }));
}

/** Moves git-ignored folders that the set-up made out of the worktree, to lie under this run's layers and later runs'. */
export async function keepSetup(site: Pick<Site, "repository" | "worktree">, command: string, lockDigest: string, folders: readonly string[]): Promise<void> {
  const folder = setupFolder(site, command, lockDigest);
  const making = `${folder}.${randomBytes(6).toString("hex")}`;
  for (const at of folders) {
    const to = path.join(making, "made", at);
    await mkdir(path.dirname(to), { recursive: true });
    await rename(path.join(site.worktree.root, at), to);
  }
  await mkdir(making, { recursive: true });
  await writeFile(path.join(making, LIST), JSON.stringify({ folders }), { flush: true });
  try {
    await rename(making, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    // Another run made the same meanwhile: theirs is as good.
    await erase(making);
  }
}

// Beside the worktrees, on their file system, so that moving there is a rename.
function setupFolder(site: Pick<Site, "repository" | "worktree">, command: string, lockDigest: string): string {
  const key = createHash("sha256").update(`${site.repository.commonDir}\n${command}\n${lockDigest}\n${process.version}`).digest("hex").slice(0, 32);
  return path.join(path.dirname(site.worktree.home), ".setup", key);
}
