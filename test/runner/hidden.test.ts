// What policy hides is committed in many repositories. The agent must not get at it by git, by moving folders about, or by
// putting something else in its place; and nobody's diff may carry it under another name.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { all } from "./begun.js";
import { Lab, POLICY, ran } from "./lab.js";
import { bash, begin, end, finish, turns } from "./scripts.js";

const SECRET = "TOP-SECRET-9b1e";

describe("a committed file that policy hides", function () {
  this.timeout(120_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab({ ...POLICY, "vigil.policy.hidden": ["src/keys/**"] }, { "src/keys/k.txt": `${SECRET}\n`, "src/a.js": "1\n" });
  });
  afterEach(() => lab.close());

  it("is shown by no git command, before a decision and in one", async () => {
    const look = "git show HEAD:src/keys/k.txt; git log -p -- src | cat; git stash; git checkout -f HEAD -- src; cat src/keys/k.txt; git cat-file --batch-all-objects --batch";
    await lab.serve(turns([bash(look)], [begin("Look")], [bash(look)], [bash(`mv src src2; git checkout -f; cat src/keys/k.txt src2/keys/k.txt; ${look}`)], [bash(look)], [end()], [bash(look)], [finish()]));
    const run = await lab.json(ran, "run", "Look", "--stage", "gated-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    const results = all(lab, run.id, "step.finished").map((step) => readFileSync(join(lab.runFolder(run.id), "blobs", step.result), "latin1"));
    assert.deepEqual(results.filter((text) => text.includes(SECRET)).map((text) => text.slice(16, 500)), []);
  });

  it("is not carried away under another name while something else is put in its place", async () => {
    await lab.serve(turns([begin("Move")], [bash("mv src src2; mkdir -p src/keys; echo new > src/keys/k.txt; cp src2/a.js src/a.js")], [bash("cat src2/keys/k.txt; ls -R")], [end()], [finish()]));
    const run = await lab.json(ran, "run", "Move", "--stage", "gated-write");
    const git = (...args: string[]): string => execFileSync("git", [`--git-dir=${join(lab.runFolder(run.id), "git")}`, ...args], { encoding: "utf8" });
    const secret = lab.git("rev-parse", "HEAD:src/keys/k.txt");
    const trees = all(lab, run.id, "step.finished").flatMap((step) => (step.tree === undefined ? [] : [step.tree]));
    assert.ok(trees.length > 0);
    for (const tree of trees) assert.deepEqual(git("ls-tree", "-r", tree).split("\n").filter((line) => line.includes(secret)).map((line) => line.split("\t")[1]), ["src/keys/k.txt"]);
    const results = all(lab, run.id, "step.finished").map((step) => readFileSync(join(lab.runFolder(run.id), "blobs", step.result), "latin1"));
    assert.deepEqual(results.filter((text) => text.includes(SECRET)), []);
  });
});
