// Snapshot and restore: what is in the tree is the file, byte for byte, and nothing is skipped in silence.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBlobs } from "../../src/git/blobs.js";
import { checkpoint } from "../../src/git/checkpoint.js";
import { compareTrees } from "../../src/git/compare.js";
import { git, records } from "../../src/git/host.js";
import { removeInside, restore } from "../../src/git/restore.js";
import { snapshot } from "../../src/git/snapshot.js";
import type { Worktree } from "../../src/git/types.js";
import type { Content } from "./temp-repository.js";
import { contents, inRepository, put } from "./temp-repository.js";

/** The files of a tree, read by plain plumbing: name, mode and content. */
async function filesOf(worktree: Worktree, tree: string): Promise<Record<string, string>> {
  const entries = records((await git({ gitDir: worktree.gitDir }, ["ls-tree", "-r", "-z", tree])).stdout).map((line) => {
    const cut = line.indexOf("\t");
    const [mode, , object = ""] = line.slice(0, cut).split(" ");
    return { name: line.slice(cut + 1), mode, object };
  });
  const files = entries.filter(({ mode }) => mode !== "160000");
  const blobs = await readBlobs(worktree, [...new Set(files.map(({ object }) => object))]);
  return Object.fromEntries(
    files.map(({ name, mode, object }) => {
      const bytes = blobs.get(object);
      return [name, mode === "120000" ? `-> ${bytes?.toString("utf8") ?? ""}` : `${mode === "100755" ? "x" : "-"} ${bytes?.toString("latin1") ?? ""}`];
    }),
  );
}

const onlyFiles = (path: string): boolean => path === ".git";

/** Applies a change to a fresh worktree; gives what the snapshot says changed and what it left out. */
async function check(change: (root: string) => void, expected: { changed: Record<string, string>; nested?: string[] }, base?: Readonly<Record<string, Content>>): Promise<void> {
  await inRepository(async (temp) => {
    const { worktree, tree } = await temp.worktree();
    change(worktree.root);
    const taken = await snapshot(worktree);
    const changed = Object.fromEntries((await compareTrees(worktree, tree, taken.tree)).map((file) => [file.path, file.status]));
    assert.deepEqual({ changed, nested: taken.nested }, { changed: expected.changed, nested: expected.nested ?? [] });
    assert.equal((await snapshot(worktree)).tree, taken.tree);
  }, base);
}

