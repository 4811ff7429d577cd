// Landing and its undo: accepted work reaches a branch whole or not at all, and nobody's edits are lost.
import assert from "node:assert/strict";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { HumanError } from "../../src/core/error.js";
import { hashBytes, writeTree } from "../../src/git/blobs.js";
import { git } from "../../src/git/host.js";
import { buildCommits, healLanding, land, unland } from "../../src/git/land.js";
import type { Repository, Worktree } from "../../src/git/types.js";
import type { TempRepository } from "./temp-repository.js";
import { contents, inRepository } from "./temp-repository.js";

const ada = { name: "Ada", email: "ada@team.example", at: 1_700_000_000_000 };
const visible = (path: string): boolean => path === ".git";

interface Stage {
  readonly temp: TempRepository;
  readonly repository: Repository;
  readonly worktree: Worktree;
  readonly base: string;
  /** A commit on the base that edits a.txt, deletes gone.txt and adds dir/new.txt. */
  readonly to: string;
}

const files = { "a.txt": "a\n", "b.txt": "b\n", "gone.txt": "g\n", ".gitignore": "*.secret\n" };
const landedFiles = { ".gitignore": "- *.secret\n", "a.txt": "- A\n", "b.txt": "- b\n", "dir/new.txt": "- n\n" };

async function onStage(use: (stage: Stage) => Promise<void>): Promise<void> {
  await inRepository(async (temp) => {
    const { repository, worktree, tree } = await temp.worktree();
    const base = repository.head;
    const changed = await writeTree(worktree, tree, [
      { path: "a.txt", content: Buffer.from("A\n"), mode: "100644" },
      { path: "gone.txt", content: undefined, mode: "000000" },
      { path: "dir/new.txt", content: Buffer.from("n\n"), mode: "100644" },
    ]);
    const [to] = await buildCommits(worktree, base, [{ tree: changed, message: "Change a\n\nVigil-Run: r1\n", author: ada, committer: ada }]);
    assert.ok(to !== undefined);
    await use({ temp, repository, worktree, base, to });
  }, files);
}

