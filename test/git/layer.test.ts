// Throw-away layers over real overlays: what they hold becomes a tree, and sweeping keeps what git ignores and nothing else.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { compareTrees } from "../../src/git/compare.js";
import { layerTree } from "../../src/git/layer.js";
import type { LayerKind } from "../../src/git/layer.js";
import { snapshot } from "../../src/git/snapshot.js";
import { sweepLayer } from "../../src/git/sweep.js";
import type { Worktree } from "../../src/git/types.js";
import type { Content } from "./temp-repository.js";
import { contents, inRepository, put } from "./temp-repository.js";

const onlyFiles = (path: string): boolean => path === ".git";

const files: Readonly<Record<string, Content>> = {
  ".gitignore": "*.log\ndist/\n__pycache__/\n",
  "src/a.js": "a\n",
  "src/lib/b.js": "b\n",
  "src/lib/c.js": "c\n",
  "docs/d.md": "d\n",
  "tool.sh": { text: "#!/bin/sh\n", mode: 0o755 },
};

/** Runs a shell script in a layer over the worktree, the way the sandbox mounts it, and gives the upper folder. */
function inLayer(worktree: Worktree, kind: LayerKind, script: string): string {
  const upper = join(worktree.layers, "upper");
  mkdirSync(upper, { recursive: true });
  if (kind === "copy") {
    cpSync(worktree.root, upper, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    execFileSync("sh", ["-ec", script], { cwd: upper, stdio: "pipe" });
    return upper;
  }
  const [work, at] = [join(worktree.layers, "work"), join(worktree.layers, "mount")];
  mkdirSync(work, { recursive: true });
  mkdirSync(at, { recursive: true });
  const options = `lowerdir=${worktree.root},upperdir=${upper},workdir=${work},userxattr`;
  execFileSync("unshare", ["-Urm", "sh", "-ec", `mount -t overlay overlay -o "$1" "$2"; cd "$2"; ${script}`, "sh", options, at], { stdio: "pipe" });
  return upper;
}

interface Expected {
  readonly changed: Record<string, string>;
  readonly nested?: string[];
  /** Files of the worktree after sweeping that were not there or other before; `undefined` is gone. */
  readonly kept?: Record<string, string | undefined>;
  readonly discarded: string[];
  readonly discardedOfCopy?: string[];
}

function check(title: string, script: string, expected: Expected, before: (root: string) => void = () => undefined): void {
  for (const kind of ["overlay", "copy"] as const) {
    it(`${title} (${kind})`, () =>
      inRepository(async (temp) => {
        const { worktree } = await temp.worktree();
        before(worktree.root);
        const { tree } = await snapshot(worktree);
        const was = contents(worktree.root, onlyFiles);
        const lower = { root: worktree.root, tree };
        const upper = inLayer(worktree, kind, script);

        const layer = await layerTree(worktree, upper, lower, kind);
        const changed = Object.fromEntries((await compareTrees(worktree, tree, layer.tree)).map((file) => [file.path, file.status]));
        assert.deepEqual({ changed, nested: layer.nested }, { changed: expected.changed, nested: expected.nested ?? [] });
        assert.deepEqual(contents(worktree.root, onlyFiles), was, "the worktree below is unchanged");
        assert.equal((await snapshot(worktree)).tree, tree);

        const gone = kind === "copy" ? (expected.discardedOfCopy ?? expected.discarded) : expected.discarded;
        const swept = await sweepLayer(worktree, upper, worktree.root, { kind });
        assert.deepEqual({ discarded: swept.discarded, total: swept.total }, { discarded: gone, total: gone.length });
        const after = Object.fromEntries(Object.entries({ ...was, ...expected.kept }).filter(([, content]) => content !== undefined));
        assert.deepEqual(contents(worktree.root, onlyFiles), after);
        assert.deepEqual(contents(upper), {}, "the layer is empty");
        assert.equal((await snapshot(worktree)).tree, tree);
      }, files));
  }
}

describe("a layer", () => {
  check("that nobody wrote to is the tree below", "true", { changed: {}, discarded: [] });

  check("shows new, changed, deleted, executable and linked files", "echo x > new; echo A > src/a.js; rm docs/d.md; chmod -x tool.sh; ln -s /etc/passwd keys; printf n > 'line\nbreak'", {
    changed: { "line\nbreak": "added", "docs/d.md": "deleted", keys: "added", new: "added", "src/a.js": "modified", "tool.sh": "mode" },
    discarded: ["docs/d.md", "keys", "line\nbreak", "new", "src/a.js", "tool.sh"],
  });

  check("shows that a folder was replaced by one of the same name", "rm -rf src/lib; mkdir src/lib; echo new > src/lib/n.js; echo b2 > src/lib/b.js", {
    changed: { "src/lib/b.js": "modified", "src/lib/c.js": "deleted", "src/lib/n.js": "added" },
    discarded: ["src/lib/b.js", "src/lib/c.js", "src/lib/n.js"],
  });

  check("shows that a folder was emptied, moved, or became a file", "rm -rf docs; mkdir docs; mv src/lib lib; rm -rf src; echo file > src", {
    changed: { "docs/d.md": "deleted", "lib/b.js": "added", "lib/c.js": "added", src: "added", "src/a.js": "deleted", "src/lib/b.js": "deleted", "src/lib/c.js": "deleted" },
    discarded: ["docs/d.md", "lib/b.js", "lib/c.js", "src"],
    // A copy remembers each file of the folder that became a file; an overlay only that it did.
    discardedOfCopy: ["docs/d.md", "lib/b.js", "lib/c.js", "src", "src/a.js", "src/lib/b.js", "src/lib/c.js"],
  });

  check("gives up what git ignores and drops the rest", "echo l > run.log; mkdir -p dist/x src/__pycache__; echo o > dist/x/out; echo p > src/__pycache__/a.pyc; echo n > new.js", {
    changed: { "new.js": "added" },
    kept: { "run.log": "- l\n", "dist/x/out": "- o\n", "src/__pycache__/a.pyc": "- p\n" },
    discarded: ["new.js"],
  });

  check("keeps the deletion of what git ignores", "rm old.log; rm -rf dist; mkdir dist; echo 2 > dist/two", { changed: {}, kept: { "old.log": undefined, "dist/one": undefined, "dist/two": "- 2\n" }, discarded: [] }, (root) => {
    put(join(root, "old.log"), "old\n");
    put(join(root, "dist/one"), "1\n");
  });

  check("judges by the ignore files that it shows, its own included", "mkdir .cache; echo '*' > .cache/.gitignore; echo v > .cache/v; echo '*.js' >> .gitignore; echo n > n.js; echo A > src/a.js", {
    changed: { ".gitignore": "modified", "src/a.js": "modified" },
    // The changed rules go with the layer, so what only they covered may not stay either.
    kept: { ".cache/.gitignore": "- *\n", ".cache/v": "- v\n" },
    discarded: [".gitignore", "n.js", "src/a.js"],
  });

  check("reports repositories that were made in it", "git init -q made; echo x > made/f; mkfifo pipe", { changed: {}, nested: ["made"], discarded: process.platform === "linux" ? ["made/", "pipe"] : [], discardedOfCopy: ["made/"] });
});

describe("a layer that was never made", () => {
  for (const kind of ["overlay", "copy"] as const) {
    it(`holds nothing, and nothing is swept out of it (${kind})`, () =>
      inRepository(async (temp) => {
        const { worktree } = await temp.worktree();
        put(join(worktree.root, "a.log"), "kept\n");
        const { tree } = await snapshot(worktree);
        const upper = join(worktree.layers, "throw-away", "upper");
        const lower = { root: worktree.root, tree };
        assert.deepEqual(await layerTree(worktree, upper, lower, kind), { tree, changed: [], nested: [] });
        assert.deepEqual(await sweepLayer(worktree, upper, worktree.root, { lower, kind }), { kept: [], discarded: [], total: 0 });
        assert.equal(contents(worktree.root, onlyFiles)["a.log"], "- kept\n");
      }, files));
  }
});

describe("sweeping", () => {
  it("never writes through a link that stands in the worktree", () =>
    inRepository(async (temp) => {
      const { worktree } = await temp.worktree();
      const outside = join(temp.home, "outside");
      mkdirSync(outside);
      const upper = inLayer(worktree, "overlay", "mkdir -p dist; echo evil > dist/authorized_keys; echo evil > x.log");
      symlinkSync(outside, join(worktree.root, "dist"));
      put(join(outside, "target"), "precious\n");
      symlinkSync(join(outside, "target"), join(worktree.root, "x.log"));
      const { tree } = await snapshot(worktree);
      const swept = await sweepLayer(worktree, upper, worktree.root, { lower: { root: worktree.root, tree } });
      assert.deepEqual(swept, { kept: ["x.log"], discarded: ["dist", "dist/authorized_keys"], total: 2 });
      assert.deepEqual(contents(outside), { target: "- precious\n" });
      assert.equal(contents(worktree.root, onlyFiles)["x.log"], "- evil\n");
    }, files));

  it("keeps nothing when told so, and counts past what it lists", () =>
    inRepository(async (temp) => {
      const { worktree } = await temp.worktree();
      const upper = inLayer(worktree, "overlay", "for n in $(seq 1 250); do echo x > f$n; done; echo l > a.log");
      const swept = await sweepLayer(worktree, upper, undefined);
      assert.deepEqual([swept.kept, swept.discarded.length, swept.total], [[], 200, 251]);
      assert.deepEqual(contents(worktree.root, onlyFiles)["a.log"], undefined);
    }, files));
});