describe("a snapshot", () => {
  it("is the base's tree where nothing changed", () => check(() => undefined, { changed: {} }));

  it("sees new, changed, deleted and executable files and links", () =>
    check(
      (root) => {
        put(join(root, "new file.txt"), "x");
        put(join(root, "src/a.js"), "two\n");
        put(join(root, "sub/deep/f.txt"), undefined);
        chmodSync(join(root, "package.json"), 0o755);
        put(join(root, "keys"), { link: "/home/ada/.ssh" });
      },
      { changed: { keys: "added", "new file.txt": "added", "package.json": "mode", "src/a.js": "modified", "sub/deep/f.txt": "deleted" } },
    ));

  it("sees a change of equal size whose time was put back", () =>
    check(
      (root) => {
        const file = join(root, "src/a.js");
        const { atime, mtime } = statSync(file);
        writeFileSync(file, "ONE\ntwo\nthree\n");
        utimesSync(file, atime, mtime);
      },
      { changed: { "src/a.js": "modified" } },
    ));

  it("sees the second of two changes of equal size within one second whose times were put back", () =>
    inRepository(async (temp) => {
      const { worktree } = await temp.worktree();
      const file = join(worktree.root, "src/a.js");
      const taken: unknown[] = [];
      // git compares times by the second: what it was told of the first change fits the next ones too.
      for (const letter of ["1", "2", "3", "4"]) {
        writeFileSync(file, `${letter}\n`);
        utimesSync(file, 1_000_000, 1_000_000);
        taken.push((await filesOf(worktree, (await snapshot(worktree)).tree))["src/a.js"]);
      }
      assert.deepEqual(taken, ["- 1\n", "- 2\n", "- 3\n", "- 4\n"]);
    }));

  it("finds nothing behind a folder that became a link, and reports none of it as left out", () =>
    check(
      (root) => {
        put(join(root, "other/a.js"), "not the file that was\n");
        rmSync(join(root, "src"), { recursive: true });
        symlinkSync("other", join(root, "src"));
      },
      { changed: { "other/a.js": "added", src: "added", "src/a.js": "deleted" } },
    ));

  it("stores a file of many megabytes piece by piece as git would", () =>
    inRepository(async (temp) => {
      const { worktree } = await temp.worktree();
      const bytes = Buffer.alloc(9 * 1024 * 1024 + 5, "vigil ");
      put(join(worktree.root, "large"), bytes);
      const { tree } = await snapshot(worktree);
      const stored = (await git({ gitDir: worktree.gitDir }, ["cat-file", "blob", `${tree}:large`])).stdout;
      assert.ok(stored.equals(bytes));
    }));

  it("takes a folder in the place of a file, a file in the place of a folder, and a link in the place of a folder", () =>
    check(
      (root) => {
        put(join(root, "package.json"), undefined);
        put(join(root, "package.json/inner"), "x");
        rmSync(join(root, "sub"), { recursive: true });
        put(join(root, "sub"), "now a file");
        rmSync(join(root, "src"), { recursive: true });
        symlinkSync("/etc", join(root, "src"));
      },
      { changed: { "package.json": "deleted", "package.json/inner": "added", src: "added", "src/a.js": "deleted", sub: "added", "sub/deep/f.txt": "deleted" } },
    ));

  it("honours the tree's ignore files but keeps tracked files", () =>
    check(
      (root) => {
        put(join(root, ".gitignore"), "*.js\nbuild/\n");
        put(join(root, "src/a.js"), "changed\n");
        put(join(root, "src/b.js"), "ignored\n");
        put(join(root, "build/out"), "ignored\n");
      },
      { changed: { ".gitignore": "added", "src/a.js": "modified" } },
    ));

  it("is not deceived by attributes: no conversion, no filter", () =>
    check(
      (root) => {
        put(join(root, ".gitattributes"), "* text=auto eol=lf filter=evil ident working-tree-encoding=UTF-16\n*.js -diff\n");
        put(join(root, "crlf.txt"), "a\r\nb\r\n");
        put(join(root, "src/a.js"), "one\r\n$Id$\n");
      },
      { changed: { ".gitattributes": "added", "crlf.txt": "added", "src/a.js": "modified" } },
    ));

  it("reports and leaves out nested repositories, with and without commits", () =>
    check(
      (root) => {
        execFileSync("git", ["init", "-q", join(root, "sub/fresh")]);
        put(join(root, "sub/fresh/x"), "x");
        execFileSync("git", ["init", "-q", join(root, "made")]);
        execFileSync("git", ["-C", join(root, "made"), "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"]);
      },
      { changed: {}, nested: ["made", "sub/fresh"] },
    ));

  it("does not lose sight of tracked files in a folder that became a repository", () =>
    check(
      (root) => {
        execFileSync("git", ["init", "-q", join(root, "src")]);
        put(join(root, "src/a.js"), "evil\n");
        put(join(root, "src/new.js"), "evil\n");
      },
      { changed: { "src/a.js": "modified", "src/new.js": "added" } },
    ));

  it("reports a pipe in the place of a file and passes over other pipes", () =>
    check(
      (root) => {
        put(join(root, "src/a.js"), undefined);
        execFileSync("mkfifo", [join(root, "src/a.js"), join(root, "pipe")]);
        put(join(root, "new"), "x");
      },
      { changed: { new: "added", "src/a.js": "deleted" }, nested: ["src/a.js"] },
    ));

  it("does not hang on a pipe in the place of an ignore file", () =>
    check(
      (root) => {
        execFileSync("mkfifo", [join(root, ".gitignore")]);
        put(join(root, "new"), "x");
      },
      { changed: { new: "added" } },
    )).timeout(20_000);

  it("takes names with line breaks, quotes, stars and any letters", () =>
    check((root) => ["a\nb", 'q"uote', "st*r", "ünï", ":(top)x", "-dash", " lead", "tab\there"].forEach((name) => put(join(root, name), name)), {
      changed: { "a\nb": "added", 'q"uote': "added", "st*r": "added", ünï: "added", ":(top)x": "added", "-dash": "added", " lead": "added", "tab\there": "added" },
    }));

  it("passes a lock that a killed git left behind", () =>
    inRepository(async (temp) => {
      const { worktree } = await temp.worktree();
      const lock = `${worktree.index}.lock`;
      put(lock, "");
      utimesSync(lock, 1000, 1000);
      put(join(worktree.root, "new"), "x");
      const { tree } = await snapshot(worktree);
      assert.ok("new" in (await filesOf(worktree, tree)));
    }));
});

