// Where the runs of a folder lie, found without starting git, must be where git says that its common directory is.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRuns } from "../../src/client/find-runs.js";
import { TempRepository } from "./temp-repository.js";

describe("finding the runs of a folder", () => {
  it("agrees with git in a repository, below it, and in a linked worktree", async () => {
    const repository = new TempRepository({ "src/a.js": "1\n" }, "bakery");
    const outside = realpathSync(mkdtempSync(join(tmpdir(), "vigil-linked-")));
    try {
      const linked = join(outside, "linked");
      repository.git("worktree", "add", "-q", linked);
      const common = join(repository.root, ".git");
      assert.equal((await findRuns(repository.root))?.commonDir, common);
      assert.equal((await findRuns(join(repository.root, "src")))?.commonDir, common);
      assert.equal(realpathSync((await findRuns(linked))?.commonDir ?? ""), realpathSync(common));
    } finally {
      await repository.remove();
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it("finds none in a folder that is in no repository", async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "vigil-plain-")));
    mkdirSync(join(folder, "deep"));
    try {
      assert.equal(await findRuns(join(folder, "deep")), undefined);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
