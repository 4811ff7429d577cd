// What a kill in the middle of putting up walls leaves behind is ended, and nothing else.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { endLeftOver } from "../../src/sandbox/left-over.js";

describe("walls that nobody stands behind", function () {
  this.timeout(30_000);
  let folder: string;
  const children: ChildProcess[] = [];
  before(function () {
    if (process.platform !== "linux") this.skip();
    folder = mkdtempSync(join(tmpdir(), "vigil-left-"));
  });
  after(() => {
    // They begin then, and their program ends at once.
    for (const child of children) (child.stdio[3] as Writable).destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A bubblewrap at a place of its own; `--block-fd` keeps it as one that was never told to begin. */
  async function walls(place: string): Promise<ChildProcess> {
    const child = spawn("/usr/bin/bwrap", ["--ro-bind", "/", "/", "--unshare-user", "--block-fd", "3", "--chdir", place, "--", "/bin/true"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    children.push(child);
    await new Promise((done, fail) => child.once("spawn", done).once("error", fail));
    return child;
  }

  it("are ended where they stand below the folder, and left where they do not", async () => {
    const [mine, beside, other] = [await walls(join(folder, "run/tree")), await walls(`${folder}x`), await walls(tmpdir())];
    const ended = new Promise((done) => mine.once("exit", (_code, signal) => { done(signal); }));
    await endLeftOver(folder);
    assert.equal(await ended, "SIGKILL");
    assert.deepEqual([beside.exitCode, beside.signalCode, other.exitCode, other.signalCode], [null, null, null, null]);
  });
});
