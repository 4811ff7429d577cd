// Puts accepted work on a branch of the person's repository, and takes it back: the only writes there besides our own
// refs. All or nothing; a branch or checkout that is not as expected is left alone, and never forced.
import { HumanError } from "../core/error.js";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { refusalIn } from "../core/system-error.js";
import { git, GitFailed } from "./host.js";
import { gitIdentity } from "./identity.js";
import { healCheckout, moveCheckout } from "./move-checkout.js";
import type { Moved } from "./move-checkout.js";
import { packedRefsPatience, releaseBranch, releasePackedRefs } from "./reference-locks.js";
import { branchTip, checkedOutAt, isValidBranchName, underWay } from "./read.js";
import type { Repository, Worktree } from "./types.js";

/** A name with the moment in epoch milliseconds. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly at: number;
}

export interface Commit {
  readonly tree: Sha;
  /** Finished, with its trailers. */
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
}

/** Writes a chain of commits onto `base` in the runner's git directory, oldest first. The same input gives the same ids. */
export async function buildCommits(worktree: Worktree, base: Sha, chain: readonly Commit[]): Promise<Sha[]> {
  const made: Sha[] = [];
  for (const { tree, message, author, committer } of chain) {
    const env = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: dateOf(author.at),
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
      GIT_COMMITTER_DATE: dateOf(committer.at),
    };
    const { stdout } = await git({ gitDir: worktree.gitDir }, ["commit-tree", "-p", made.at(-1) ?? base, "-F", "-", tree], { input: message, env });
    made.push(sha.parse(stdout.toString("utf8").trim()));
  }
  return made;
}

/**
 * Brings `to` (a commit of `buildCommits`) into the person's repository and moves the branch there from `expect` (null:
 * the branch does not exist). Where the branch is checked out here, its files follow. `dirty` names local changes in the
 * way; then nothing changed.
 */
export async function land(repository: Repository, worktree: Worktree, what: { readonly branch: string; readonly expect: Sha | null; readonly to: Sha }): Promise<Moved> {
  if (!(await isValidBranchName(repository, what.branch))) throw new HumanError(`"${what.branch}" cannot be the name of a branch. Name another one with --onto.`, 2);
  await bring(repository, worktree, what.to);
  return moveBranch(repository, worktree, what.branch, what.expect, what.to, `vigil: land ${worktree.run}`);
}

/** Takes a landing back: the branch goes from `from` to where it was; `to` null deletes it. */
export async function unland(repository: Repository, worktree: Worktree, what: { readonly branch: string; readonly from: Sha; readonly to: Sha | null }): Promise<Moved> {
  if (what.to !== null) return moveBranch(repository, worktree, what.branch, what.from, what.to, `vigil: unland ${worktree.run}`);
  const tip = (await branchTip(repository, what.branch)) ?? null;
  if (tip === null) return { kind: "landed", checkout: false };
  if (tip !== what.from) return { kind: "moved", tip };
  const place = await checkedOutAt(repository, what.branch);
  if (place !== undefined) throw new HumanError(`The branch ${what.branch} is checked out in ${place}, so it cannot be deleted. Check out another branch there and try again.`);
  await notUnderWay(repository, what.branch);
  return moveReference(repository, worktree, what.branch, what.from, null, `vigil: unland ${worktree.run}`);
}

/**
 * After a crash while landing or taking back: brings branch and checkout to `from` or to `to`, never between, and says
 * which. `to` null: the branch was to be deleted. `since`: epoch milliseconds at which the move may have begun.
 */
export async function healLanding(repository: Repository, worktree: Worktree, what: { readonly branch: string; readonly from: Sha | null; readonly to: Sha | null; readonly since: number }): Promise<{ readonly kind: "old" | "new" | "other"; readonly tip: Sha | null }> {
  if (what.from !== null && what.to !== null) await healCheckout(repository, worktree, { branch: what.branch, from: what.from, to: what.to });
  await releaseBranch(repository, what);
  if (what.to === null) await releasePackedRefs(repository, what.since);
  const tip = (await branchTip(repository, what.branch)) ?? null;
  return { kind: tip === what.to ? "new" : tip === what.from ? "old" : "other", tip };
}

