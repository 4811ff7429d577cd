// Which Node runs the runs: the person's own before the editor's in disguise.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { nodeProgram } from "../../src/vscode/node-program.js";

describe("the Node that runs the runs", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "vigil-node-"));
    for (const [name, mode] of [["with", 0o755], ["not-for-us", 0o644]] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "node"), "#!/bin/sh\n");
      chmodSync(join(folder, name, "node"), mode);
    }
  });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  it("is the extension host's own where that is Node", () => {
    assert.deepEqual(nodeProgram("/nowhere", "linux", "/opt/node", false), { path: "/opt/node", env: {} });
  });

  it("is the first one on the path that may be run, where the host is the editor itself", () => {
    const path = ["", join(folder, "missing"), join(folder, "not-for-us"), join(folder, "with")].join(delimiter);
    assert.deepEqual(nodeProgram(path, "linux", "/opt/code", true), { path: join(folder, "with", "node"), env: {} });
  });

  it("is the editor told to be Node, where there is no other", () => {
    assert.deepEqual(nodeProgram(undefined, "linux", "/opt/code", true), { path: "/opt/code", env: { ELECTRON_RUN_AS_NODE: "1" } });
  });
});
