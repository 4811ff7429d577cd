// Holds the house together where the compiler does not look (src/ARCHITECTURE.md): every rule is applied to the sources as
// they are, and proved able to fail on a source that breaks it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import * as rules from "./boundary/rules.js";
import { readSource } from "./boundary/source.js";
import type { Source } from "./boundary/source.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

function filesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** What a page may name although a checkout does not hold it: built files, and a run's own folders. */
const MADE = /^(dist|out|inbox|blobs)\//;

const text = (path: string): string => readFileSync(join(root, path), "utf8");
const sources = filesUnder("src")
  .filter((path) => /\.tsx?$/u.test(path))
  .map((path) => readSource(path, text(path)));

/** Sources written in the test: path and text by turns. */
function written(...pathsAndTexts: readonly (readonly [path: string, text: string])[]): readonly Source[] {
  return pathsAndTexts.map(([path, content]) => readSource(path, content));
}

function check(problems: rules.Problems, expected: rules.Problems): void {
  assert.deepEqual(problems, expected);
}

describe("the house", () => {
  it("has sources to look at", () => {
    assert.ok(sources.length > 20);
  });

  describe("a folder imports itself and the floors below it", () => {
    it("holds", () => check(rules.wallsBetweenFolders(sources), []));
    it("notices siblings, floors above, front ends that reach too deep, and unknown folders", () =>
      check(
        rules.wallsBetweenFolders(
          written(
            ["src/git/land.ts", 'import { open } from "../store/store.js";'],
            ["src/core/stage.ts", 'import type { Loop } from "../agent/loop.js";'],
            ["src/cli/main.ts", 'const agent = await import("../agent/loop.js");'],
            ["src/client/start.ts", 'export { runner } from "../runner/runner.js";'],
            ["src/utilities/all.ts", ""],
            ["src/runner/runner.ts", 'import { git } from "../git/host.js"; import { loop } from "../agent/loop.js";'],
          ),
        ),
        [
          "src/git/land.ts (git) imports store",
          "src/core/stage.ts (core) imports agent",
          "src/cli/main.ts (cli) imports agent",
          "src/client/start.ts (client) imports runner",
          "src/utilities/all.ts lies in a folder that the design does not have",
        ],
      ));
  });

  describe("the page takes types from outside itself, and nothing that runs", () => {
    it("holds", () => check(rules.pageTakesTypesOnly(sources), []));
    it("notices a value, and lets types and its own files pass", () =>
      check(
        rules.pageTakesTypesOnly(
          written(
            ["src/webview/a.ts", 'import { panel } from "../core/panel/panel.js"; import type { Run } from "../core/run/run.js"; import { b } from "./b.js";'],
            ["src/cli/a.ts", 'import { panel } from "../core/panel/panel.js";'],
          ),
        ),
        ["src/webview/a.ts takes more than types from ../core/panel/panel.js"],
      ));
  });

  describe("each package is spoken to from its own place", () => {
    it("holds", () => check(rules.packagesInTheirPlace(sources), []));
    it("notices a package in a foreign place and one that nobody allowed", () =>
      check(
        rules.packagesInTheirPlace(
          written(
            ["src/git/land.ts", 'import { simpleGit } from "simple-git";'],
            ["src/git/host.ts", 'import { simpleGit } from "simple-git";'],
            ["src/runner/loop.ts", 'import Anthropic from "@anthropic-ai/sdk/core/error";'],
            ["src/core/log/event.ts", 'import { z } from "zod"; import _ from "lodash";'],
            ["src/cli/main.ts", 'import * as vscode from "vscode";'],
          ),
        ),
        [
          "src/git/land.ts imports simple-git, which belongs to src/git/host.ts",
          "src/runner/loop.ts imports @anthropic-ai/sdk, which belongs to src/agent/, src/sandbox/workshop-",
          "src/core/log/event.ts imports lodash, which no rule allows anywhere",
          "src/cli/main.ts imports vscode, which belongs to src/vscode/",
        ],
      ));
  });

  describe("core reads no clock, no chance, no machine", () => {
    it("holds", () => check(rules.coreIsPure(sources), []));
    it("notices each way to do it, and lets a date be written out", () =>
      check(
        rules.coreIsPure(
          written(
            ["src/core/a.ts", 'import { hash } from "node:crypto"; export const at = () => [Date.now(), new Date(), Math.random(), performance.now()];'],
            ["src/core/b.ts", "export const written = (at: number) => new Date(at).toISOString();"],
            ["src/core/c.ts", "export const later = (value: { crypto: string }) => { setTimeout(() => value.crypto, 1); };"],
            ["src/store/d.ts", "export const now = () => Date.now();"],
          ),
        ),
        ["src/core/a.ts uses Date.now", "src/core/a.ts uses new Date()", "src/core/a.ts uses Math.random", "src/core/a.ts uses performance", "src/core/a.ts imports node:crypto", "src/core/c.ts uses setTimeout"],
      ));
  });

  describe("no module keeps state", () => {
    it("holds", () => check(rules.noModuleState(sources), []));
    it("notices variables, open containers, changed constants and static fields", () =>
      check(
        rules.noModuleState(
          written([
            "src/git/a.ts",
            [
              "let count = 0;",
              "const cache = new Map<string, number>();",
              "const found = [];",
              "const table = { a: 1 };",
              "export function put() { table.a = 2; count += 1; }",
              "const fixed: ReadonlySet<string> = new Set(['a']);",
              "const words = ['a', 'b'] as const;",
              "class Counter { static total = 0; static readonly name2 = 'c'; }",
              "function local() { const here = []; here.push(1); }",
            ].join("\n"),
          ]),
        ),
        [
          "src/git/a.ts: count can be assigned again",
          "src/git/a.ts: cache is a Map without a read-only type",
          "src/git/a.ts: found is an empty array without a read-only type",
          "src/git/a.ts: table is changed: table.a = 2",
          "src/git/a.ts: static total can be assigned again",
        ],
      ));
  });

  describe("no file imports itself by a detour", () => {
    it("holds", () => check(rules.noCycles(sources), []));
    it("notices a cycle, of types too", () =>
      check(
        rules.noCycles(
          written(["src/core/a.ts", 'import { b } from "./b.js";'], ["src/core/b.ts", 'import type { C } from "./deep/c.js";'], ["src/core/deep/c.ts", 'import { a } from "../a.js";'], ["src/core/d.ts", 'import { a } from "./a.js";']),
        ),
        ["src/core/a.ts → src/core/b.ts → src/core/deep/c.ts → src/core/a.ts"],
      ));
  });

  describe("a file can be read in one sitting", () => {
    it("holds", () => check(rules.filesAreShort(sources), []));
    it("notices the line too many", () =>
      check(rules.filesAreShort(written(["src/core/long.ts", "\n".repeat(301)], ["src/core/fits.ts", "\n".repeat(300)])), ["src/core/long.ts has 301 lines, more than 300"]));
  });

  describe("no file only passes on what others export", () => {
    it("holds", () => check(rules.noBarrels(sources), []));
    it("notices a barrel", () =>
      check(rules.noBarrels(written(["src/core/index.ts", 'export { a } from "./a.js";\nexport * from "./b.js";'], ["src/core/a.ts", 'export { b } from "./b.js"; export const a = 1;'])), ["src/core/index.ts only re-exports"]));
  });

  describe("whatever is exported is used", () => {
    it("holds", () => check(rules.noDeadExports(sources), []));
    it("notices the export that nothing in src uses", () =>
      check(
        rules.noDeadExports(
          written(
            ["src/core/a.ts", "export const used = 1; export const dead = 2; export const inner = 3; export const shown = inner + 1; export type Shape = string; export function draw(shape: Shape) { return shape; }"],
            ["src/core/b.ts", 'import { used, draw as paint } from "./a.js"; console.log(used, paint);'],
            ["src/core/c.ts", "export const whole = 1;"],
            ["src/core/d.ts", 'import * as c from "./c.js"; console.log(c);'],
            ["src/vscode/extension.ts", "export function activate() {} export function deactivate() {} export function install() {}"],
            ["src/vscode/view.ts", "export function activate() {}"],
          ),
        ),
        ["src/core/a.ts exports dead, which nothing uses", "src/core/a.ts exports shown, which nothing uses", "src/vscode/extension.ts exports install, which nothing uses", "src/vscode/view.ts exports activate, which nothing uses"],
      ));
  });

  describe("every dependency is used, and every package in use is a dependency", () => {
    it("holds", () => {
      const manifest = JSON.parse(text("package.json")) as { scripts: object; dependencies: object; devDependencies: object };
      const tooling = [JSON.stringify(manifest.scripts), ...["build.mjs", "eslint.config.js", ...filesUnder("test"), ...filesUnder("src").filter((path) => path.endsWith("tsconfig.json"))].map(text)].join("\n");
      check(rules.dependenciesAreUsed(sources, { dependencies: Object.keys(manifest.dependencies), devDependencies: Object.keys(manifest.devDependencies), tooling }), []);
    });
    it("notices both kinds, in the product and in the tooling", () =>
      check(
        rules.dependenciesAreUsed(written(["src/core/a.ts", 'import { z } from "zod"; import { diffLines } from "diff";']), {
          dependencies: ["zod", "left-pad"],
          devDependencies: ["mocha", "@types/mocha", "gulp", "@types/zod"],
          tooling: '"types": ["mocha"]',
        }),
        ["diff is imported but is no dependency", "left-pad is a dependency that nothing imports", "gulp is a development dependency that nothing names"],
      ));
  });

  describe("the page about the architecture names places that are there", () => {
    // The page lies in src and speaks of its folders by their own names.
    const folders = [join(root, "src"), root];
    it("holds", () => check(rules.mapIsCurrent(text("src/ARCHITECTURE.md"), (place) => MADE.test(place) || folders.some((folder) => existsSync(join(folder, place)))), []));
    it("notices a file and a folder that went away", () =>
      check(rules.mapIsCurrent("`core/stage.ts`, `core/gone.ts`, `runner/away/`, `core/gone.ts`, `git/land.ts` and `a` word", (place) => ["core/stage.ts", "git/land.ts"].includes(place)), [
        "core/gone.ts is named and is not there",
        "runner/away/ is named and is not there",
      ]));
  });

  describe("no file tells of the machine and the making", () => {
    it("holds", () => check(rules.nothingOfItsMaking(files(), root.replace(/\/$/, "")), []));
    it("notices a folder, a registry and the makers", () => {
      const registry = ["https://registry.npm", "js.org/zod"].join("");
      const maker = ["Written by a sub", "agent."].join("");
      check(
        rules.nothingOfItsMaking(
          [
            { path: "a.md", text: "see /srv/house/project/notes" },
            { path: "package-lock.json", text: registry },
            { path: "b.md", text: maker },
            { path: "c.md", text: "an ordinary page about /srv/house/projects" },
          ],
          "/srv/house/project",
        ),
        ["a.md names this checkout's own folder", "package-lock.json names a package registry", "b.md names who made it"],
      );
    });
  });
});

/** What is in the repository or about to be: git's list, or every file where this is no checkout. */
function files(): readonly { readonly path: string; readonly text: string }[] {
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  const paths = listed.status === 0 ? listed.stdout.split("\0").filter((path) => path !== "") : filesUnder(".").filter((path) => !/^(node_modules|dist|out|\.git)\//.test(path));
  return paths.filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true).map((path) => ({ path, text: text(path) }));
}