describe("landing", () => {
  it("makes a new branch and touches nothing else", () =>
    onStage(async ({ temp, repository, worktree, to }) => {
      const before = [temp.git("status", "--porcelain"), temp.git("rev-parse", "main"), readFileSync(join(temp.root, ".git/index"), "latin1")];
      assert.deepEqual(await land(repository, worktree, { branch: "vigil/x", expect: null, to }), { kind: "landed", checkout: false });
      assert.equal(temp.git("rev-parse", "vigil/x"), to);
      assert.equal(temp.git("log", "-1", "--format=%an %ae %cn|%B", "vigil/x").trim(), "Ada ada@team.example Ada|Change a\n\nVigil-Run: r1");
      assert.match(temp.git("reflog", "vigil/x"), /vigil: land r1/);
      assert.deepEqual([temp.git("status", "--porcelain"), temp.git("rev-parse", "main"), readFileSync(join(temp.root, ".git/index"), "latin1")], before);
      assert.equal(temp.git("for-each-ref", "--format=%(refname)").split("\n").join(" "), "refs/heads/main refs/heads/vigil/x refs/vigil/base/r1");
      temp.git("fsck", "--strict");
    }));

  it("says where the branch is when it moved", () =>
    onStage(async ({ temp, repository, worktree, base, to }) => {
      temp.write({ "b.txt": "moved\n" });
      const tip = temp.commit("second");
      assert.deepEqual(await land(repository, worktree, { branch: "main", expect: base, to }), { kind: "moved", tip });
      assert.deepEqual(await land(repository, worktree, { branch: "none", expect: base, to }), { kind: "moved", tip: null });
      // A branch that came to be meanwhile, and is checked out: what is said is that it moved.
      assert.deepEqual(await land(repository, worktree, { branch: "main", expect: null, to }), { kind: "moved", tip });
      assert.deepEqual(temp.git("rev-parse", "main"), tip);
    }));

  it("brings a checked-out branch along and keeps unrelated edits, staged and not", () =>
    onStage(async ({ temp, repository, worktree, base, to }) => {
      temp.write({ "b.txt": "my edit\n", "mine.txt": "untracked\n", "staged.txt": "s\n" });
      temp.git("add", "staged.txt");
      assert.deepEqual(await land(repository, worktree, { branch: "main", expect: base, to }), { kind: "landed", checkout: true });
      assert.deepEqual(contents(temp.root, visible), { ...landedFiles, "b.txt": "- my edit\n", "mine.txt": "- untracked\n", "staged.txt": "- s\n" });
      assert.equal(temp.git("status", "--porcelain"), " M b.txt\nA  staged.txt\n?? mine.txt");
      assert.match(temp.git("reflog", "HEAD"), /vigil: land r1/);
      assert.equal(existsSync(join(temp.root, ".git/index.lock")), false);
      assert.deepEqual(await unland(repository, worktree, { branch: "main", from: to, to: base }), { kind: "landed", checkout: true });
      assert.equal(temp.git("rev-parse", "main"), base);
      assert.equal(temp.git("status", "--porcelain"), " M b.txt\nA  staged.txt\n?? mine.txt");
    }));

  for (const [why, prepare, paths] of [
    ["an edited file", (temp: TempRepository) => temp.write({ "a.txt": "mine\n" }), ["a.txt"]],
    ["a staged edit", (temp: TempRepository) => (temp.write({ "a.txt": "mine\n" }), void temp.git("add", "a.txt")), ["a.txt"]],
    ["an untracked file", (temp: TempRepository) => temp.write({ "dir/new.txt": "mine\n" }), ["dir/new.txt"]],
    ["a file in the place of a folder", (temp: TempRepository) => temp.write({ dir: "mine\n" }), ["dir"]],
    ["an edit in a file that goes", (temp: TempRepository) => temp.write({ "gone.txt": "mine\n" }), ["gone.txt"]],
  ] as const) {
    it(`refuses, and changes nothing, because of ${why}`, () =>
      onStage(async ({ temp, repository, worktree, base, to }) => {
        prepare(temp);
        const before = [contents(temp.root, visible), temp.git("status", "--porcelain"), temp.git("ls-files", "-s")];
        assert.deepEqual(await land(repository, worktree, { branch: "main", expect: base, to }), { kind: "dirty", paths });
        assert.deepEqual([contents(temp.root, visible), temp.git("status", "--porcelain"), temp.git("ls-files", "-s")], before);
        assert.equal(temp.git("rev-parse", "main"), base);
      }));
  }

  it("does not overwrite a file that git ignores", () =>
    onStage(async ({ temp, repository, worktree, base }) => {
      temp.write({ "key.secret": "mine\n" });
      const tree = await writeTree(worktree, base, [{ path: "key.secret", content: Buffer.from("theirs\n"), mode: "100644" }]);
      const [to] = await buildCommits(worktree, base, [{ tree, message: "m\n", author: ada, committer: ada }]);
      assert.deepEqual(await land(repository, worktree, { branch: "main", expect: base, to: to ?? "" }), { kind: "dirty", paths: ["key.secret"] });
      assert.equal(readFileSync(join(temp.root, "key.secret"), "utf8"), "mine\n");
    }));

  it("writes line endings into the checkout as the person's git would, and runs no filter of theirs", () =>
    onStage(async ({ temp, repository, worktree, base }) => {
      temp.git("config", "core.autocrlf", "true");
      temp.git("config", "filter.evil.smudge", `touch ${temp.home}/PWN; cat`);
      temp.git("config", "filter.evil.required", "true");
      const tree = await writeTree(worktree, base, [
        { path: ".gitattributes", content: Buffer.from("* filter=evil\n"), mode: "100644" },
        { path: "a.txt", content: Buffer.from("A\n"), mode: "100644" },
      ]);
      const [to] = await buildCommits(worktree, base, [{ tree, message: "m\n", author: ada, committer: ada }]);
      assert.equal((await land(repository, worktree, { branch: "main", expect: base, to: to ?? "" })).kind, "landed");
      assert.equal(readFileSync(join(temp.root, "a.txt"), "utf8"), "A\r\n");
      assert.equal(existsSync(join(temp.home, "PWN")), false);
    }));

  it("runs none of the person's hooks", () =>
    onStage(async ({ temp, repository, worktree, base, to }) => {
      for (const hook of ["post-checkout", "reference-transaction", "post-index-change", "post-merge", "pre-receive", "update"]) {
        temp.write({ [`.git/hooks/${hook}`]: { text: `#!/bin/sh\ntouch ${temp.home}/PWN\n`, mode: 0o755 } });
      }
      assert.equal((await land(repository, worktree, { branch: "main", expect: base, to })).kind, "landed");
      assert.equal(existsSync(join(temp.home, "PWN")), false);
    }));

  it("refuses a branch that is checked out elsewhere, that a rebase holds, or that is no name", () =>
    onStage(async ({ temp, repository, worktree, base, to }) => {
      temp.git("worktree", "add", "-q", "-b", "other", join(temp.home, "elsewhere"));
      await assert.rejects(land(repository, worktree, { branch: "other", expect: base, to }), (error) => error instanceof HumanError && /checked out in/.test(error.message));
      await assert.rejects(land(repository, worktree, { branch: "a..b", expect: null, to }), HumanError);
      await assert.rejects(land(repository, worktree, { branch: "main/x", expect: null, to }), HumanError);
      temp.write({ ".git/rebase-merge/head-name": "refs/heads/main\n" });
      await assert.rejects(land(repository, worktree, { branch: "main", expect: base, to }), (error) => error instanceof HumanError && /rebase/.test(error.message));
    }));

  it("waits for nobody: a lock of the person's git is said", () =>
    onStage(async ({ temp, repository, worktree, base, to }) => {
      temp.write({ ".git/index.lock": "" });
      await assert.rejects(land(repository, worktree, { branch: "main", expect: base, to }), (error) => error instanceof HumanError && /index\.lock/.test(error.message));
      await healLanding(repository, worktree, { branch: "main", from: base, to, since: 0 });
      assert.equal(existsSync(join(temp.root, ".git/index.lock")), true);
    }));

  it("is taken back by deleting the branch it made, and not when that moved on", () =>
    onStage(async ({ temp, repository, worktree, to }) => {
      await land(repository, worktree, { branch: "vigil/x", expect: null, to });
      const tip = temp.git("commit-tree", "-p", to, "-m", "more", `${to}^{tree}`);
      temp.git("update-ref", "refs/heads/vigil/x", tip);
      assert.deepEqual(await unland(repository, worktree, { branch: "vigil/x", from: to, to: null }), { kind: "moved", tip });
      temp.git("update-ref", "refs/heads/vigil/x", to);
      assert.deepEqual(await unland(repository, worktree, { branch: "vigil/x", from: to, to: null }), { kind: "landed", checkout: false });
      assert.equal(temp.git("branch", "--list", "vigil/x"), "");
    }));

  it("refuses objects that git calls unsound", () =>
    onStage(async ({ temp, repository, worktree, base }) => {
      const link = await hashBytes(worktree, "/etc/passwd");
      const tree = (await git({ gitDir: worktree.gitDir }, ["mktree", "-z"], { input: `120000 blob ${link}\t.gitmodules\0` })).stdout.toString("utf8").trim();
      const [to] = await buildCommits(worktree, base, [{ tree, message: "m\n", author: ada, committer: ada }]);
      await assert.rejects(land(repository, worktree, { branch: "vigil/x", expect: null, to: to ?? "" }), HumanError);
      assert.equal(temp.git("for-each-ref", "refs/heads/vigil"), "");
    }));
});