describe("a tree that was edited", () => {
  it("is the one that git makes of the index, whatever stands beside, before and instead of a folder", () =>
    inRepository(async (temp) => {
      const { worktree } = await temp.worktree();
      await snapshot(worktree);
      const rounds: Readonly<Record<string, Content | undefined>>[] = [
        { "src-x": "1", "src.x": "2", src0: "3", "src/a.js": "changed\n", "src/zz/y": "4" },
        { src: undefined, "sub/deep": { link: "nowhere" } },
        { src: "a file now", "sub/deep": undefined, "new\nline/file": "5" },
        { src: undefined, "src-x": undefined, "new\nline": undefined },
        { "src/deep/er/file": "6", ".git~1": "refused", "sub/.GIT/config": "refused" },
      ];
      for (const [n, files] of rounds.entries()) {
        for (const [path, content] of Object.entries(files)) put(join(worktree.root, path), content);
        const { tree, nested } = await snapshot(worktree);
        const ask = async (args: readonly string[]): Promise<string> => (await git({ gitDir: worktree.gitDir, index: worktree.index }, args)).stdout.toString("utf8").trim();
        assert.equal(tree, await ask(["write-tree"]), `round ${n}`);
        assert.equal(await ask(["fsck", "--strict", "--no-dangling", tree]), "", `round ${n}`);
        assert.deepEqual(nested, n === 4 ? ["sub/.GIT/config"] : []);
      }
    }));
});

describe("the note of an index's tree", () => {
  it("counts for the very index it was written about, and never when it is torn", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      const note = `${worktree.index}.vigil-tree`;
      put(join(worktree.root, "new"), "x");
      const { tree: changed } = await snapshot(worktree);
      const old = readFileSync(note, "utf8");
      put(join(worktree.root, "new"), undefined);
      assert.equal((await snapshot(worktree)).tree, tree);
      for (const text of [old, old.slice(0, 20), "", `${changed} 1.2.3.4.5`]) {
        writeFileSync(note, text);
        assert.equal((await snapshot(worktree)).tree, tree, text);
      }
    }));
});

describe("a checkpoint", () => {
  it("is the commit that git itself makes of the same words, kept by its reference, and sound", () =>
    inRepository(async (temp) => {
      const { worktree, repository } = await temp.worktree();
      put(join(worktree.root, "new"), "x");
      const { tree } = await snapshot(worktree);
      const at = 1_700_000_000_000;
      const made = await checkpoint(worktree, { tree, parent: repository.head, message: "d1: Ünï\n", name: "d1", at });
      const env = { GIT_AUTHOR_NAME: "Vigil", GIT_AUTHOR_EMAIL: "vigil@localhost", GIT_COMMITTER_NAME: "Vigil", GIT_COMMITTER_EMAIL: "vigil@localhost", GIT_AUTHOR_DATE: "@1700000000 +0000", GIT_COMMITTER_DATE: "@1700000000 +0000" };
      const plain = async (args: readonly string[], input = ""): Promise<string> => (await git({ gitDir: worktree.gitDir }, args, { env, input })).stdout.toString("utf8").trim();
      assert.equal(made, await plain(["commit-tree", "-p", repository.head, "-F", "-", tree], "d1: Ünï\n"));
      assert.equal(await plain(["rev-parse", "refs/vigil/checkpoints/d1"]), made);
      assert.equal(await plain(["fsck", "--strict", "--no-dangling"]), "");
      const again = await checkpoint(worktree, { tree, parent: repository.head, message: "d1: Ünï\n", name: "d1", at });
      assert.equal(again, made);
    }));
});

