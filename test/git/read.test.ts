// Finding a repository and asking it questions: every answer, and every refusal with its remedy.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HumanError } from "../../src/core/error.js";
import { dependencyFolders, lockDigest } from "../../src/git/dependencies.js";
import { git } from "../../src/git/host.js";
import { gitIdentity } from "../../src/git/identity.js";
import { notices } from "../../src/git/notices.js";
import { branchTip, checkedOutAt, defaultBranch, fileAt, isValidBranchName, mergeBase } from "../../src/git/read.js";
import { findRepository } from "../../src/git/repository.js";
import { inRepository, TempRepository } from "./temp-repository.js";

async function refused(folder: string, expected: RegExp): Promise<void> {
  await assert.rejects(findRepository(folder), (error) => error instanceof HumanError && error.exit === 2 && expected.test(error.message));
}

describe("finding a repository", () => {
  it("gives root, head and branch, and none when detached", () =>
    inRepository(async (temp) => {
      const head = temp.git("rev-parse", "HEAD");
      const at = { root: temp.root, gitDir: join(temp.root, ".git"), commonDir: join(temp.root, ".git"), head };
      assert.deepEqual(await findRepository(join(temp.root, "sub/deep")), { ...at, branch: "main" });
      temp.git("checkout", "-q", "--detach");
      assert.deepEqual(await temp.find(), { ...at, branch: undefined });
    }));

  it("works where the folder's name is unusual", async () => {
    const temp = new TempRepository({ a: "a" }, "ünï 'q' $x");
    try {
      assert.equal((await temp.worktree()).tree, temp.git("rev-parse", "HEAD^{tree}"));
    } finally {
      await temp.remove();
    }
  });

  it("refuses what cannot be worked with, and says what to do", () =>
    inRepository(async (temp) => {
      const [none, bare, fresh] = ["none", "bare", "fresh"].map((name) => join(temp.home, name));
      mkdirSync(none ?? "");
      execFileSync("git", ["init", "-q", "--bare", bare ?? ""]);
      execFileSync("git", ["init", "-q", fresh ?? ""]);
      await refused(none ?? "", /git init/);
      await refused(bare ?? "", /bare/);
      await refused(join(temp.root, ".git"), /git directory/);
      await refused(fresh ?? "", /git commit/);
      await refused(join(temp.home, "missing"), /cannot be opened/);
      await refused(join(temp.root, "package.json"), /is a file/);
    }));

  it("refuses a repository of somebody else, and takes it once the person trusts it", function () {
    if (process.getuid?.() !== 0) return this.skip();
    return inRepository(async (temp) => {
      execFileSync("chown", ["-R", "65534:65534", temp.root]);
      await refused(temp.root, /safe\.directory/);
      const before = process.env["GIT_CONFIG_GLOBAL"];
      process.env["GIT_CONFIG_GLOBAL"] = join(temp.home, "config");
      try {
        execFileSync("git", ["config", "--file", join(temp.home, "config"), "safe.directory", temp.root]);
        assert.equal((await temp.find()).root, temp.root);
      } finally {
        if (before === undefined) delete process.env["GIT_CONFIG_GLOBAL"];
        else process.env["GIT_CONFIG_GLOBAL"] = before;
      }
    });
  });

  it("says when git is missing", () =>
    inRepository(async (temp) => {
      const before = process.env["PATH"];
      process.env["PATH"] = temp.home;
      try {
        await refused(temp.root, /Install git/);
      } finally {
        process.env["PATH"] = before;
      }
    }));
});

describe("questions to a repository", () => {
  it("are answered", () =>
    inRepository(async (temp) => {
      const first = temp.git("rev-parse", "HEAD");
      temp.git("checkout", "-q", "-b", "topic");
      temp.write({ "src/ä b.txt": "topic\n" });
      const topic = temp.commit("topic");
      const repository = await temp.find();
      assert.deepEqual(
        {
          file: await fileAt(repository, topic, "src/ä b.txt"),
          missing: await fileAt(repository, first, "src/ä b.txt"),
          folder: await fileAt(repository, first, "src"),
          base: await mergeBase(repository, first, topic),
          default: await defaultBranch(repository),
          tip: await branchTip(repository, "topic"),
          noTip: await branchTip(repository, "nope"),
          at: await checkedOutAt(repository, "topic"),
          notAt: await checkedOutAt(repository, "main"),
          names: await Promise.all(["vigil/x", "a b", "-x", "a..b", "HEAD", ""].map((name) => isValidBranchName(repository, name))),
          identity: await gitIdentity(repository),
        },
        {
          file: "topic\n", missing: undefined, folder: undefined, base: first, default: { name: "main", tip: first }, tip: topic, noTip: undefined,
          at: temp.root, notAt: undefined, names: [true, false, false, false, false, false], identity: { name: "Ada", email: "ada@team.example" },
        },
      );
      temp.git("update-ref", "refs/remotes/origin/dev/x", topic);
      temp.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/dev/x");
      assert.deepEqual(await defaultBranch(repository), { name: "dev/x", tip: topic });
    }));
});

describe("notices", () => {
  it("are none for a clean checkout", () => inRepository(async (temp) => assert.deepEqual(await notices(await temp.find()), [])));

  it("name what a run leaves out, and leave the index as it is", () =>
    inRepository(async (temp) => {
      temp.write({ ".gitattributes": "*.bin filter=lfs diff=lfs\n" });
      temp.git("update-index", "--add", "--cacheinfo", `160000,${temp.git("rev-parse", "HEAD")},lib/module`);
      temp.git("add", ".gitattributes");
      temp.git("commit", "-qm", "second");
      temp.git("checkout", "-q", "--detach");
      temp.write({ "src/a.js": "edited\n", "new file": "x", "more/x": "x" });
      const index = readFileSync(join(temp.root, ".git/index"), "latin1");
      const repository = await temp.find();
      assert.deepEqual(await notices(repository), [
        "1 file with uncommitted changes is left out (src/a.js): the run starts from the last commit.",
        "2 untracked files or folders are left out (more/, new file): commit what the run needs.",
        `HEAD is detached at ${repository.head.slice(0, 8)}: the run starts there, on no branch.`,
        "1 submodule (lib/module) stays an empty folder in the run's worktree.",
        "Files kept by Git LFS stay pointer files in the run's worktree.",
      ]);
      assert.equal(readFileSync(join(temp.root, ".git/index"), "latin1"), index);
    }));
});

describe("dependency folders", () => {
  it("are those that git ignores, at any package", () =>
    inRepository(
      async (temp) => {
        temp.write({ "node_modules/a/node_modules/b/x": "x", "apps/web/node_modules/x": "x", "vendor/tracked.c": "x", ".venv/bin/python": { link: "/usr/bin/python3" }, "a/b/c/d/e/node_modules/x": "x", "linked": { link: "node_modules" } });
        const repository = await temp.find();
        assert.deepEqual(await dependencyFolders(repository), [".venv", "apps/web/node_modules", "node_modules"]);
        const before = await lockDigest(repository, repository.head);
        temp.write({ "readme.md": "x" });
        assert.equal(await lockDigest(repository, temp.commit("no lock file changed")), before);
        temp.write({ "apps/web/package-lock.json": "{}" });
        assert.notEqual(await lockDigest(repository, temp.commit("one came")), before);
      },
      { ".gitignore": "node_modules/\n.venv\n", "vendor/v.c": "v\n" },
    ));
});

describe("a folder that is gone", () => {
  it("is named, and git is not said to be missing", () => assert.rejects(git({ gitDir: "/nonexistent/folder" }, ["version"]), /The folder \/nonexistent\/folder is gone/));
});