// Under no reference: taking one away again locks all packed references of the repository, which fails beside a `git gc`
// of the person's and leaves the lock behind when we are killed. What was just written no gc prunes for two weeks.
async function bring(repository: Repository, worktree: Worktree, to: Sha): Promise<void> {
  const how = ["--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules", "--quiet"];
  try {
    // Checked object by object on the way in: what a run made must not be able to harm whoever clones this later.
    await git({ gitDir: repository.commonDir }, ["fetch", ...how, worktree.gitDir, to], { config: ["transfer.fsckObjects=true", "fetch.fsckObjects=true", "fetch.writeCommitGraph=false", "transfer.advertiseObjectInfo=false"] });
  } catch (error) {
    if (error instanceof GitFailed && /fsck error|invalid|bad tree|gitmodules|malformed/i.test(error.stderr)) {
      throw new HumanError(`git refused the run's commits because something in them is not sound (${error.stderr.trim().split("\n")[0] ?? ""}). Nothing was landed. Reject the decision that brought it in and land again.`);
    }
    throw error;
  }
}

async function moveBranch(repository: Repository, worktree: Worktree, branch: string, expect: Sha | null, to: Sha, reason: string): Promise<Moved> {
  const tip = (await branchTip(repository, branch)) ?? null;
  const place = await checkedOutAt(repository, branch);
  if (tip === to) return { kind: "landed", checkout: place === repository.root };
  if (tip !== expect) return { kind: "moved", tip };
  await notUnderWay(repository, branch);
  if (place === undefined) return moveReference(repository, worktree, branch, expect, to, reason);
  if (place !== repository.root || expect === null) {
    throw new HumanError(`The branch ${branch} is checked out in ${place}, whose files would no longer fit. Name another branch with --onto, or run this there.`);
  }
  const moved = await moveCheckout(repository, worktree, { branch, from: expect, to }, reason, await reflogIdentity(repository));
  return moved ?? { kind: "moved", tip: (await branchTip(repository, branch)) ?? null };
}

async function moveReference(repository: Repository, worktree: Worktree, branch: string, expect: Sha | null, to: Sha | null, reason: string): Promise<Moved> {
  const name = `refs/heads/${branch}`;
  const zero = "0".repeat((to ?? expect ?? "").length);
  const args = to === null ? ["-d", name, expect ?? zero] : [name, to, expect ?? zero];
  const done = await git({ gitDir: repository.commonDir }, ["update-ref", "-m", reason, ...args], { expect: [0, 1, 128], env: await reflogIdentity(repository), config: packedRefsPatience });
  if (done.code === 0) return { kind: "landed", checkout: false };
  const tip = (await branchTip(repository, branch)) ?? null;
  if (tip !== expect) return { kind: "moved", tip };
  if (/cannot create|exists; cannot/.test(done.stderr)) {
    throw new HumanError(`There is a branch whose name stands in the way of ${branch} (${done.stderr.trim()}). Name another branch with --onto. The run ${worktree.run} is unchanged.`);
  }
  const refusal = refusalIn("git", done.stderr);
  if (refusal !== undefined) throw refusal;
  throw new HumanError(`The branch ${branch} could not be moved (${done.stderr.trim()}). If another git is at work, wait and try again; if nothing is running, remove the lock file that the message names.`);
}

async function notUnderWay(repository: Repository, branch: string): Promise<void> {
  const what = await underWay(repository, branch);
  if (what !== undefined) throw new HumanError(`You are in the middle of ${what} with ${branch}, so nothing was moved. Finish it or abort it, and try again.`);
}

async function reflogIdentity(repository: Repository): Promise<Record<string, string>> {
  const person = await gitIdentity(repository);
  return { GIT_COMMITTER_NAME: person?.name ?? "Vigil", GIT_COMMITTER_EMAIL: person?.email ?? "vigil@localhost" };
}

/** git's date with the offset of this machine, as a commit made by hand would have it. */
function dateOf(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `@${Math.floor(at / 1000)} ${minutes < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}${String(rest).padStart(2, "0")}`;
}