describe("many random changes", () => {
  it("give a tree that holds exactly the files, every time, and restoring goes back exactly", function () {
    this.timeout(120_000);
    const start: Record<string, Content> = {};
    for (let n = 0; n < 30; n += 1) start[`d${n % 5}/f${n}.txt`] = `file ${n}\n`.repeat(n + 1);
    return inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      const before = contents(worktree.root, onlyFiles);
      let seed = 7;
      const next = (below: number): number => {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return Math.floor((seed / 2147483648) * below);
      };
      let middle: { tree: string; files: Record<string, string> } | undefined;
      for (let round = 0; round < 150; round += 1) {
        for (let n = next(3); n >= 0; n -= 1) mutate(worktree.root, next, round);
        if (round % 5 !== 0) continue;
        const taken = await snapshot(worktree);
        const files = contents(worktree.root, onlyFiles);
        assert.deepEqual(await filesOf(worktree, taken.tree), files, `after round ${round}`);
        assert.deepEqual(taken.nested, []);
        // What is noted about the index is what git itself makes of it.
        assert.equal((await git({ gitDir: worktree.gitDir, index: worktree.index }, ["write-tree"])).stdout.toString("utf8").trim(), taken.tree);
        if (round === 75) middle = { tree: taken.tree, files };
      }
      assert.ok(middle);
      await restore(worktree, middle.tree);
      assert.deepEqual(contents(worktree.root, onlyFiles), middle.files);
      await restore(worktree, tree);
      assert.deepEqual(contents(worktree.root, onlyFiles), before);
      assert.equal((await snapshot(worktree)).tree, tree);
    }, start);
  });
});

function mutate(root: string, next: (below: number) => number, round: number): void {
  const files = Object.keys(contents(root, onlyFiles));
  const some = join(root, Buffer.from(files[next(files.length)] ?? "d0/none", "latin1").toString("utf8"));
  const fresh = join(root, `d${next(7)}`, `${["plain", "ünï", "line\nbreak", "sp ace", "*"][next(5)] ?? ""}${next(20)}`);
  const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const blocked = lstatSync(join(fresh, ".."), { throwIfNoEntry: false })?.isDirectory() === false;
  switch (next(9)) {
    case 0:
      if (!blocked) put(fresh, `new ${round}\r\n`);
      return;
    case 1:
      if (isFile(some)) writeFileSync(some, Buffer.from([0, round, 255, 13, 10]));
      return;
    case 2:
      rmSync(some, { recursive: true, force: true });
      return;
    case 3:
      if (!blocked && lstatSync(some, { throwIfNoEntry: false }) !== undefined) {
        mkdirSync(join(fresh, ".."), { recursive: true });
        rmSync(fresh, { recursive: true, force: true });
        renameSync(some, fresh);
      }
      return;
    case 4:
      if (isFile(some)) chmodSync(some, (statSync(some).mode & 0o111) !== 0 ? 0o644 : 0o755);
      return;
    case 5:
      if (!blocked) put(fresh, { link: next(2) === 0 ? "../nowhere" : "/etc/passwd" });
      return;
    case 6: {
      if (!isFile(some)) return;
      const { atime, mtime, size } = statSync(some);
      writeFileSync(some, Buffer.alloc(size, round % 256));
      utimesSync(some, atime, mtime);
      return;
    }
    case 7:
      rmSync(some, { recursive: true, force: true });
      put(join(some, "inner"), `folder ${round}`);
      return;
    default:
      if (!blocked) put(fresh, { text: "#!/bin/sh\n", mode: 0o755 });
  }
}

