// Work on trees without a checkout: compare, patch, read, write, merge, and check out on the side.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { TreeEdit } from "../../src/git/blobs.js";
import { readFiles, writeTree } from "../../src/git/blobs.js";
import { checkpoint } from "../../src/git/checkpoint.js";
import { compareTrees, patch, patchBytes } from "../../src/git/compare.js";
import { mergeTrees } from "../../src/git/merge.js";
import { checkoutInto, syncInto } from "../../src/git/scratch.js";
import { contents, inRepository, put } from "./temp-repository.js";

const edit = (path: string, content: string | Uint8Array | undefined, mode = "100644"): TreeEdit => ({ path, mode, content: typeof content === "string" ? Buffer.from(content) : content });

const edits: TreeEdit[] = [
  edit("src/a.js", "one\nTWO\nthree\n"),
  edit("sub/deep/f.txt", undefined),
  edit("package.json", '{"name":"x"}\n', "100755"),
  edit("new\nname", "x\n"),
  edit("blob.bin", Uint8Array.of(0, 1, 2, 255)),
  edit("link", "../away", "120000"),
];

describe("trees", () => {
  it("are compared by file with line counts, whatever attributes say", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      const to = await writeTree(worktree, tree, [...edits, edit(".gitattributes", "* -diff\n")]);
      const change = (path: string, status: string, added: number, removed: number, modes: [string, string], binary = false): unknown => ({ path, status, added, removed, binary, modes });
      assert.deepEqual(await compareTrees(worktree, tree, to), [
        change(".gitattributes", "added", 1, 0, ["000000", "100644"]),
        change("blob.bin", "added", 0, 0, ["000000", "100644"], true),
        change("link", "added", 1, 0, ["000000", "120000"]),
        change("new\nname", "added", 1, 0, ["000000", "100644"]),
        change("package.json", "mode", 0, 0, ["100644", "100755"]),
        change("src/a.js", "modified", 1, 1, ["100644", "100644"]),
        change("sub/deep/f.txt", "deleted", 0, 1, ["100644", "000000"]),
      ]);
      assert.deepEqual(await compareTrees(worktree, to, to), []);
    }));

  it("give a patch that plain git applies", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      const latin = { path: "latin.txt", content: Uint8Array.of(0x6c, 0xff, 0x0a), mode: "100644" };
      const to = await writeTree(worktree, await writeTree(worktree, tree, edits), [latin]);
      execFileSync("git", ["apply", "--index", "-"], { cwd: temp.root, input: await patchBytes(worktree, tree, to) });
      assert.equal(temp.git("write-tree"), to);
      assert.match(await patch(worktree, tree, to, ["src/a.js"]), /^diff --git a\/src\/a\.js b\/src\/a\.js\n[^]*\+TWO\n three\n$/);
      assert.equal(await patch(worktree, tree, to, []), "");
    }));

  it("give back what was written into them", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      const to = await writeTree(worktree, tree, edits);
      const read = await readFiles(worktree, to, edits.map((one) => one.path));
      assert.deepEqual(
        [...read].map(([path, file]) => [path, file && { mode: file.mode, content: Buffer.from(file.bytes).toString("latin1") }]),
        edits.map((one) => [one.path, one.content === undefined ? undefined : { mode: one.mode, content: Buffer.from(one.content).toString("latin1") }]),
      );
      assert.deepEqual(await readFiles(worktree, to, ["src", "nope"]), new Map([["src", undefined], ["nope", undefined]]));
      assert.equal(await writeTree(worktree, to, [edit("link", undefined), edit("blob.bin", undefined), edit("new\nname", undefined), edit("src/a.js", "one\ntwo\nthree\n"), edit("sub/deep/f.txt", "deep\n"), edit("package.json", '{"name":"x"}\n')]), tree);
    }));

  it("take a file in the place of a folder and the other way round", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      const to = await writeTree(worktree, tree, [edit("src", "file\n"), edit("package.json/inner", "x\n"), edit("package.json", undefined)]);
      assert.deepEqual((await compareTrees(worktree, tree, to)).map((file) => `${file.status} ${file.path}`), ["deleted package.json", "added package.json/inner", "added src", "deleted src/a.js"]);
    }));
});

