// The one build script: set-up, bundles, and the door to the tests. It needs nothing but Node and npm, because it is what
// installs everything else; it never changes package.json, the lock file, or anything outside this folder but apt packages.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = dirname(fileURLToPath(import.meta.url));
const inRoot = (...parts) => join(ROOT, ...parts);
const say = (text) => process.stderr.write(`${text}\n`);
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** System programs by purpose: what is looked for on PATH, and the Debian package that brings it. */
const SYSTEM_PROGRAMS = {
  start: [
    { program: "bwrap", debian: "bubblewrap" },
    { program: "rg", debian: "ripgrep" },
  ],
  // What the native parts of the workbench are built with.
  workbench: [
    { program: "g++", debian: "build-essential" },
    { program: "pkg-config", debian: "pkg-config" },
    { program: "krb5-config", debian: "libkrb5-dev" },
    { program: "python3", debian: "python3" },
  ],
  tests: [
    { program: "chromium", debian: "chromium" },
    // For the proof: makes system calls fail, plays another user, and gives attackers what they reach for.
    { program: "strace", debian: "strace" },
    { program: "setpriv", debian: "util-linux" },
    { program: "python3", debian: "python3" },
    { program: "curl", debian: "curl" },
  ],
};

const BUNDLES = [
  { from: "src/cli/main.ts", to: "dist/vigil.mjs", program: true },
  { from: "src/runner/main.ts", to: "dist/runner.mjs", program: false },
  { from: "src/sandbox/workshop-main.ts", to: "dist/workshop.mjs", program: false },
  { from: "src/sandbox/hosts/main.ts", to: "dist/hosts.mjs", program: false },
  // In pieces, so that the editor reads at its start only what the entry imports at once; `vscode` is the editor's own.
  { from: "src/vscode/extension.ts", to: "dist/extension/main.mjs", program: false, external: ["vscode"], pieces: true },
  { from: "src/webview/main.tsx", to: "dist/webview/timeline.js", program: false, browser: true },
  { from: "src/webview/style.css", to: "dist/webview/timeline.css", program: false, browser: true },
];

const VERBS = { setup, build, bundle: bundleChanged, manifest, pictures, test, open, proof: (args) => measure("proof", args), bench: (args) => measure("bench", args) };

await main(process.argv.slice(2));

async function main([verb, ...rest]) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    say(`Vigil needs Node 20.19 or newer; this is ${process.versions.node}. Install a current Node and run the same command again.`);
    process.exit(1);
  }
  const run = Object.hasOwn(VERBS, verb ?? "") ? VERBS[verb] : undefined;
  if (run === undefined) {
    say("Usage: node build.mjs setup [tests] | build | test [layer...] | manifest | pictures | open | proof [...] | bench [...] | bundle FOLDER EDITS");
    process.exit(2);
  }
  process.exitCode = await run(rest);
}

// Set-up

