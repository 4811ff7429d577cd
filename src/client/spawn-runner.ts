// Starts a runner: a process of its own that outlives whoever started it. It runs from a copy named by its content,
// because an update of the editor deletes the original under a night's run. The key travels on standard input only.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { access, mkdir, open, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
import type { ModelAccess } from "./model-access.js";
import type { Workspace } from "./open-repository.js";

const PROGRAMS = ["runner.mjs", "workshop.mjs", "hosts.mjs"] as const;

/** Longest tail of a runner's complaints that a message quotes, in characters. */
const QUOTED = 600;

export interface Spawned {
  readonly pid: number;
  /** Resolves when the process is gone; with its exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Resolves once the process has started and its standard input was handed over. `access` is for workers only. */
export async function spawnRunner(workspace: Workspace, id: RunId, role: "worker" | "clerk", access?: ModelAccess): Promise<Spawned> {
  const program = await copyOfRunner(workspace);
  const complaints = await open(complaintsFile(workspace, id), "a");
  try {
    return await start(workspace, [join(program, "runner.mjs"), workspace.runsFolder, id, role], complaints, access ?? {});
  } finally {
    await complaints.close();
  }
}

/** The end of what the run's runners wrote to their standard error, for a person who must find out why one died. */
export async function runnerComplaints(workspace: Workspace, id: RunId): Promise<string> {
  const file = complaintsFile(workspace, id);
  const text = await readFile(file, "utf8").catch((error: unknown) => `(${file} cannot be read: ${String(error)})`);
  // Several that were started one after the other say the same.
  return [...new Set(text.trim().split("\n"))].join("\n").slice(-QUOTED);
}

function complaintsFile(workspace: Workspace, id: RunId): string {
  return join(workspace.runsFolder, id, "runner.err");
}

async function start(workspace: Workspace, args: readonly string[], complaints: FileHandle, access: ModelAccess): Promise<Spawned> {
  const child = spawn(workspace.place.node, args, {
    cwd: workspace.repository.commonDir,
    detached: true,
    env: withoutKeys(workspace.place.env),
    stdio: ["pipe", complaints.fd, complaints.fd],
  });
  const exited = new Promise<number | null>((done) => {
    child.once("exit", (code) => { done(code); });
  });
  await new Promise<void>((done, fail) => {
    child.once("error", (error) => {
      fail(new HumanError(`The runner cannot be started with ${workspace.place.node}: ${error.message}. Check that this Node can be run.`));
    });
    child.once("spawn", () => { done(); });
  });
  await handOver(child.stdin, JSON.stringify(access));
  child.unref();
  return { pid: child.pid ?? 0, exited };
}

/** Resolves when the text was taken or the reader is gone: a runner that found the lock held exits without reading. */
async function handOver(to: Writable | null, text: string): Promise<void> {
  if (to === null) throw new Error("a runner is started with a pipe as its standard input");
  await new Promise<void>((done) => {
    to.once("error", () => { done(); });
    to.end(text, () => { done(); });
  });
}

function withoutKeys(env: Workspace["place"]["env"]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.toUpperCase().startsWith("ANTHROPIC_")));
}

/** Folder of the copy. Made complete beside its place and then renamed, so a half-written copy is never run. */
async function copyOfRunner(workspace: Workspace): Promise<string> {
  const contents = await Promise.all(PROGRAMS.map(async (name) => ({ name, bytes: await programBytes(workspace, name) })));
  const hash = createHash("sha256");
  for (const { name, bytes } of contents) hash.update(`${name} ${String(bytes.length)}\n`).update(bytes);
  const folder = join(workspace.dataFolder, "runners", hash.digest("hex").slice(0, 32));
  if (await exists(folder)) return folder;
  const making = `${folder}.${randomBytes(6).toString("hex")}`;
  await mkdir(making, { recursive: true, mode: 0o700 });
  try {
    for (const { name, bytes } of contents) await writeDurably(join(making, name), bytes);
    await rename(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Somebody else made the same copy in the meantime: theirs is as good.
    if (!(await exists(folder))) throw error;
  }
  return folder;
}

async function programBytes(workspace: Workspace, name: string): Promise<Uint8Array> {
  const path = join(workspace.place.program, name);
  return readFile(path).catch(() => {
    throw new HumanError(`This installation of Vigil is not whole: ${path} cannot be read. Install it again, or in a clone run: npm run build.`);
  });
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
