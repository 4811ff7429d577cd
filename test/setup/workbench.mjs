// Brings a real VS Code workbench to a machine that cannot download one: `code-server` from npm carries it. It lies in the
// person's cache folder with its version in its name, so that the next clone finds it. Nothing here runs it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Carries Code 1.139.1. It wants Node 24 exactly, to build its native parts and to run. */
const VERSION = "4.139.1";
/** How long the installation may take; how often to look whether another one has finished meanwhile. */
const INSTALL_MS = 45 * 60_000;
const LOOK_MS = 500;

const OUTER_NPM = /^npm_(config_(user_agent|local_prefix|prefix|node_gyp)$|execpath|node_execpath|lifecycle|package|command)/i;

/** The folder of the installed server, whether it is there yet or not. */
export function workbenchFolder(env = process.env) {
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), ".cache"), "vigil", `code-server-${VERSION}`);
}

/** The program that serves the workbench, below `workbenchFolder`. */
export function serverProgram(folder = workbenchFolder()) {
  return join(folder, "node_modules", "code-server", "lib", "vscode", "out", "server-main.js");
}

/**
 * Installs the workbench unless it is there. `node` is the Node 24 binary to build with; its headers lie near it.
 * Resolves with what went wrong, or undefined. Two at once: the second waits for the first. One that was killed leaves
 * a temporary folder, which the next one takes away and starts again.
 */
export async function installWorkbench({ node, say }) {
  const folder = workbenchFolder();
  if (existsSync(serverProgram(folder))) return undefined;
  if (process.platform === "win32") return "there is none for Windows; install VS Code, or name one in VSCODE_EXECUTABLE";
  if (!spawnSync(node, ["--version"], { encoding: "utf8" }).stdout?.startsWith("v24.")) return "it needs Node 24, which could not be had here";
  mkdirSync(dirname(folder), { recursive: true });
  const lock = `${folder}.lock`;
  const until = Date.now() + INSTALL_MS;
  for (let told = false; !take(lock); told = true) {
    if (!told) say(`Waiting for another installation of the VS Code workbench (${lock})…`);
    if (Date.now() > until) return `another installation holds ${lock} and does not end`;
    await delay(LOOK_MS);
  }
  try {
    if (existsSync(serverProgram(folder))) return undefined;
    return install(folder, node, say);
  } finally {
    rmSync(lock, { force: true });
  }
}

function install(folder, node, say) {
  for (const name of readdirSync(dirname(folder))) {
    if (name.startsWith(`code-server-${VERSION}.new-`)) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
  say(`Installing a VS Code workbench for the tests (code-server ${VERSION}, about two minutes, once: ${folder})…`);
  const temporary = `${folder}.new-${process.pid}`;
  mkdirSync(temporary);
  // Newer npm runs the install scripts of those packages only that are named.
  writeFileSync(join(temporary, "package.json"), JSON.stringify({ private: true, allowScripts: { "code-server": true } }));
  const env = {
    // An npm that runs this says so to its children, and the package would believe that it is installed by that one's Node.
    ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !OUTER_NPM.test(key))),
    PATH: [dirname(node), process.env.PATH].join(delimiter),
    // A machine-wide setting may name the headers of another Node, or forbid the scripts that build the native parts.
    npm_config_nodedir: headersOf(node),
    npm_config_ignore_scripts: "false",
  };
  const args = ["install", "--prefix", temporary, "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--foreground-scripts", `code-server@${VERSION}`];
  const result = spawnSync("npm", args, { cwd: temporary, env, encoding: "utf8", timeout: INSTALL_MS, maxBuffer: 256 * 1024 * 1024 });
  const output = `${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}`;
  const log = `${folder}.log`;
  writeFileSync(log, output);
  if (result.status !== 0 || !existsSync(serverProgram(temporary))) {
    rmSync(temporary, { recursive: true, force: true });
    return `npm could not install code-server ${VERSION}; its last words are in ${log}`;
  }
  renameSync(temporary, folder);
  return undefined;
}

/**
 * The folder whose `include/node` belongs to this binary. With install scripts on, the `node` package links its binary
 * to a place of its own and leaves the headers in the package that it came from.
 */
function headersOf(node) {
  const above = join(dirname(node), "..");
  const candidates = [above, ...["node", "node-bin"].map((name) => join(above, "node_modules", `${name}-${process.platform}-${process.arch}`))];
  return candidates.find((folder) => existsSync(join(folder, "include", "node", "common.gypi"))) ?? above;
}

/** True when the lock was free, or its holder is gone. The file holds the holder's process id. */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    // Just made and not filled in yet: its maker is at work.
    if (holder === 0 && Date.now() - statSync(lock).mtimeMs < 10_000) return false;
    if (holder !== 0) process.kill(holder, 0);
    if (holder !== 0) return false;
  } catch (error) {
    if (error.code === "EPERM") return false;
    if (error.code !== "ESRCH" && error.code !== "ENOENT") throw error;
  }
  // Its holder was killed. Renamed first, so that of two that see this only one takes it away.
  const stale = `${lock}.${process.pid}`;
  try {
    renameSync(lock, stale);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  rmSync(stale, { force: true });
  return false;
}
