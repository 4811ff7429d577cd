// Making and removing a run's worktree: isolated, repeatable after any kill, and invisible in the person's repository.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { remakeAgentGit } from "../../src/git/agent-git.js";
import { checkpoint } from "../../src/git/checkpoint.js";
import { snapshot } from "../../src/git/snapshot.js";
import { leaveOut } from "../../src/git/leave-out.js";
import type { Worktree } from "../../src/git/types.js";
import { createWorktree, planWorktree, removeWorktree } from "../../src/git/worktree.js";
import { contents, inRepository, put } from "./temp-repository.js";
import type { TempRepository } from "./temp-repository.js";

const onlyFiles = (path: string): boolean => path === ".git";

/** All of the person's repository except what is ours in it. */
function everything(temp: TempRepository): Record<string, string> {
  return contents(temp.root, (path) => path === ".git/vigil" || path === ".git/refs/vigil");
}

/** git as the agent has it: its own directory, seen from the worktree. */
function asAgent(worktree: Worktree, ...args: string[]): string {
  return execFileSync("git", [`--git-dir=${worktree.agentGit}`, `--work-tree=${worktree.root}`, ...args], { cwd: worktree.root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"] ?? "", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" } }).trimEnd();
}

describe("a worktree", () => {
  it("has the base's files, an empty .git, and leaves the person's repository byte for byte as it was", () =>
    inRepository(async (temp) => {
      temp.write({ "src/a.js": "stashed\n" });
      temp.git("stash", "-q");
      temp.write({ "package.json": "edited\n", "untracked": "x", ".git/hooks/post-checkout": { text: `#!/bin/sh\ntouch ${temp.home}/PWN\n`, mode: 0o755 } });
      const before = everything(temp);
      const { worktree, tree, repository, notices } = await temp.worktree();
      assert.deepEqual(contents(worktree.root, onlyFiles), { "package.json": '- {"name":"x"}\n', "src/a.js": "- one\ntwo\nthree\n", "sub/deep/f.txt": "- deep\n" });
      assert.deepEqual(readdirSync(join(worktree.root, ".git")), []);
      assert.deepEqual({ tree, notices }, { tree: temp.git("rev-parse", "HEAD^{tree}"), notices: [] });
      put(join(worktree.root, "src/a.js"), "agent\n");
      const taken = await snapshot(worktree);
      await checkpoint(worktree, { tree: taken.tree, parent: repository.head, message: "d1", name: "d1" });
      await remakeAgentGit(worktree, repository.head, 10, () => false);
      assert.deepEqual(everything(temp), before);
      assert.equal(existsSync(join(temp.home, "PWN")), false);
      assert.equal(temp.git("for-each-ref", "--format=%(refname)", "refs/vigil"), "refs/vigil/base/r1");

      await removeWorktree(repository, worktree);
      assert.deepEqual([existsSync(worktree.home), existsSync(worktree.gitDir), temp.git("for-each-ref", "refs/vigil")], [false, false, ""]);
      assert.deepEqual(everything(temp), before);
      await removeWorktree(repository, worktree);
    }));

  it("keeps what is put into it out of every snapshot, and what the agent's git sees, once it is told to", () =>
    inRepository(async (temp) => {
      const { worktree, tree, repository } = await temp.worktree();
      put(join(worktree.root, "sub/node_modules [x]/m.js"), "module\n");
      for (let n = 0; n < 2; n += 1) await leaveOut(worktree, ["sub/node_modules [x]"]);
      assert.equal((await snapshot(worktree)).tree, tree);
      await remakeAgentGit(worktree, repository.head, 10, () => false);
      assert.equal(asAgent(worktree, "status", "--porcelain"), "");
      assert.equal(readFileSync(join(worktree.gitDir, "info/exclude"), "utf8"), "/sub/node_modules\\ \\[x\\]\n");
      put(join(worktree.root, "sub/node_modules/m.js"), "module\n");
      assert.notEqual((await snapshot(worktree)).tree, tree);
    }));

  it("keeps working when the person rewrites their branch and collects garbage", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      temp.git("checkout", "-q", "--orphan", "other");
      temp.git("commit", "-q", "-m", "new root");
      temp.git("branch", "-D", "main");
      temp.git("reflog", "expire", "--expire=now", "--all");
      temp.git("gc", "-q", "--prune=now");
      rmSync(worktree.root, { recursive: true });
      assert.equal((await createWorktree(await temp.find(), worktree, temp.git("rev-parse", "refs/vigil/base/r1"), [])).tree, tree);
      assert.equal((await snapshot(worktree)).tree, tree);
    }));

  it("works from a repository that borrows its objects, that is linked, and that is found through a link or a folder in it", () =>
    inRepository(async (temp) => {
      const borrower = join(temp.home, "borrower");
      execFileSync("git", ["clone", "-q", "--shared", temp.root, borrower]);
      execFileSync("git", ["-C", borrower, "worktree", "add", "-q", join(temp.home, "linked")]);
      symlinkSync(join(temp.home, "linked", "sub"), join(temp.home, "way-in"));
      const { findRepository } = await import("../../src/git/repository.js");
      const repository = await findRepository(join(temp.home, "way-in", "deep"));
      assert.deepEqual(repository, { root: join(temp.home, "linked"), gitDir: join(borrower, ".git/worktrees/linked"), commonDir: join(borrower, ".git"), head: temp.git("rev-parse", "HEAD"), branch: "linked" });
      const worktree = planWorktree({ runFolder: join(repository.commonDir, "vigil/runs/r1"), worktreesFolder: join(temp.home, "w"), run: "r1" });
      await createWorktree(repository, worktree, repository.head, []);
      assert.equal((await snapshot(worktree)).tree, temp.git("rev-parse", "HEAD^{tree}"));
    }));

  it("gets the ignored files that are asked for, keeps them out of snapshots, and follows no link out", () =>
    inRepository(
      async (temp) => {
        temp.write({ ".git/info/exclude": "/own.conf\n", "own.conf": "hidden by my own rule\n", ".env.local": "KEY=1\n", "a.log": "no\n", "conf/local/x.json": "{}\n", "node_modules/p/.env.local": "no\n", "way.env": { link: "/etc/passwd" }, "in.env": { link: "conf/local/x.json" } });
        const { worktree, notices } = await temp.worktree("r1", [".env*", "*.env", "conf/local/**", "own.conf"]);
        assert.deepEqual(contents(worktree.root, onlyFiles), {
          ".env.local": "- KEY=1\n",
          ".gitignore": "- .env*\n*.env\n*.log\nconf/local/\nnode_modules/\n",
          "conf/local/x.json": "- {}\n",
          "in.env": "-> conf/local/x.json",
          "own.conf": "- hidden by my own rule\n",
        });
        assert.deepEqual(notices, ["way.env is not copied: it is a link that leaves the repository."]);
        assert.equal((await snapshot(worktree)).tree, temp.git("rev-parse", "HEAD^{tree}"));
      },
      { ".gitignore": ".env*\n*.env\n*.log\nconf/local/\nnode_modules/\n" },
    ));

  it("does not care what hides files from the person", () =>
    inRepository(async (temp) => {
      temp.write({ ".git/info/exclude": "evil.js\n" });
      const { worktree, tree } = await temp.worktree();
      put(join(worktree.root, "evil.js"), "x");
      assert.notEqual((await snapshot(worktree)).tree, tree);
    }));

  it("says what to do in a partial clone that lacks the files", () =>
    inRepository(async (temp) => {
      temp.git("config", "uploadpack.allowFilter", "true");
      const clone = join(temp.home, "partial");
      execFileSync("git", ["clone", "-q", "--no-checkout", "--filter=blob:none", `file://${temp.root}`, clone]);
      const { findRepository } = await import("../../src/git/repository.js");
      const repository = await findRepository(clone);
      const worktree = planWorktree({ runFolder: join(clone, ".git/vigil/runs/r1"), worktreesFolder: join(temp.home, "w"), run: "r1" });
      await assert.rejects(createWorktree(repository, worktree, repository.head, []), /git fetch --refetch/);
    }));

  it("starts from a shallow clone", () =>
    inRepository(async (temp) => {
      temp.commit("second");
      const clone = join(temp.home, "shallow");
      execFileSync("git", ["clone", "-q", "--depth=1", `file://${temp.root}`, clone]);
      const { findRepository } = await import("../../src/git/repository.js");
      const { buildCommits, land } = await import("../../src/git/land.js");
      const repository = await findRepository(clone);
      const worktree = planWorktree({ runFolder: join(clone, ".git/vigil/runs/r1"), worktreesFolder: join(temp.home, "w"), run: "r1" });
      const { tree } = await createWorktree(repository, worktree, repository.head, []);
      await remakeAgentGit(worktree, repository.head, 10, () => false);
      assert.equal(asAgent(worktree, "log", "--format=%s"), "second");
      const who = { name: "A", email: "a@b", at: 0 };
      const [to] = await buildCommits(worktree, repository.head, [{ tree, message: "m\n", author: who, committer: who }]);
      assert.equal((await land(repository, worktree, { branch: "x", expect: null, to: to ?? "" })).kind, "landed");
    }));
});