describe("merging", () => {
  const check = (title: string, ours: TreeEdit[], theirs: TreeEdit[], expected: TreeEdit[] | { conflict: string[] }): void => {
    it(title, () =>
      inRepository(async (temp) => {
        const { worktree, tree } = await temp.worktree();
        const merged = await mergeTrees(worktree, temp.git("rev-parse", "HEAD"), await writeTree(worktree, tree, ours), await writeTree(worktree, tree, theirs));
        assert.deepEqual(merged, "conflict" in expected ? { kind: "conflict", paths: expected.conflict } : { kind: "merged", tree: await writeTree(worktree, tree, expected) });
      }));
  };
  check("takes changes of different files and of different lines", [edit("src/a.js", "ONE\ntwo\nthree\n")], [edit("src/a.js", "one\ntwo\nthree\nfour\n"), edit("n", "n\n")], [edit("src/a.js", "ONE\ntwo\nthree\nfour\n"), edit("n", "n\n")]);
  check("takes the only change there is", [], [edit("n", "n\n")], [edit("n", "n\n")]);
  check("names what conflicts", [edit("src/a.js", "mine\n"), edit("package.json", undefined)], [edit("src/a.js", "yours\n"), edit("package.json", "changed\n")], { conflict: ["package.json", "src/a.js"] });
  check("guesses no renames", [edit("src/a.js", undefined), edit("src/b.js", "one\ntwo\nthree\n")], [edit("src/a.js", "one\ntwo\nTHREE\n")], { conflict: ["src/a.js"] });
  check("is not told by attributes how to merge", [edit(".gitattributes", "* merge=union\n"), edit("src/a.js", "mine\n")], [edit(".gitattributes", "* merge=union\n"), edit("src/a.js", "yours\n")], { conflict: ["src/a.js"] });
});

describe("a checkout on the side", () => {
  it("is exactly the tree, moves to another, and leaves the worktree alone", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      const folder = join(temp.home, "scratch");
      const to = await writeTree(worktree, tree, [...edits, edit("crlf", "a\r\n"), edit(".gitattributes", "* text eol=crlf\n")]);
      await checkoutInto(worktree, to, folder);
      const want = { ".gitattributes": "- * text eol=crlf\n", "blob.bin": "- \0\x01\x02\xff", crlf: "- a\r\n", link: "-> ../away", "new\nname": "- x\n", "package.json": 'x {"name":"x"}\n', "src/a.js": "- one\nTWO\nthree\n" };
      assert.deepEqual(contents(folder), want);
      put(join(folder, "cache"), "stays\n");
      await syncInto(worktree, folder, to, tree);
      assert.deepEqual(contents(folder), { cache: "- stays\n", "package.json": '- {"name":"x"}\n', "src/a.js": "- one\ntwo\nthree\n", "sub/deep/f.txt": "- deep\n" });
      await syncInto(worktree, folder, tree, to);
      assert.deepEqual(contents(folder), { ...want, cache: "- stays\n" });
      assert.deepEqual(contents(worktree.root, (path) => path === ".git"), { "package.json": '- {"name":"x"}\n', "src/a.js": "- one\ntwo\nthree\n", "sub/deep/f.txt": "- deep\n" });
    }));
});

describe("a checkpoint", () => {
  it("is the same commit when it is made again", () =>
    inRepository(async (temp) => {
      const { worktree, tree, repository } = await temp.worktree();
      const what = { tree, parent: repository.head, message: "Decision 1: title\n", name: "d1", at: 1_700_000_000_000 };
      const commit = await checkpoint(worktree, what);
      assert.equal(await checkpoint(worktree, what), commit);
      assert.equal(execFileSync("git", [`--git-dir=${worktree.gitDir}`, "for-each-ref", "--format=%(refname) %(objectname)"], { encoding: "utf8" }), `refs/vigil/checkpoints/d1 ${commit}\n`);
    }));
});