describe("restoring", () => {
  it("removes what is not ignored, keeps what is, and never follows a link", () =>
    inRepository(
      async (temp) => {
        const { worktree, tree } = await temp.worktree();
        const outside = join(temp.home, "outside");
        put(join(outside, "a.js"), "precious\n");
        rmSync(join(worktree.root, "src"), { recursive: true });
        symlinkSync(outside, join(worktree.root, "src"));
        put(join(worktree.root, "kept.log"), "ignored\n");
        put(join(worktree.root, "made/new"), "x");
        execFileSync("git", ["init", "-q", join(worktree.root, "nested")]);
        await restore(worktree, tree);
        assert.deepEqual(contents(worktree.root, onlyFiles), { ".gitignore": "- *.log\n", "kept.log": "- ignored\n", "src/a.js": "- a\n" });
        assert.deepEqual(contents(outside), { "a.js": "- precious\n" });
      },
      { ".gitignore": "*.log\n", "src/a.js": "a\n" },
    ));

  it("puts back only the paths it is given", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      put(join(worktree.root, "src/a.js"), "changed\n");
      put(join(worktree.root, "new/n"), "x");
      put(join(worktree.root, "other"), "stays\n");
      put(join(worktree.root, "sub"), { link: "src" });
      const { tree: now } = await snapshot(worktree);
      await restore(worktree, tree, ["src/a.js", "new/n", "sub/deep/f.txt", "sub"]);
      assert.deepEqual(contents(worktree.root, onlyFiles), { other: "- stays\n", "package.json": '- {"name":"x"}\n', "src/a.js": "- one\ntwo\nthree\n", "sub/deep/f.txt": "- deep\n" });
      const after = await snapshot(worktree);
      assert.deepEqual((await compareTrees(worktree, tree, after.tree)).map((file) => file.path), ["other"]);
      await restore(worktree, now, ["src/a.js", "new/n", "sub", "sub/deep/f.txt"]);
      assert.equal((await snapshot(worktree)).tree, now);
    }));

  it("puts a file back over a folder, a folder over a link, and a mode over another, and touches nothing outside", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      const before = contents(worktree.root, onlyFiles);
      const outside = join(temp.home, "outside");
      put(join(outside, "deep/f.txt"), "precious\n");
      put(join(worktree.root, "package.json"), undefined);
      put(join(worktree.root, "package.json/inner"), "x");
      rmSync(join(worktree.root, "sub"), { recursive: true });
      symlinkSync(outside, join(worktree.root, "sub"));
      chmodSync(join(worktree.root, "src/a.js"), 0o755);
      const changed = await compareTrees(worktree, tree, (await snapshot(worktree)).tree);
      await restore(worktree, tree, changed.map((file) => file.path));
      assert.deepEqual(contents(worktree.root, onlyFiles), before);
      assert.deepEqual(contents(outside), { "deep/f.txt": "- precious\n" });
      assert.equal((await snapshot(worktree)).tree, tree);
    }));

  it("deletes nothing through a link that took a folder's place", () =>
    inRepository(async (temp) => {
      const outside = join(temp.home, "outside");
      put(join(outside, "f.txt"), "precious\n");
      put(join(temp.root, "sub"), undefined);
      symlinkSync(outside, join(temp.root, "sub"));
      await removeInside(temp.root, "sub/f.txt");
      assert.deepEqual(contents(outside), { "f.txt": "- precious\n" });
      await removeInside(temp.root, "sub");
      assert.equal(lstatSync(join(temp.root, "sub"), { throwIfNoEntry: false }), undefined);
      assert.deepEqual(contents(outside), { "f.txt": "- precious\n" });
    }));

  it("takes out and puts back names that are not UTF-8 by the text that stands for them", () =>
    inRepository(async (temp) => {
      const odd = (name: string): Buffer => Buffer.concat([Buffer.from(`${temp.root}/`), Buffer.from(name, "latin1")]);
      writeFileSync(odd("old\xff"), "old\n");
      temp.commit("a name of another time");
      const { worktree, tree } = await temp.worktree();
      const before = contents(worktree.root, onlyFiles);
      const here = (name: string): Buffer => Buffer.concat([Buffer.from(`${worktree.root}/`), Buffer.from(name, "latin1")]);
      writeFileSync(here("old\xff"), "changed\n");
      writeFileSync(here("new\xfe"), "new\n");
      mkdirSync(here("fo\xfflder"));
      writeFileSync(here("fo\xfflder/inner"), "new\n");
      const changed = await compareTrees(worktree, tree, (await snapshot(worktree)).tree);
      await restore(worktree, tree, changed.map((file) => file.path));
      assert.equal((await snapshot(worktree)).tree, tree);
      assert.deepEqual(contents(worktree.root, onlyFiles), before);
    }));
});