describe("a worktree whose making is killed", () => {
  it("is whole after the next call, wherever the end came", function () {
    this.timeout(120_000);
    const many: Record<string, string> = {};
    for (let n = 0; n < 150; n += 1) many[`d${n % 20}/f${n}`] = `${n}\n`.repeat(20);
    return inRepository(async (temp) => {
      const repository = await temp.find();
      const want = contents(temp.root, onlyFiles);
      const module = new URL("../../src/git/worktree.js", import.meta.url).href;
      for (let round = 0; round < 10; round += 1) {
        const worktree = temp.plan(`r${round}`);
        const script = `import { createWorktree } from ${JSON.stringify(module)}; console.log("ready"); await createWorktree(${JSON.stringify(repository)}, ${JSON.stringify(worktree)}, ${JSON.stringify(repository.head)}, []);`;
        const child = spawn(process.execPath, ["--input-type=module", "-e", script], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
        const over = new Promise<void>((resolve) => child.once("exit", () => resolve()));
        await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
        const kill = setTimeout(() => {
          if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
        }, round * 15);
        await over;
        clearTimeout(kill);
        const made = await createWorktree(repository, worktree, repository.head, []);
        assert.equal(made.tree, temp.git("rev-parse", "HEAD^{tree}"));
        assert.deepEqual(contents(worktree.root, onlyFiles), want, `round ${round}`);
        assert.equal((await snapshot(worktree)).tree, made.tree);
        put(join(worktree.root, "kept"), "work of the agent\n");
        await createWorktree(repository, worktree, repository.head, []);
        assert.equal(readFileSync(join(worktree.root, "kept"), "utf8"), "work of the agent\n");
      }
      assert.equal(temp.git("status", "--porcelain"), "");
    }, many);
  });
});

describe("the agent's git", () => {
  it("is clean at the last checkpoint, can commit, and knows no other branch", () =>
    inRepository(async (temp) => {
      temp.commit("second");
      temp.commit("third");
      temp.git("checkout", "-q", "-b", "secret");
      temp.write({ "secret.txt": "password" });
      temp.commit("secret");
      const secret = temp.git("rev-parse", "secret:secret.txt");
      temp.git("checkout", "-q", "main");
      const { worktree, repository, tree } = await temp.worktree();
      await remakeAgentGit(worktree, repository.head, 2, () => false);
      assert.equal(asAgent(worktree, "status", "--porcelain", "--branch"), "## work");
      assert.equal(asAgent(worktree, "log", "--format=%s"), "third\nsecond");
      assert.throws(() => asAgent(worktree, "cat-file", "-e", secret));
      assert.equal(asAgent(worktree, "for-each-ref", "--format=%(refname)"), "refs/heads/work");

      put(join(worktree.root, "src/a.js"), "changed\n");
      asAgent(worktree, "commit", "-qam", "the agent's own");
      const after = await snapshot(worktree);
      assert.notEqual(after.tree, tree);
      const head = await checkpoint(worktree, { tree: after.tree, parent: repository.head, message: "d1", name: "d1" });
      await remakeAgentGit(worktree, head, 2, () => false);
      assert.equal(asAgent(worktree, "log", "--format=%s"), "d1\nthird\nsecond");
      assert.equal(asAgent(worktree, "status", "--porcelain"), "");
      asAgent(worktree, "fsck");
      assert.throws(() => asAgent(worktree, "cat-file", "-e", secret));
    }));

  it("has no content of files that policy hides, in no commit, and works without it", () =>
    inRepository(async (temp) => {
      temp.write({ "keys/old.txt": "an old secret", "shared.txt": "no secret", "keys/shared.txt": "no secret" });
      temp.commit("old");
      temp.git("rm", "-q", "keys/old.txt");
      temp.write({ "keys/now.txt": "a secret" });
      temp.commit("now");
      const secrets = [temp.git("rev-parse", "HEAD~1:keys/old.txt"), temp.git("rev-parse", "HEAD:keys/now.txt")];
      const hides = (path: string): boolean => path.startsWith("keys/");
      const { worktree, repository } = await temp.worktree();
      await remakeAgentGit(worktree, repository.head, 10, hides);
      const check = (): void => {
        for (const secret of secrets) assert.throws(() => asAgent(worktree, "cat-file", "-p", secret));
        // The walls show the file empty; git must not take that for a change, nor bring the file back.
        put(join(worktree.root, "keys/now.txt"), "");
        assert.equal(asAgent(worktree, "status", "--porcelain"), "");
        assert.equal(asAgent(worktree, "show", "HEAD:shared.txt"), "no secret");
        asAgent(worktree, "stash", "list");
        asAgent(worktree, "reset", "-q", "--hard");
        assert.equal(readFileSync(join(worktree.root, "keys/now.txt"), "utf8"), "");
        put(join(worktree.root, "src/a.js"), `${Math.round(performance.now())}\n`);
        asAgent(worktree, "commit", "-qam", "the agent's own");
        put(join(worktree.root, "keys/now.txt"), "a secret");
      };
      check();
      const after = await snapshot(worktree);
      const head = await checkpoint(worktree, { tree: after.tree, parent: repository.head, message: "d1", name: "d1" });
      for (let times = 0; times < 2; times += 1) await remakeAgentGit(worktree, head, 10, hides);
      assert.equal(asAgent(worktree, "log", "--format=%s", "-2"), "d1\nnow");
      check();
    }));

  it("is begun anew where a kill cut its making off, also when the run has gone on by more than its depth", () =>
    inRepository(async (temp) => {
      temp.write({ "keys/now.txt": "a secret" });
      temp.commit("now");
      const hides = (path: string): boolean => path.startsWith("keys/");
      const { worktree, repository } = await temp.worktree();
      await remakeAgentGit(worktree, repository.head, 1, hides);
      // Killed just before the last word of it was written.
      rmSync(join(worktree.home, "history-whole", "vigil-ready"));
      const { tree } = await snapshot(worktree);
      let head = repository.head;
      for (const name of ["d1", "d2"]) head = await checkpoint(worktree, { tree, parent: head, message: name, name });
      await remakeAgentGit(worktree, head, 1, hides);
      assert.equal(asAgent(worktree, "log", "--format=%s"), "d2");
      assert.throws(() => asAgent(worktree, "cat-file", "-p", temp.git("rev-parse", "HEAD:keys/now.txt")));
    }));

  it("is thrown away whatever the agent made of it, and nothing in it ever runs or is followed", () =>
    inRepository(async (temp) => {
      const { worktree, repository } = await temp.worktree();
      await remakeAgentGit(worktree, repository.head, 1, () => false);
      const outside = join(temp.home, "outside");
      mkdirSync(outside);
      writeFileSync(join(outside, "precious"), "x");
      asAgent(worktree, "config", "core.fsmonitor", `touch ${temp.home}/PWN; true`);
      asAgent(worktree, "config", "core.hooksPath", outside);
      symlinkSync(outside, join(worktree.agentGit, "hooks"));
      rmSync(join(worktree.agentGit, "objects"), { recursive: true });
      symlinkSync(outside, join(worktree.agentGit, "objects"));
      await snapshot(worktree);
      await remakeAgentGit(worktree, repository.head, 1, () => false);
      assert.equal(asAgent(worktree, "status", "--porcelain"), "");
      assert.deepEqual([existsSync(join(temp.home, "PWN")), readdirSync(outside)], [false, ["precious"]]);
    }));
});

describe("a hostile worktree", () => {
  for (const [how, plant] of [
    ["a .git file in place of the folder", (root: string) => (rmSync(join(root, ".git"), { recursive: true }), put(join(root, ".git"), "gitdir: .evil\n"))],
    ["a .git link in place of the folder", (root: string) => (rmSync(join(root, ".git"), { recursive: true }), symlinkSync(".evil", join(root, ".git")))],
    ["a .git folder filled with a repository", (root: string) => (rmSync(join(root, ".git"), { recursive: true }), execFileSync("cp", ["-r", join(root, ".evil"), join(root, ".git")]))],
    ["a nested .git file", (root: string) => put(join(root, "sub/m/.git"), "gitdir: ../../.evil\n")],
    ["a nested bare repository", () => undefined],
  ] as const) {
    it(`gets nothing run by ${how}`, () =>
      inRepository(async (temp) => {
        const { worktree, tree } = await temp.worktree();
        const pwn = join(temp.home, "PWN");
        const evil = join(worktree.root, ".evil");
        mkdirSync(join(evil, "objects"), { recursive: true });
        put(join(evil, "refs/heads/main"), `${temp.git("rev-parse", "HEAD")}\n`);
        put(join(evil, "HEAD"), "ref: refs/heads/main\n");
        put(join(evil, "config"), `[core]\n\trepositoryformatversion = 0\n\tfsmonitor = "touch ${pwn}; true"\n\thooksPath = ${evil}/h\n[filter "e"]\n\tclean = touch ${pwn}\n\tsmudge = touch ${pwn}\n[diff "e"]\n\tcommand = touch ${pwn}\n\ttextconv = touch ${pwn}\n`);
        put(join(evil, "h/post-index-change"), { text: `#!/bin/sh\ntouch ${pwn}\n`, mode: 0o755 });
        plant(worktree.root);
        put(join(worktree.root, ".gitattributes"), "* filter=e diff=e merge=e\n");
        put(join(worktree.root, "src/a.js"), "EVIL-LINE\n");
        const { restore } = await import("../../src/git/restore.js");
        const { compareTrees, patch } = await import("../../src/git/compare.js");
        const taken = await snapshot(worktree);
        assert.ok((await patch(worktree, tree, taken.tree)).includes("EVIL-LINE"));
        assert.ok((await compareTrees(worktree, tree, taken.tree)).some((file) => file.path === "src/a.js" && !file.binary));
        await restore(worktree, tree);
        assert.equal((await snapshot(worktree)).tree, tree);
        assert.equal(existsSync(pwn), false);
      }));
  }
});
