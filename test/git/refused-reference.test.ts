// A reference that cannot be written is told as a refusal, with what to do; git says no more than that it could not. A link
// to nowhere in the place of a folder is refused like a folder on a disk that fails, whoever asks.
import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { SystemRefused } from "../../src/core/system-error.js";
import { writeTree } from "../../src/git/blobs.js";
import { buildCommits, land } from "../../src/git/land.js";
import { createWorktree } from "../../src/git/worktree.js";
import type { TempRepository } from "./temp-repository.js";
import { inRepository } from "./temp-repository.js";

const ada = { name: "Ada", email: "ada@team.example", at: 1_700_000_000_000 };

function bar(temp: TempRepository, folder: string): void {
  const path = join(temp.root, ".git", "refs", folder);
  rmSync(path, { recursive: true, force: true });
  symlinkSync("/nonexistent/folder", path);
}

async function refused(doing: Promise<unknown>): Promise<void> {
  await assert.rejects(doing, (error: unknown) => error instanceof SystemRefused && /^git could not write, and did not say why \(.*unable to create directory for .*vigil resume\.$/.test(error.message));
}

async function refusesToLand(temp: TempRepository, branch: string, folder: string): Promise<void> {
  const { repository, worktree, tree } = await temp.worktree();
  const changed = await writeTree(worktree, tree, [{ path: "a.txt", content: Buffer.from("A\n"), mode: "100644" }]);
  const [to] = await buildCommits(worktree, repository.head, [{ tree: changed, message: "Change a\n", author: ada, committer: ada }]);
  assert.ok(to !== undefined);
  bar(temp, folder);
  await refused(land(repository, worktree, { branch, expect: repository.branch === branch ? repository.head : null, to }));
  assert.equal(temp.git("status", "--porcelain"), "");
}

describe("a reference that cannot be written is told", () => {
  it("when a worktree is made", () =>
    inRepository(async (temp) => {
      bar(temp, "vigil");
      const repository = await temp.find();
      await refused(createWorktree(repository, temp.plan(), repository.head, []));
    }));
  it("when a branch is made", () => inRepository((temp) => refusesToLand(temp, "vigil/x", "heads/vigil")));
  it("when the branch that is checked out is moved", () =>
    inRepository(async (temp) => {
      temp.git("checkout", "-q", "-b", "deep/main");
      temp.git("pack-refs", "--all");
      await refusesToLand(temp, "deep/main", "heads/deep");
    }));
});