async function setup([purpose]) {
  // A package that was installed for use carries its bundles and has nothing to set up.
  if (!existsSync(inRoot("package-lock.json"))) return 0;
  if (!dependenciesMatchLock()) {
    say("Installing the npm dependencies (npm ci)…");
    // Install scripts stay off: npm versions differ in which ones they let run, and only one matters (below).
    const result = npm(["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    if (result.status !== 0 || !dependenciesMatchLock()) {
      say(`${result.output}\nnpm ci failed. With a working network and npm registry, run it again: npm run setup`);
      return 1;
    }
  }
  installNode();
  installSystemPrograms([...SYSTEM_PROGRAMS.start, ...(purpose === "tests" ? [...SYSTEM_PROGRAMS.tests, ...SYSTEM_PROGRAMS.workbench] : [])]);
  if (purpose === "tests") await bringWorkbench();
  return 0;
}

/** The Node that npm scripts find first: ours, with its headers beside it, or else the one that runs this. */
function nodeProgram() {
  const linked = inRoot("node_modules", ".bin", "node");
  return existsSync(linked) ? realpathSync(linked) : process.execPath;
}

/** Failing is no error here: the tests that need the workbench say so, and all others can do without. */
async function bringWorkbench() {
  const { installWorkbench } = await import("./test/setup/workbench.mjs");
  const problem = await installWorkbench({ node: nodeProgram(), say });
  if (problem !== undefined) say(`No VS Code workbench to test in: ${problem}. Try again with: npm run setup tests`);
}

/** True when npm's own note of what it installed agrees with the lock file, package by package. */
function dependenciesMatchLock() {
  const note = inRoot("node_modules", ".package-lock.json");
  if (!existsSync(note)) return false;
  const installed = readJson(note).packages ?? {};
  return Object.entries(readJson(inRoot("package-lock.json")).packages).every(([path, wanted]) => {
    if (path === "") return true;
    const there = installed[path];
    return there === undefined ? wanted.optional === true : there.version === wanted.version;
  });
}

/**
 * Does what the install script of the `node` package would: fetches the binary for this machine and links it, so that
 * npm scripts find that Node first. It has its own prefix, so that no later npm command prunes it. Failing is no error:
 * the Node that runs this is new enough.
 */
function installNode() {
  const manifest = inRoot("node_modules", "node", "package.json");
  if (!existsSync(manifest)) return;
  const { version } = readJson(manifest);
  const prefix = inRoot("node_modules", ".vigil", `node-${version}`);
  const gaveUp = join(prefix, "unavailable");
  const windows = process.platform === "win32";
  const linked = inRoot("node_modules", ".bin", windows ? "node.exe" : "node");
  if (existsSync(linked) || existsSync(gaveUp)) return;

  const name = [process.platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node", windows ? "win" : process.platform, process.arch].join("-");
  const binary = join(prefix, "node_modules", name, "bin", windows ? "node.exe" : "node");
  mkdirSync(prefix, { recursive: true });
  if (!runsAs(binary, version)) {
    say(`Fetching Node ${version} for the npm scripts…`);
    const result = npm(["install", "--prefix", prefix, "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", `${name}@${version}`]);
    if (result.status !== 0 || !runsAs(binary, version)) {
      writeFileSync(gaveUp, `${result.output}\n`);
      say(`Node ${version} could not be had here; going on with Node ${process.versions.node}, which works too. (Why: ${relative(ROOT, gaveUp)})`);
      return;
    }
  }
  mkdirSync(dirname(linked), { recursive: true });
  if (windows) copyFileSync(binary, linked);
  else symlinkSync(relative(dirname(linked), binary), linked);
}

function runsAs(binary, version) {
  return existsSync(binary) && spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout?.trim() === `v${version}`;
}

function installSystemPrograms(programs) {
  // Elsewhere than on Linux the sandbox needs nothing that a package manager brings.
  if (process.platform !== "linux") return;
  const packages = [...new Set(programs.filter(({ program }) => !onPath(program)).map(({ debian }) => debian))];
  if (packages.length === 0) return;
  const root = process.getuid?.() === 0;
  if (root && onPath("apt-get")) {
    say(`Installing ${packages.join(", ")} with apt…`);
    const apt = (...args) => spawnSync("apt-get", args, { encoding: "utf8", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    const install = () => apt("install", "-y", "--no-install-recommends", ...packages);
    // The package lists are fetched only when they are missing or too old to install from.
    if (install().status === 0 || (apt("update").status === 0 && install().status === 0)) return;
    say("apt could not install them.");
  }
  say(`Missing on this machine: ${packages.join(", ")}. Install with: ${root ? "" : "sudo "}${installCommand(packages)}`);
}

function installCommand(packages) {
  const managers = [["apt-get", "install"], ["dnf", "install"], ["zypper", "install"], ["pacman", "-S"], ["apk", "add"]];
  const [manager, verb] = managers.find(([name]) => onPath(name)) ?? managers[0];
  return `${manager} ${verb} ${packages.join(" ")}`;
}

function onPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch (error) {
      if (["ENOENT", "EACCES", "ENOTDIR"].includes(error.code)) return false;
      throw error;
    }
  });
}

function npm(args) {
  const windows = process.platform === "win32";
  const result = spawnSync(windows ? "npm.cmd" : "npm", args, { cwd: ROOT, encoding: "utf8", shell: windows });
  return { status: result.status, output: `${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}`.trim() };
}

// Bundles

async function build() {
  if (!existsSync(inRoot("src"))) return 0;
  const stamp = inRoot("dist", ".inputs");
  const inputs = digestOfInputs();
  if (BUNDLES.every(({ to }) => existsSync(inRoot(to))) && existsSync(stamp) && readFileSync(stamp, "utf8") === inputs) return 0;
  rmSync(stamp, { force: true });
  const folders = readdirSync(inRoot("src")).filter((name) => existsSync(inRoot("src", name, "tsconfig.json")));
  const [types, bundled] = await Promise.all([program("node_modules/typescript/bin/tsc", ["-b", ...folders.map((name) => `src/${name}`)]), bundle()]);
  if (types.code !== 0) say(types.output);
  if (types.code !== 0 || !bundled) return 1;
  writeFileSync(stamp, inputs);
  return 0;
}

/** SHA-256 over the names and bytes of everything that the bundles are made of. */
function digestOfInputs() {
  const hash = createHash("sha256");
  for (const path of ["build.mjs", "package.json", "package-lock.json", ...filesUnder("src")]) hash.update(`${path}\0`).update(readFileSync(inRoot(path))).update("\0");
  return hash.digest("hex");
}

/** Builds the bundles into `folder` from the sources as `edits` change them, and leaves the sources alone. */
async function bundle(folder = "dist", edits = []) {
  const esbuild = await import("esbuild");
  const packages = new Set();
  const applied = new Set();
  for (const { from, to, program: isProgram, external = [], browser = false, pieces = false } of BUNDLES) {
    if (!existsSync(inRoot(from))) {
      say(`${from} is missing, so ${to} cannot be built.`);
      return false;
    }
    const lines = [];
    if (isProgram && !readFileSync(inRoot(from), "utf8").startsWith("#!")) lines.push("#!/usr/bin/env node");
    // Some dependencies are CommonJS and call require, which an ES module does not have.
    if (!browser) lines.push('import { createRequire as vigilCreateRequire } from "node:module";', "const require = vigilCreateRequire(import.meta.url);");
    const file = resolve(ROOT, folder, relative("dist", to));
    // A bundle in pieces is a folder of its own.
    const target = pieces ? dirname(file) : file;
    const temporary = `${target}.new`;
    mkdirSync(dirname(target), { recursive: true });
    rmSync(temporary, { recursive: true, force: true });
    try {
      const { metafile } = await esbuild.build({
        absWorkingDir: ROOT,
        ...(pieces ? { entryPoints: { [basename(to, ".mjs")]: from }, outdir: temporary, outExtension: { ".js": ".mjs" }, splitting: true } : { entryPoints: [from], outfile: temporary }),
        bundle: true,
        platform: browser ? "browser" : "node",
        target: browser ? "es2022" : "node20",
        format: "esm",
        external,
        // An editor parses it each time it starts, so every byte counts; names stay, for the reports of those who meet a bug.
        minifyWhitespace: pieces || browser,
        minifySyntax: pieces || browser,
        minifyIdentifiers: browser,
        jsx: "automatic",
        jsxImportSource: "preact",
        // The module build first: jsonc-parser's main is a UMD file that does not survive bundling.
        mainFields: ["module", "main"],
        ...(browser ? {} : { banner: { js: lines.join("\n") } }),
        define: { VIGIL_VERSION: JSON.stringify(readJson(inRoot("package.json")).version) },
        plugins: edits.length === 0 ? [] : [editing(edits, applied)],
        legalComments: "none",
        metafile: true,
        logLevel: "warning",
      });
      for (const path of Object.keys(metafile.inputs)) packages.add(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
    } catch (error) {
      if (Array.isArray(error.errors)) return false; // esbuild printed them itself
      throw error;
    }
    // Renamed into place, so that a run that starts meanwhile sees the old bundle or the new one, never half of one.
    if (pieces) rmSync(target, { recursive: true, force: true });
    else chmodSync(temporary, isProgram ? 0o755 : 0o644);
    renameSync(temporary, target);
  }
  for (const { file } of edits) {
    if (applied.has(file)) continue;
    say(`${file} is in no bundle, so an edit of it would change nothing.`);
    return false;
  }
  writeLaunchers(resolve(ROOT, folder, "bin"));
  if (edits.length === 0) writeLicenses([...packages].filter((name) => name !== undefined).sort());
  return true;
}

/** `vigil` as a word for a shell, where there is no npm to make one: the extension puts this folder on its terminals' PATH. */
function writeLaunchers(folder) {
  mkdirSync(folder, { recursive: true });
  const launchers = { vigil: '#!/bin/sh\nexec node "$(dirname -- "$0")/../vigil.mjs" "$@"\n', "vigil.cmd": '@node "%~dp0..\\vigil.mjs" %*\r\n' };
  for (const [name, text] of Object.entries(launchers)) writeFileSync(join(folder, name), text, { mode: 0o755 });
}

/** An esbuild plugin that hands the compiler edited sources. A text that does not stand in its file exactly once is an error. */
function editing(edits, applied) {
  return {
    name: "edits",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = relative(ROOT, path).split(sep).join("/");
        const own = edits.filter((edit) => edit.file === file);
        if (own.length === 0) return undefined;
        applied.add(file);
        let contents = readFileSync(path, "utf8");
        const errors = [];
        for (const { find, replace } of own) {
          const count = contents.split(find).length - 1;
          if (count !== 1) errors.push({ text: `${file} holds this text ${count} times, not once: ${find}` });
          else contents = contents.replace(find, () => replace);
        }
        return errors.length > 0 ? { errors } : { contents, loader: "ts", resolveDir: dirname(path) };
      });
    },
  };
}

