// What is killed in the middle and must heal: making a worktree, taking a checkpoint, landing, taking a landing back. Each
// trial knows how to begin, how the product goes on after a crash, and what must hold then.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { writeTree } from "../../../src/git/blobs.js";
import { buildCommits, healLanding, land, unland } from "../../../src/git/land.js";
import { checkpoint, treeOf } from "../../../src/git/checkpoint.js";
import { snapshot } from "../../../src/git/snapshot.js";
import type { Repository, Worktree } from "../../../src/git/types.js";
import { createWorktree } from "../../../src/git/worktree.js";
import { contents, put, TempRepository } from "../../git/temp-repository.js";
import type { VerbCall } from "./verb-kill.js";

export interface Trial {
  readonly name: string;
  /** What is to be killed. Called before each try, and makes the ground for it. */
  begin(round: number): Promise<readonly VerbCall[]>;
  /** What the product does when it comes back. `since`: epoch milliseconds of the beginning. Gives what is wrong then. */
  heal(round: number, since: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

const ada = { name: "Ada", email: "ada@team.example", at: 1_700_000_000_000 };

function manyFiles(): Record<string, string> {
  const files: Record<string, string> = { "a.txt": "a\n", "b.txt": "b\n", "gone.txt": "g\n" };
  for (let n = 0; n < 120; n += 1) files[`d${String(n % 12)}/f${String(n)}.txt`] = `${String(n)}\n`.repeat(20);
  return files;
}

export async function worktreeTrial(): Promise<Trial> {
  const temp = new TempRepository(manyFiles());
  const repository = await temp.find();
  const wanted = contents(temp.root, (path) => path === ".git");
  usersGit(temp);
  const users = usersPart(temp);
  return {
    name: "making a worktree",
    begin: (round) => Promise.resolve([{ module: "worktree.js", verb: "createWorktree", args: [repository, temp.plan(`r${String(round)}`), repository.head, []] }]),
    async heal(round) {
      const worktree = temp.plan(`r${String(round)}`);
      const made = await createWorktree(repository, worktree, repository.head, []);
      return [
        ...differs("the worktree's files", wanted, contents(worktree.root, (path) => path === ".git")),
        ...differs("its tree", temp.git("rev-parse", "HEAD^{tree}"), (await snapshot(worktree)).tree),
        ...differs("the tree that it names", temp.git("rev-parse", "HEAD^{tree}"), made.tree),
        ...differs("the user's repository", users, usersPart(temp)),
        ...usersGit(temp),
      ];
    },
    close: () => temp.remove(),
  };
}

export async function checkpointTrial(): Promise<Trial> {
  const temp = new TempRepository(manyFiles());
  const { repository, worktree } = await temp.worktree();
  usersGit(temp);
  const users = usersPart(temp);
  const take = async (round: number): Promise<string> => {
    const { tree } = await snapshot(worktree);
    return checkpoint(worktree, { tree, parent: repository.head, message: `d${String(round)}`, name: `d${String(round)}`, at: 0 });
  };
  return {
    name: "a checkpoint",
    begin(round) {
      for (let n = 0; n < 40; n += 1) put(join(worktree.root, `d${String(n % 12)}/f${String(n)}.txt`), `${String(round)} ${String(n)}\n`);
      put(join(worktree.root, `new/${String(round)}.txt`), "new\n");
      put(join(worktree.root, `new/${String(round - 2)}.txt`), undefined);
      const what = { tree: "RESULT 0 tree", parent: repository.head, message: `d${String(round)}`, name: `d${String(round)}`, at: 0 };
      return Promise.resolve([
        { module: "snapshot.js", verb: "snapshot", args: [worktree] },
        { module: "checkpoint.js", verb: "checkpoint", args: [worktree, what] },
      ]);
    },
    async heal(round) {
      const commit = await take(round);
      const files = contents(worktree.root, (path) => path === ".git");
      const names = temp.git("--git-dir", worktree.gitDir, "ls-tree", "-r", "--name-only", commit).split("\n").sort();
      return [
        ...differs("the files of the checkpoint", Object.keys(files).sort(), names),
        ...differs("a file in it", files["d1/f1.txt"], `- ${temp.git("--git-dir", worktree.gitDir, "show", `${commit}:d1/f1.txt`)}\n`),
        ...differs("the tree of its reference", await treeOf(worktree, commit), await treeOf(worktree, `refs/vigil/checkpoints/d${String(round)}`)),
        ...differs("what git says of its objects", "", temp.git("--git-dir", worktree.gitDir, "fsck", "--connectivity-only", "--no-dangling")),
        ...differs("the user's repository", users, usersPart(temp)),
        ...usersGit(temp),
      ];
    },
    close: () => temp.remove(),
  };
}

interface Ground {
  readonly temp: TempRepository;
  readonly repository: Repository;
  readonly worktree: Worktree;
  readonly base: string;
  readonly to: string;
}

async function ground(): Promise<Ground> {
  const temp = new TempRepository(manyFiles());
  const { repository, worktree, tree } = await temp.worktree();
  const changes = Array.from({ length: 40 }, (_, n) => ({ path: `d${String(n % 12)}/f${String(n)}.txt`, content: Buffer.from(`landed ${String(n)}\n`), mode: "100644" as const }));
  const changed = await writeTree(worktree, tree, [...changes, { path: "gone.txt", content: undefined, mode: "000000" }, { path: "dir/new.txt", content: Buffer.from("n\n"), mode: "100644" }]);
  const [to] = await buildCommits(worktree, repository.head, [{ tree: changed, message: "Change much\n", author: ada, committer: ada }]);
  if (to === undefined) throw new Error("no commit was built");
  temp.write({ "b.txt": "my edit\n" });
  return { temp, repository, worktree, base: repository.head, to };
}

/** `branch` main is the checked-out one, whose files follow; any other is made by the landing. `back`: takes it back. */
export async function landingTrial(branch: string, back: boolean): Promise<Trial> {
  const { temp, repository, worktree, base, to } = await ground();
  const old = branch === "main" ? base : null;
  const forth = { branch, expect: old, to };
  const away = { branch, from: to, to: old };
  const checkedOut = branch === "main";
  const files = new Map([[old, contents(temp.root, (path) => path === ".git")]]);
  await land(repository, worktree, forth);
  files.set(to, checkedOut ? contents(temp.root, (path) => path === ".git") : (files.get(old) ?? {}));
  const status = temp.git("status", "--porcelain");
  await unland(repository, worktree, away);
  return {
    name: `${back ? "taking back a landing on" : "landing on"} ${checkedOut ? "the checked-out branch" : "a new branch"}`,
    async begin() {
      if (back) await land(repository, worktree, forth);
      else await unland(repository, worktree, away);
      return [back ? { module: "land.js", verb: "unland", args: [repository, worktree, away] } : { module: "land.js", verb: "land", args: [repository, worktree, forth] }];
    },
    async heal(_round, since) {
      const healed = await healLanding(repository, worktree, back ? { branch, from: to, to: old, since } : { branch, from: old, to, since });
      const tip = temp.git("for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`);
      const now = tip === "" ? null : tip;
      return [
        ...(healed.kind === "other" || (now !== old && now !== to) ? [`the branch is neither old nor new: ${healed.kind}, ${tip}`] : []),
        ...differs("where the branch is said to be", healed.tip, now),
        ...differs("the checkout's files", files.get(now), contents(temp.root, (path) => path === ".git")),
        ...differs("the user's status", status, temp.git("status", "--porcelain")),
        ...usersGit(temp),
      ];
    },
    close: () => temp.remove(),
  };
}

/** What no verb but landing may change in the user's repository. */
function usersPart(temp: TempRepository): Record<string, string> {
  return contents(temp.root, (path) => path === ".git/vigil" || path === ".git/refs/vigil");
}

/** Problems with the user's own git: a lock that is left, or a command that fails. Each takes one of git's locks. */
function usersGit(temp: TempRepository): readonly string[] {
  const locks = readdirSync(join(temp.root, ".git"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".lock"));
  const problems = locks.map((path) => `a lock is left: ${path}`);
  const stamp = join(temp.root, ".git", "index");
  try {
    temp.git("branch", "probe");
    temp.git("pack-refs");
    temp.git("branch", "-D", "probe");
    temp.git("stash", "list");
    temp.git("update-index", "--really-refresh", "-q", "--ignore-missing", "--unmerged");
  } catch (error) {
    // Exit 1 of a refresh says that a file has local changes, as one here has.
    if (!isRefusal(error)) problems.push(`the user's git fails with ${stamp}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return problems;
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && "status" in error && error.status === 1 && error.message.includes("update-index");
}

function differs(what: string, wanted: unknown, found: unknown): readonly string[] {
  const [was, is] = [JSON.stringify(wanted), JSON.stringify(found)];
  if (was === is) return [];
  let at = 0;
  while (was[at] === is[at]) at += 1;
  return [`${what} should be ${was.slice(Math.max(0, at - 20), at + 60)} and is ${is.slice(Math.max(0, at - 20), at + 60)}`];
}
