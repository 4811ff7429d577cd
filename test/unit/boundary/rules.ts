// The rules that the compiler does not see, each a function from sources to the sentences that say what breaks it.
import { posix } from "node:path";
import type { Source } from "./source.js";

export type Problems = readonly string[];

/** Which folders a folder may import besides itself. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  store: ["core"],
  git: ["core"],
  sandbox: ["core"],
  agent: ["core"],
  client: ["core", "store", "git", "sandbox", "agent"],
  runner: ["core", "store", "git", "sandbox", "agent"],
  cli: ["core", "client"],
  vscode: ["core", "client"],
  webview: ["core"],
};

/** Where each package may be imported: paths, or folders that end in a slash. A package that is not here is not allowed. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  zod: ["src/"],
  diff: ["src/core/"],
  "jsonc-parser": ["src/core/policy/"],
  picomatch: ["src/core/judge/", "src/git/include.ts", "src/sandbox/glob.ts", "src/runner/tree-shop/glob.ts"],
  "simple-git": ["src/git/host.ts"],
  "@anthropic-ai/sandbox-runtime": ["src/sandbox/hosts/proxy.ts"],
  "@anthropic-ai/sdk": ["src/agent/", "src/sandbox/workshop-"],
  vscode: ["src/vscode/"],
  preact: ["src/webview/"],
  "@preact/signals": ["src/webview/"],
};

/** What can be read in one sitting. */
const MAX_LINES = 300;

export function wallsBetweenFolders(sources: readonly Source[]): Problems {
  return sources.flatMap((source) => {
    const home = folderOf(source.path);
    const allowed = FLOORS[home];
    if (allowed === undefined) return [`${source.path} lies in a folder that the design does not have`];
    return localImports(source)
      .map((target) => folderOf(target))
      .filter((folder) => folder !== home && !allowed.includes(folder))
      .map((folder) => `${source.path} (${home}) imports ${folder}`);
  });
}

export function packagesInTheirPlace(sources: readonly Source[]): Problems {
  return sources.flatMap((source) =>
    packageImports(source).flatMap((name) => {
      const places = PACKAGES[name];
      if (places === undefined) return [`${source.path} imports ${name}, which no rule allows anywhere`];
      return places.some((place) => source.path.startsWith(place)) ? [] : [`${source.path} imports ${name}, which belongs to ${places.join(", ")}`];
    }),
  );
}

export function coreIsPure(sources: readonly Source[]): Problems {
  return sources
    .filter(({ path }) => folderOf(path) === "core")
    .flatMap((source) => [
      ...source.ambient.map((read) => `${source.path} uses ${read}`),
      ...source.imports.filter(({ from }) => from.startsWith("node:")).map(({ from }) => `${source.path} imports ${from}`),
    ]);
}

/** What runs in the page is loaded by a browser: everything that it pulled in from outside would be shipped to it. */
export function pageTakesTypesOnly(sources: readonly Source[]): Problems {
  return sources
    .filter(({ path }) => folderOf(path) === "webview")
    .flatMap((source) =>
      source.imports
        .filter(({ from, typeOnly }) => !typeOnly && folderOf(resolveLocal(source.path, from) ?? source.path) !== "webview")
        .map(({ from }) => `${source.path} takes more than types from ${from}`),
    );
}

export function noModuleState(sources: readonly Source[]): Problems {
  return sources.flatMap((source) => source.state.map((what) => `${source.path}: ${what}`));
}

/** Type imports count too: two files that need each other's types are one idea in two files. */
export function noCycles(sources: readonly Source[]): Problems {
  const graph = new Map(sources.map((source) => [source.path, localImports(source)]));
  const finished = new Set<string>();
  const problems: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(path);
    if (seen >= 0) {
      problems.push([...trail.slice(seen), path].join(" → "));
      return;
    }
    if (finished.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return problems;
}

export function filesAreShort(sources: readonly Source[]): Problems {
  return sources.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) => `${path} has ${String(lines)} lines, more than ${String(MAX_LINES)}`);
}

export function noBarrels(sources: readonly Source[]): Problems {
  return sources.filter(({ isBarrel }) => isBarrel).map(({ path }) => `${path} only re-exports`);
}

/**
 * An export is alive when another source imports it, or when its own file uses it (then the export is there for a test, or
 * names a type of the file's surface). What only tests use is dead. VS Code calls the extension's entry by these names.
 */
