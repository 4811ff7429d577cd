// Each setting that keeps git harmless, against a repository whose own settings would do the thing.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { git } from "../../src/git/host.js";
import { TempRepository } from "./temp-repository.js";

describe("git outside of the walls", function () {
  this.timeout(60_000);
  let temp: TempRepository;
  beforeEach(() => {
    temp = new TempRepository();
  });
  afterEach(() => temp.remove());

  const door = () => ({ gitDir: join(temp.root, ".git"), workTree: temp.root });
  const trap = (): string => join(temp.home, "sprung");
  const asked = async (...args: string[]): Promise<string> => (await git(door(), args, { expect: [0, 1, 128] })).stdout.toString("utf8").trim();

  const settings: readonly (readonly [name: string, hostile: string, held: string])[] = [
    ["core.fsmonitor", "true", "false"],
    ["core.hooksPath", "hooks", "/dev/null"],
    ["core.attributesFile", "attributes", "/dev/null"],
    ["core.excludesFile", "excludes", "/dev/null"],
    ["diff.external", "program", ""],
    ["submodule.recurse", "true", "false"],
    ["gc.auto", "1", "0"],
    ["maintenance.auto", "true", "false"],
    ["safe.bareRepository", "all", "explicit"],
    ["commit.gpgsign", "true", "false"],
    ["credential.helper", "program", ""],
    ["protocol.allow", "always", "never"],
    ["protocol.file.allow", "never", "always"],
    ["core.fsync", "none", "objects,reference,index"],
  ];
  for (const [name, hostile, held] of settings) {
    it(`takes ${name} from nobody`, async () => {
      temp.git("config", name, hostile);
      assert.equal(await asked("config", "--get", name), held);
    });
  }

  const surroundings: Readonly<Record<string, string>> = {
    HOME: "/nonexistent",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
  };
  for (const [name, value] of Object.entries(surroundings)) {
    it(`runs with ${name} as it must be`, async () => {
      temp.git("config", "alias.surroundings", "!env");
      assert.ok((await asked("surroundings")).split("\n").includes(`${name}=${value}`));
    });
  }

  it("runs no monitor, hook, filter or diff program that the repository names", async () => {
    const spring = `touch ${trap()}; cat`;
    for (const [name, value] of [["core.fsmonitor", spring], ["core.hooksPath", temp.root], ["filter.x.clean", spring], ["filter.x.smudge", spring], ["diff.external", spring], ["diff.x.textconv", spring], ["diff.x.command", spring]] as const) temp.git("config", name, value);
    temp.write({ ".git/info/attributes": "", "post-index-change": { text: `#!/bin/sh\n${spring}\n`, mode: 755 }, "reference-transaction": { text: `#!/bin/sh\n${spring}\n`, mode: 755 } });
    temp.write({ "src/a.js": "other\n" });
    await asked("status", "--porcelain");
    await asked("update-index", "--refresh");
    await asked("update-ref", "refs/vigil/x", "HEAD");
    await asked("diff-tree", "-p", "--no-ext-diff", "--no-textconv", "HEAD");
    assert.equal(existsSync(trap()), false);
  });

  it("sees the objects that are there, not what replaces them", async () => {
    const first = temp.git("rev-parse", "HEAD");
    const second = temp.commit("second");
    temp.git("replace", first, second);
    assert.match(await asked("cat-file", "-p", first), /\n\nfirst/);
  });

  it("goes to no folder but the one that is named", async () => {
    assert.equal((await git({ gitDir: join(temp.root, "sub") }, ["status"], { expect: [0, 128] })).code, 128);
  });
});
