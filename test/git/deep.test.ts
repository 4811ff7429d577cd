// Folders deeper than a path can be long: a model makes one with a loop of one line, and nothing may break on it, keep it
// or pass over it without a word.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { erase } from "../../src/git/erase.js";
import { snapshot } from "../../src/git/snapshot.js";
import { sweepLayer } from "../../src/git/sweep.js";
import { contents, inRepository, put } from "./temp-repository.js";

/** Some 60,000 bytes of path, with files on the way and at the end. */
const DIG = 'const fs=require("fs");for(let n=0;n<3000;n+=1){if(n%500===0)fs.writeFileSync("file","x");fs.mkdirSync("deep-enough-for-it");process.chdir("deep-enough-for-it");}fs.writeFileSync("last","x")';

function dig(folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, ["-e", DIG], { cwd: folder });
}

describe("a folder deeper than a path", function () {
  this.timeout(60_000);

  it("is erased, and no link in it is followed", () =>
    inRepository(async (temp) => {
      const [folder, outside] = [join(temp.home, "hole"), join(temp.home, "outside")];
      dig(folder);
      dig(join(folder, "second"));
      put(join(outside, "kept.txt"), "kept");
      symlinkSync(outside, join(folder, "link"));
      await erase(folder);
      assert.deepEqual([existsSync(folder), readdirSync(outside)], [false, ["kept.txt"]]);
    }));

  it("is swept with the layer it lies in, and said", () =>
    inRepository(async (temp) => {
      const { worktree } = await temp.worktree();
      const upper = join(worktree.layers, "upper");
      dig(join(upper, "hole"));
      put(join(upper, "other.txt"), "other");
      const swept = await sweepLayer(worktree, upper, worktree.root);
      assert.deepEqual([readdirSync(upper), swept.discarded.some((path) => path.startsWith("hole/")), swept.discarded.includes("other.txt")], [[], true, true]);
    }));

  it("is left out of a snapshot, and said", () =>
    inRepository(async (temp) => {
      const { worktree } = await temp.worktree();
      const before = contents(worktree.root, (path) => path === ".git");
      dig(join(worktree.root, "hole"));
      const seen = await snapshot(worktree);
      assert.ok(Object.keys(before).length > 0);
      assert.deepEqual(seen.nested.map((path) => path.slice(0, 5)), ["hole/"]);
      await erase(join(worktree.root, "hole"));
      assert.deepEqual(contents(worktree.root, (path) => path === ".git"), before);
    }));
});
