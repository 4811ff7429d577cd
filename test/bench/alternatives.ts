// How others take a checkpoint, as their own sequences of git commands over the same work tree. Only what they do for each
// checkpoint is timed; none of their waiting between commands is added.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { plainGit } from "./trees.js";

export interface Alternative {
  readonly name: string;
  /** Makes its repository anew; the first checkpoint is not part of it. */
  prepare(): Promise<void>;
  checkpoint(round: number): Promise<void>;
}

/** Each keeps its git data under `folder` and looks at the files of `root`. */
export function alternatives(root: string, folder: string): readonly Alternative[] {
  return [clineWay(root, join(folder, "cline")), rooWay(root, join(folder, "roo")), opencodeWay(root, join(folder, "opencode")), privateIndexWay(root, join(folder, "private-index"))];
}

// A shadow repository for each folder: looks for nested repositories to set aside, adds everything, commits.
function clineWay(root: string, home: string): Alternative {
  const git = (...args: string[]): Promise<string> => plainGit(root, [`--git-dir=${join(home, ".git")}`, `--work-tree=${root}`, ...args]);
  return {
    name: "Cline's way",
    prepare: () => makeShadow(root, home),
    async checkpoint(round) {
      await nestedRepositories(root);
      await git("add", ".", "--ignore-errors");
      await git("commit", "-q", "--allow-empty", "--no-verify", "-m", `checkpoint ${round}`);
    },
  };
}

// The same for each task, and nested repositories are looked for at its beginning only.
function rooWay(root: string, home: string): Alternative {
  const git = (...args: string[]): Promise<string> => plainGit(root, [`--git-dir=${join(home, ".git")}`, `--work-tree=${root}`, ...args]);
  return {
    name: "Roo's way",
    prepare: () => makeShadow(root, home),
    async checkpoint(round) {
      await git("add", ".", "--ignore-errors");
      await git("commit", "-q", "--allow-empty", "--no-verify", "-m", `checkpoint ${round}`);
    },
  };
}

// No commit: the tree's id is what is kept.
function opencodeWay(root: string, home: string): Alternative {
  const git = (...args: string[]): Promise<string> => plainGit(root, [`--git-dir=${join(home, ".git")}`, `--work-tree=${root}`, ...args]);
  return {
    name: "opencode's way",
    prepare: () => makeShadow(root, home),
    async checkpoint() {
      await git("add", ".");
      await git("write-tree");
    },
  };
}

// Beside the repository's own objects, with an index that is kept.
function privateIndexWay(root: string, home: string): Alternative {
  const env = { GIT_INDEX_FILE: join(home, "index") };
  const git = (...args: string[]): Promise<string> => plainGit(root, [`--git-dir=${join(home, ".git")}`, `--work-tree=${root}`, ...args], env);
  return {
    name: "private index + add -A",
    prepare: () => makeShadow(root, home),
    async checkpoint() {
      await git("add", "-A");
      await git("write-tree");
    },
  };
}

async function makeShadow(root: string, home: string): Promise<void> {
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await plainGit(home, ["init", "-q"]);
  // They leave out what git ignores, and the mount point for the agent's own git.
  await writeFile(join(home, ".git", "info", "exclude"), ".git/\nnode_modules/\ndist/\n*.log\n");
  await plainGit(home, ["config", "core.worktree", root]);
}

async function nestedRepositories(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    if (entry.name === ".git") found.push(folder);
    else if (entry.name !== "node_modules") found.push(...(await nestedRepositories(join(folder, entry.name))));
  }
  return found;
}