// Every round is killed a little later, from the first instant to after the end of one that is left alone; on a machine
// that becomes slower meanwhile, more rounds are needed until one comes to its end.
const ROUNDS = 14;
const MOST_ROUNDS = 60;

describe("a landing whose files cannot all be written", () => {
  it("puts back those that were", () =>
    onStage(async ({ temp, repository, worktree, base }) => {
      temp.write({ "b.txt": "my edit\n" });
      const tree = await writeTree(worktree, base, [
        { path: "a.txt", content: Buffer.from("A\n"), mode: "100644" },
        { path: "z.txt", content: Buffer.alloc(400_000, "z"), mode: "100644" },
      ]);
      const [to = ""] = await buildCommits(worktree, base, [{ tree, message: "m\n", author: ada, committer: ada }]);
      const before = [contents(temp.root, visible), temp.git("status", "--porcelain"), temp.git("ls-files", "-s")];
      // No file may grow beyond 200 kB, so that git is ended while it writes the second one.
      const child = begun({ verb: "land", branch: "main", expect: base, to }, repository, worktree, ["bash", "-c", 'ulimit -f 200 && exec "$0" "$@"']);
      const code = await new Promise((resolve) => child.once("exit", resolve));
      assert.notEqual(code, 0);
      assert.deepEqual([contents(temp.root, visible), temp.git("status", "--porcelain"), temp.git("ls-files", "-s")], before);
      assert.equal(temp.git("rev-parse", "main"), base);
      assertNoLocks(temp, 0);
    }));
});

