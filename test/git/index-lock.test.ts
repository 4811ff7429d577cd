import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitFailed } from "../../src/git/host.js";
import { pastStaleLock } from "../../src/git/index-lock.js";

/** Calls past a lock that was made so many milliseconds from now. */
async function check(made: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "vigil-lock-"));
  try {
    const lock = join(folder, "index.lock");
    writeFileSync(lock, "");
    utimesSync(lock, new Date(Date.now() + made), new Date(Date.now() + made));
    const call = (): Promise<string> => (existsSync(lock) ? Promise.reject(new GitFailed(["add"], 128, `fatal: Unable to create '${lock}': File exists.`)) : Promise.resolve("done"));
    assert.equal(await pastStaleLock(join(folder, "index"), call), "done");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the lock of a git that was killed", () => {
  it("is taken away", () => check(-60_000));
  it("is taken away as soon when the clock was set back since it was made", () => check(86_400_000));
});
