// What a store would hand out: packed without a warning, small, complete. A file that the pack forgot shows nowhere else
// than in an editor that it was installed in.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, treeRows } from "./played/window.js";
import { repositoryWithRuns } from "./sample.js";
import { PROJECT, serve } from "./served.js";

const vsce = join(PROJECT, "node_modules/@vscode/vsce/vsce");

/** What the stores and slow networks can bear. */
const MOST_BYTES = 2_000_000;

describe("the packed extension", function () {
  this.timeout(600_000);
  let folder: string;
  let packed: string;
  let said: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "vigil-vsix-"));
    packed = join(folder, "vigil.vsix");
    const result = spawnSync(process.execPath, [vsce, "package", "--no-dependencies", "--out", packed], { cwd: PROJECT, encoding: "utf8" });
    said = `${result.stdout}${result.stderr}`;
    assert.equal(result.status, 0, said);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is packed without a warning, and is small", () => {
    assert.doesNotMatch(said, /warning|error/i);
    assert.ok(statSync(packed).size < MOST_BYTES, `${String(statSync(packed).size)} bytes`);
  });

  it("holds what it needs at work, and nothing of its making", () => {
    const listed = spawnSync(process.execPath, [vsce, "ls", "--no-dependencies"], { cwd: PROJECT, encoding: "utf8" }).stdout.trim().split("\n");
    assert.deepEqual(
      // The entry's pieces are named by their content.
      listed.filter((path) => !path.startsWith("media/rehearsal/") && !/^dist\/extension\/[\w-]+-[0-9A-Z]{8}\.mjs$/.test(path)).sort(),
      [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "dist/bin/vigil",
        "dist/bin/vigil.cmd",
        "dist/extension/main.mjs",
        "dist/hosts.mjs",
        "dist/licenses.txt",
        "dist/runner.mjs",
        "dist/vigil.mjs",
        "dist/webview/timeline.css",
        "dist/webview/timeline.js",
        "dist/workshop.mjs",
        "media/icon.png",
        "media/vigil.svg",
        "media/walkthrough.svg",
        "package.json",
        "package.nls.json",
      ],
    );
    assert.ok(listed.includes("media/rehearsal/project/.vscode/settings.json"), "the sample project's policy is left out");
  });

  it("brings `vigil` as a word for the editor's terminals", () => {
    const launcher = join(PROJECT, "dist", "bin", process.platform === "win32" ? "vigil.cmd" : "vigil");
    const result = spawnSync(launcher, ["--version"], { encoding: "utf8", shell: process.platform === "win32" });
    assert.match(result.stdout, /^vigil \d+\.\d+\.\d+/);
  });

  it("installs, and lists the runs of the folder that is open", async () => {
    const repository = await repositoryWithRuns();
    const served = await serve();
    try {
      await served.run("--install-extension", packed);
      const window = await open(repository.root, { installed: served });
      try {
        await window.palette("View: Show Vigil");
        await treeRows(window, "Runs").nth(repository.runs.length - 1).waitFor();
      } finally {
        await window.close();
      }
    } finally {
      await served.stop();
      await repository.remove();
    }
  });
});
