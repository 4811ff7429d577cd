// The files that change along a chain of trees, held against what git itself says of each step.
import assert from "node:assert/strict";
import { writeTree, type TreeEdit } from "../../src/git/blobs.js";
import { changedFiles } from "../../src/git/changed-files.js";
import { inRepository } from "./temp-repository.js";

const edit = (path: string, content: string | undefined, mode = "100644"): TreeEdit => ({ path, mode, content: content === undefined ? undefined : Buffer.from(content) });
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const shown = (file: { readonly mode: string; readonly content: string } | undefined): string | undefined => file && `${file.mode} ${file.content}`;

describe("the files that change along a chain of trees", () => {
  it("have their contents before and after each step, from a commit on", () =>
    inRepository(async (temp) => {
      const { repository, worktree } = await temp.worktree();
      const { head } = repository;
      const one = await writeTree(worktree, head, [edit("src/a.js", "one\n"), edit("new\nna:me", "x\n"), edit("link", "../away", "120000"), edit("module", "1".repeat(40), "160000")]);
      // A file where a folder was, a folder where a file was, a mode, and a link that is gone.
      const two = await writeTree(worktree, one, [edit("sub/deep/f.txt", undefined), edit("sub", "file\n"), edit("new\nna:me", undefined), edit("new\nna:me/inner", "y\n"), edit("package.json", '{"name":"x"}\n', "100755"), edit("link", undefined)]);
      const steps = await changedFiles(worktree, [{ from: head, to: one }, { from: one, to: one }, { from: one, to: two }, { from: two, to: head }], text);
      const told = steps.map((files) => Object.fromEntries(files.map(({ path, before, after }) => [path, [shown(before), shown(after)]])));
      const there: Record<string, [string | undefined, string | undefined]> = {
        link: [undefined, "120000 ../away"],
        module: [undefined, `160000 ${"1".repeat(40)}`],
        "new\nna:me": [undefined, "100644 x\n"],
        "src/a.js": ["100644 one\ntwo\nthree\n", "100644 one\n"],
      };
      const back: Record<string, [string | undefined, string | undefined]> = {
        link: ["120000 ../away", undefined],
        "new\nna:me": ["100644 x\n", undefined],
        "new\nna:me/inner": [undefined, "100644 y\n"],
        "package.json": ['100644 {"name":"x"}\n', '100755 {"name":"x"}\n'],
        sub: [undefined, "100644 file\n"],
        "sub/deep/f.txt": ["100644 deep\n", undefined],
      };
      assert.deepEqual(told.slice(0, 3), [there, {}, back]);
      assert.deepEqual(Object.keys(told[3] ?? {}).sort(), temp.git(`--git-dir=${worktree.gitDir}`, "diff-tree", "-r", "-z", "--name-only", "--no-renames", two, head).split("\0").filter((name) => name !== "").sort());
    }));

  it("are none where there is no step, and a tree that is missing is named", () =>
    inRepository(async (temp) => {
      const { worktree, tree } = await temp.worktree();
      assert.deepEqual(await changedFiles(worktree, [], text), []);
      await assert.rejects(changedFiles(worktree, [{ from: tree, to: "5".repeat(40) }], text), /555.* is missing/);
    }));
});