/**
 * For the proof only: bundles of a program that lacks a defence, or that dies where it is told to. The product itself has
 * no such switch. `editsFile` holds `[{file, find, replace}]`.
 */
async function bundleChanged([folder, editsFile]) {
  if (folder === undefined || editsFile === undefined) {
    say("Usage: node build.mjs bundle FOLDER EDITS");
    return 2;
  }
  mkdirSync(folder, { recursive: true });
  return (await bundle(resolve(folder), readJson(editsFile))) ? 0 : 1;
}

/** The licences of what the bundles contain, as those licences ask for. */
function writeLicenses(packages) {
  const texts = packages.map((path) => {
    const { name, version, license } = readJson(inRoot(path, "package.json"));
    const file = readdirSync(inRoot(path)).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(inRoot(path, file), "utf8").trim()}\n`;
  });
  writeFileSync(inRoot("dist", "licenses.txt"), texts.join(`\n${"-".repeat(78)}\n\n`));
}

async function test(layers) {
  const { runTests } = await import("./test/run.mjs");
  return runTests(ROOT, layers);
}

/** Writes the parts of package.json that follow from the tables of settings; a test holds them against each other. */
async function manifest() {
  const built = spawnSync(process.execPath, [inRoot("node_modules/typescript/bin/tsc"), "-b"], { cwd: ROOT, stdio: "inherit" });
  if (built.status !== 0) return built.status ?? 1;
  await import(pathToFileURL(inRoot("out/test/unit/manifest/write.js")).href);
  return 0;
}

/** The README's pictures of the editor, made anew by the tests that play a person there. */
async function pictures() {
  const code = await test(["vscode"]);
  if (code === 0) for (const name of ["vscode-review"]) copyFileSync(inRoot("out", "pictures", `${name}.png`), inRoot("media", `${name}.png`));
  return code;
}

async function open() {
  const hasCode = onPath("code");
  if (!hasCode) {
    installSystemPrograms(SYSTEM_PROGRAMS.workbench);
    await bringWorkbench();
  }
  const { openSample } = await import("./test/setup/open.mjs");
  return openSample({ root: ROOT, node: nodeProgram(), hasCode, say });
}

/** Runs the proof or the bench, compiled with the tests, in surroundings that hold no key and no git set-up. */
async function measure(what, args) {
  const types = await program("node_modules/typescript/bin/tsc", ["-b", "test", "--pretty", "false"]);
  if (types.code !== 0) {
    say(types.output);
    return 1;
  }
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(ANTHROPIC|GIT|VIGIL|npm)_/i.test(key)));
  const child = spawn(process.execPath, [inRoot("out", "test", what, "main.js"), ...args], { cwd: ROOT, env, stdio: "inherit" });
  return new Promise((ended) => child.on("close", (code) => ended(code ?? 1)));
}

function filesUnder(folder) {
  return readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** Runs one of the installed tools; resolves with its exit code and everything it printed. */
function program(script, args) {
  return new Promise((ended) => {
    const child = spawn(process.execPath, [inRoot(script), ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    const parts = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => parts.push(part));
    child.on("error", (error) => ended({ code: 1, output: error.message }));
    child.on("close", (code) => ended({ code: code ?? 1, output: Buffer.concat(parts).toString("utf8").trim() }));
  });
}
