// Where layers are copies: one is there whole or not at all, because what is missing from it counts as deleted.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HumanError } from "../../src/core/error.js";
import { copyLayers } from "../../src/sandbox/copy-layers.js";
import type { Walls } from "../../src/sandbox/sandbox.js";

describe("a layer that is a copy", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "vigil-copy-"));
    mkdirSync(join(home, "upper"));
    // As a copy leaves it that was killed in the middle.
    writeFileSync(join(home, "upper", "half"), "");
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const walls = (root: string): Walls => ({ root, tree: { kind: "layer", upper: join(home, "upper"), work: join(home, "work") }, layers: [], git: undefined, hidden: [], readOnly: [], reads: [], env: {}, hosts: [] });

  it("is made anew where one was left half made", async () => {
    mkdirSync(join(home, "lower", "src"), { recursive: true });
    writeFileSync(join(home, "lower", "src", "a.js"), "a\n");
    assert.deepEqual([...(await copyLayers(walls(join(home, "lower")), false, new Map()))], [join(home, "upper")]);
    assert.deepEqual(readdirSync(join(home, "upper")), ["src"]);
    assert.equal(readFileSync(join(home, "upper", "src", "a.js"), "utf8"), "a\n");
    // What the agent writes in there stays.
    writeFileSync(join(home, "upper", "new.js"), "");
    await copyLayers(walls(join(home, "lower")), false, new Map());
    assert.deepEqual(readdirSync(join(home, "upper")).sort(), ["new.js", "src"]);
  });

  it("is not there where it could not be made", async () => {
    await assert.rejects(copyLayers(walls(join(home, "missing")), false, new Map()), (error: unknown) => error instanceof HumanError && /could not be made/.test(error.message));
    assert.equal(existsSync(join(home, "upper")), false);
  });
});