describe("a landing that is killed", () => {
  it("ends old or new, never between, wherever the end comes", function () {
    this.timeout(120_000);
    return onStage(async ({ temp, repository, worktree, base, to }) => {
      temp.write({ "b.txt": "my edit\n" });
      await killedEverywhere({ forth: { verb: "land", branch: "main", expect: base, to }, back: { verb: "unland", branch: "main", from: to, to: base } }, repository, worktree, (kind, round) => {
        assertCheckout(temp, kind === "new", round);
      });
    });
  });

  it("ends old or new on a branch that it makes", function () {
    this.timeout(120_000);
    return onStage(({ temp, repository, worktree, to }) =>
      killedEverywhere({ forth: { verb: "land", branch: "vigil/x", expect: null, to }, back: { verb: "unland", branch: "vigil/x", from: to, to: null } }, repository, worktree, (kind, round) => {
        assert.equal(temp.git("branch", "--list", "--format=%(refname:short)", "vigil/x"), kind === "new" ? "vigil/x" : "", `round ${round}`);
        assertNoLocks(temp, round);
      }),
    );
  });
});

describe("a landing taken back that is killed", () => {
  it("ends old or new, never between, wherever the end comes", function () {
    this.timeout(120_000);
    return onStage(async ({ temp, repository, worktree, base, to }) => {
      temp.write({ "b.txt": "my edit\n" });
      await land(repository, worktree, { branch: "main", expect: base, to });
      await killedEverywhere({ forth: { verb: "unland", branch: "main", from: to, to: base }, back: { verb: "land", branch: "main", expect: base, to } }, repository, worktree, (kind, round) => {
        assertCheckout(temp, kind === "old", round);
      });
    });
  });

  it("has deleted the branch or kept it, and leaves no lock in the person's way", function () {
    this.timeout(120_000);
    return onStage(async ({ temp, repository, worktree, to }) => {
      await land(repository, worktree, { branch: "vigil/x", expect: null, to });
      await killedEverywhere({ forth: { verb: "unland", branch: "vigil/x", from: to, to: null }, back: { verb: "land", branch: "vigil/x", expect: null, to } }, repository, worktree, (kind, round) => {
        assert.equal(temp.git("branch", "--list", "--format=%(refname:short)", "vigil/x"), kind === "new" ? "" : "vigil/x", `round ${round}`);
        assertNoLocks(temp, round);
      });
    });
  });

  it("leaves a lock alone that was there before", () =>
    onStage(async ({ temp, repository, worktree, to }) => {
      await land(repository, worktree, { branch: "vigil/x", expect: null, to });
      temp.write({ ".git/packed-refs.lock": "" });
      await healLanding(repository, worktree, { branch: "vigil/x", from: to, to: null, since: Date.now() + 5000 });
      assert.equal(existsSync(join(temp.root, ".git/packed-refs.lock")), true);
    }));
});

