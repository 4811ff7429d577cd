// The hidden commit of the worktree, one per decision, in the runner's private git directory only.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { gitText } from "./host.js";
import { objectId, writeObject } from "./objects.js";
import type { Worktree } from "./types.js";

const author = "Vigil <vigil@localhost>";

/**
 * A commit of `tree`, kept by `refs/vigil/checkpoints/<name>` (the commit's own id by default). `at` is its time in epoch
 * milliseconds; the same input gives the same commit, so repeating after a crash is harmless. No git is started: the
 * commit and the reference are the bytes that git would write, and the private git directory has no other writer.
 */
export async function checkpoint(worktree: Worktree, what: { readonly tree: Sha; readonly parent: Sha | undefined; readonly message: string; readonly name?: string; readonly at?: number }): Promise<Sha> {
  const who = `${author} ${Math.floor((what.at ?? Date.now()) / 1000)} +0000`;
  // A commit's text holds no NUL, and git would cut it there.
  const message = what.message.replaceAll("\0", " ");
  const text = [`tree ${what.tree}`, ...(what.parent === undefined ? [] : [`parent ${what.parent}`]), `author ${who}`, `committer ${who}`, "", message].join("\n");
  const bytes = Buffer.from(text.endsWith("\n") ? text : `${text}\n`);
  const folder = { gitDir: worktree.gitDir, like: what.tree };
  const commit = objectId(folder, "commit", bytes);
  await writeObject(folder, "commit", commit, bytes);
  await writeReference(worktree, what.name ?? commit, commit);
  return commit;
}

async function writeReference(worktree: Worktree, name: string, commit: Sha): Promise<void> {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(name)) throw new Error(`${name} is no name for a checkpoint`);
  const home = join(worktree.gitDir, "refs", "vigil", "checkpoints");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const draft = join(worktree.gitDir, `vigil-checkpoint-${name}.new`);
  await writeFile(draft, `${commit}\n`, { flush: true });
  await rename(draft, join(home, name));
}

/** The tree of a commit that the private git directory knows. */
export async function treeOf(worktree: Worktree, commit: Sha): Promise<Sha> {
  return sha.parse((await gitText({ gitDir: worktree.gitDir }, ["rev-parse", "--verify", `${commit}^{tree}`])).text);
}
