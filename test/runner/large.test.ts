// On a repository of ten thousand files, and on a clone of this project itself: the same task works, and the checkout
// stays as it was.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { diffed, Lab, POLICY, ran, shown } from "./lab.js";
import { bash, begin, end, finish, turns, write } from "./scripts.js";

const project = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const NOTE = turns([bash("git status --porcelain && ls"), begin("Leave a note"), write("src/note.txt", "hello\n"), bash("echo more >> src/note.txt"), end()], [finish()]);

describe("larger repositories", function () {
  this.timeout(600_000);

  it("works on ten thousand files at all four stages", async () => {
    const files = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`src/part${String(n % 100)}/file${String(n)}.js`, `exports.n = ${String(n)};\n`]));
    const { "vigil.policy.requiredChecks": _checks, ...policy } = POLICY;
    const lab = new Lab({ ...policy, "vigil.policy.requiredChecks": ["test -f src/part1/file1.js"] }, files);
    try {
      await lab.serve(NOTE);
      const before = lab.fingerprint();
      for (const stage of ["read-only", "gated-write", "bounded-write"] as const) {
        const run = await lab.json(ran, "run", "Note", "--stage", stage);
        assert.equal(run.code, 0, lab.complaints(run.id));
        assert.deepEqual((await lab.json(diffed, "diff", run.id)).files.map((file) => file.path), ["src/note.txt"]);
        assert.deepEqual(lab.fingerprint(), before);
      }
      const run = await lab.json(ran, "run", "Note");
      assert.equal(run.state, "landed", lab.complaints(run.id));
      assert.equal(lab.git("show", "vigil/nightly:src/note.txt"), "hello\nmore");
    } finally {
      await lab.close();
    }
  });

  it("works on a clone of this project", async () => {
    const lab = new Lab(POLICY, {});
    try {
      execFileSync("git", ["clone", "-q", "--no-hardlinks", project, join(lab.home, "clone")]);
      await lab.serve(NOTE);
      lab.env = {};
      const clone = join(lab.home, "clone");
      execFileSync("git", ["-C", clone, "config", "user.name", "Ada"]);
      execFileSync("git", ["-C", clone, "config", "user.email", "ada@team.example"]);
      const run = await lab.json(ran, "run", "Note", "--repo", clone, "--stage", "gated-write");
      assert.deepEqual({ code: run.code, state: run.state }, { code: 0, state: "ready" });
      const show = await lab.json(shown, "show", run.id, "--repo", clone);
      assert.equal(show.stage, "gated-write");
      assert.equal(execFileSync("git", ["-C", clone, "status", "--porcelain"], { encoding: "utf8" }), "");
    } finally {
      await lab.close();
    }
  });
});