describe("a landing beside the person's own git", () => {
  it("needs no packed references: a branch is made while a gc holds them", () =>
    onStage(async ({ temp, repository, worktree, to }) => {
      temp.write({ ".git/packed-refs.lock": "" });
      assert.deepEqual(await land(repository, worktree, { branch: "vigil/x", expect: null, to }), { kind: "landed", checkout: false });
      assert.equal(existsSync(join(temp.root, ".git/packed-refs.lock")), true);
    }));
});

type Call = { readonly verb: "land"; readonly branch: string; readonly expect: string | null; readonly to: string } | { readonly verb: "unland"; readonly branch: string; readonly from: string; readonly to: string | null };

async function killedEverywhere(calls: { readonly forth: Call; readonly back: Call }, repository: Repository, worktree: Worktree, check: (kind: "old" | "new", round: number) => void): Promise<void> {
  const { forth, back } = calls;
  const seen = { old: 0, new: 0 };
  // How long it takes here and now, by one that is left alone.
  const whole = await killedAfter(undefined, repository, worktree, forth);
  await killedAfter(undefined, repository, worktree, back);
  for (let round = 0; round < ROUNDS || (seen.new === 0 && round < MOST_ROUNDS); round += 1) {
    const since = Date.now();
    await killedAfter((whole * round) / 10, repository, worktree, forth);
    const healed = await healLanding(repository, worktree, { branch: forth.branch, from: forth.verb === "land" ? forth.expect : forth.from, to: forth.to, since });
    assert.ok(healed.kind === "old" || healed.kind === "new", `round ${round}: ${healed.kind}`);
    seen[healed.kind] += 1;
    check(healed.kind, round);
    if (healed.kind === "new") assert.equal((await (back.verb === "land" ? land(repository, worktree, back) : unland(repository, worktree, back))).kind, "landed");
  }
  assert.ok(seen.old > 0 && seen.new > 0, JSON.stringify(seen));
}

function assertCheckout(temp: TempRepository, landed: boolean, round: number): void {
  const expected = landed ? landedFiles : { ".gitignore": "- *.secret\n", "a.txt": "- a\n", "b.txt": "- b\n", "gone.txt": "- g\n" };
  assert.deepEqual(contents(temp.root, visible), { ...expected, "b.txt": "- my edit\n" }, `round ${round}`);
  assert.equal(temp.git("status", "--porcelain"), " M b.txt", `round ${round}`);
  assertNoLocks(temp, round);
}

function assertNoLocks(temp: TempRepository, round: number): void {
  const found = readdirSync(join(temp.root, ".git"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".lock") && !path.startsWith("vigil"));
  assert.deepEqual(found, [], `round ${round}`);
}

/** Runs a verb in a process group of its own and kills all of it, if a time is given. Gives the milliseconds that it lived. */
async function killedAfter(ms: number | undefined, repository: Repository, worktree: Worktree, call: Call): Promise<number> {
  const child = begun(call, repository, worktree);
  const over = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  const since = performance.now();
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  const kill = ms === undefined ? undefined : setTimeout(end, ms);
  await over;
  clearTimeout(kill);
  return performance.now() - since;
}

/** The verb in a process group of its own, behind the words of `through`; it says so when it begins. */
function begun({ verb, ...what }: Call, repository: Repository, worktree: Worktree, through: readonly string[] = []): ChildProcessByStdio<null, Readable, null> {
  const module = new URL("../../src/git/land.js", import.meta.url).href;
  const script = `import { ${verb} } from ${JSON.stringify(module)}; console.log("ready"); await ${verb}(${JSON.stringify(repository)}, ${JSON.stringify(worktree)}, ${JSON.stringify(what)});`;
  const [program, ...words] = [...through, process.execPath, "--input-type=module", "-e", script];
  return spawn(program, words, { detached: true, stdio: ["ignore", "pipe", through.length === 0 ? "inherit" : "ignore"] });
}