export function noDeadExports(sources: readonly Source[]): Problems {
  const used = new Map<string, Set<string>>();
  for (const source of sources) {
    for (const { from, names } of source.imports) {
      const target = resolveLocal(source.path, from);
      if (target === undefined) continue;
      const known = used.get(target) ?? new Set();
      names.forEach((name) => known.add(name));
      used.set(target, known);
    }
  }
  return sources.flatMap((source) => {
    const names = used.get(source.path) ?? new Set<string>();
    if (names.has("*")) return [];
    if (source.path === "src/vscode/extension.ts") ["activate", "deactivate"].forEach((name) => names.add(name));
    return source.exports.filter((name) => !names.has(name) && (source.mentions.get(name) ?? 0) < 2).map((name) => `${source.path} exports ${name}, which nothing uses`);
  });
}

export interface Manifest {
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Everything outside src that may name a development dependency: tests, configuration, scripts. */
  readonly tooling: string;
}

export function dependenciesAreUsed(sources: readonly Source[], manifest: Manifest): Problems {
  const imported = new Set(sources.flatMap(packageImports));
  const undeclared = [...imported].filter((name) => name !== "vscode" && !manifest.dependencies.includes(name));
  const isNamed = (name: string): boolean => {
    const typed = name.startsWith("@types/") ? name.slice("@types/".length) : name;
    return imported.has(typed) || new RegExp(`["'/ ]${typed.replaceAll("/", "\\/")}["'/ :]`).test(manifest.tooling);
  };
  return [
    ...undeclared.map((name) => `${name} is imported but is no dependency`),
    ...manifest.dependencies.filter((name) => !imported.has(name)).map((name) => `${name} is a dependency that nothing imports`),
    ...manifest.devDependencies.filter((name) => !isNamed(name)).map((name) => `${name} is a development dependency that nothing names`),
  ];
}

/** Places that a page names in code marks, such as `core/stage.ts` or `runner/landing/`, and that `exists` does not find. */
export function mapIsCurrent(page: string, exists: (place: string) => boolean): Problems {
  const places = [...page.matchAll(/`([a-z][\w-]*\/[\w./-]*?(?:\.\w+|\/))`/g)].map((match) => match[1] ?? "");
  return [...new Set(places)].filter((place) => !exists(place)).map((place) => `${place} is named and is not there`);
}

/** Where this repository was made is nobody's business: no folder of a machine, no mirror's host, no talk of its making. */
export function nothingOfItsMaking(files: readonly { readonly path: string; readonly text: string }[], root: string): Problems {
  const patterns = [
    // Written in halves, so that this file does not break its own rule.
    { what: "a folder of one machine", pattern: new RegExp(["/wo", "rk/(main|shared|\\.library)\\b|/tmp/bri", "efs\\b"].join("")) },
    { what: "a package registry", pattern: new RegExp(["registry\\.(npm", "js|yarn", "pkg)|\\bartif", "actory\\b|\\bverd", "accio\\b"].join(""), "i") },
    { what: "who made it", pattern: new RegExp(["\\borches", "trator\\b|\\bsub-?ag", "ents?\\b|\\bhelper se", "ssions?\\b|\\bas an AI la", "nguage model\\b"].join(""), "i") },
  ];
  // A checkout in a top-level folder has a name too short to look for.
  if (root.split("/").filter((part) => part !== "").length >= 2) patterns.push({ what: "this checkout's own folder", pattern: new RegExp(`${root.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`) });
  return files.flatMap(({ path, text }) => patterns.filter(({ pattern }) => pattern.test(text)).map(({ what }) => `${path} names ${what}`));
}

function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function localImports(source: Source): readonly string[] {
  return source.imports.flatMap(({ from }) => resolveLocal(source.path, from) ?? []);
}

function resolveLocal(path: string, from: string): string | undefined {
  return from.startsWith(".") ? posix.join(posix.dirname(path), from).replace(/\.js$/, ".ts") : undefined;
}

function packageImports(source: Source): readonly string[] {
  return source.imports.filter(({ from }) => !from.startsWith(".") && !from.startsWith("node:")).map(({ from }) => from.split("/").slice(0, from.startsWith("@") ? 2 : 1).join("/"));
}
