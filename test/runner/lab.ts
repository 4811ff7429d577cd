// A person's machine in a temporary folder: a repository, a home, a scripted model, and the built command line. Real
// processes, real sandbox, real git; only the model's words are scripted.
import { spawn, type ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startScriptedModel, type ScriptedModel, type ScriptedOptions } from "../../src/agent/scripted/server.js";
import type { Script } from "../../src/agent/scripted/script.js";
import type { LoggedEvent } from "../../src/core/log/event.js";

const project = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const ran = z.object({ id: z.string(), state: z.string(), exit: z.number() });
export const shown = z.object({
  id: z.string(),
  state: z.string(),
  stage: z.string(),
  worktree: z.string(),
  pid: z.number().nullable(),
  gates: z.array(z.object({ id: z.string(), kind: z.string(), target: z.string(), why: z.string() })),
  landed: z.object({ branch: z.string(), commits: z.array(z.unknown()) }).nullable().optional(),
});
export const landed = z.object({ kind: z.string(), branch: z.string().optional(), commits: z.array(z.unknown()).optional(), why: z.string().optional() });
export const diffed = z.object({
  base: z.string(),
  head: z.string(),
  lines: z.number(),
  explained: z.number(),
  files: z.array(z.object({ path: z.string(), hunks: z.array(z.object({ oldStart: z.number(), oldLines: z.number(), newStart: z.number(), newLines: z.number(), decisions: z.array(z.string()), why: z.string() })) })),
});
export const timed = z.object({ run: z.unknown(), steps: z.number(), decisions: z.array(z.object({ id: z.string(), n: z.number(), title: z.string(), state: z.string(), files: z.unknown() })) });

export const POLICY = {
  "vigil.policy.maxStage": "autonomous-with-summary",
  "vigil.policy.owner": "ada@team.example",
  "vigil.policy.scope": ["src/**", "docs/**", "test/**"],
  "vigil.policy.requiredChecks": ["node test/all.js"],
  "vigil.policy.landing.branch": "vigil/nightly",
  "vigil.policy.limits.usd": 10,
  "vigil.policy.promotion.waived": { stage: "autonomous-with-summary", by: "ada@team.example", reason: "a test" },
} as const;

const FILES: Readonly<Record<string, string>> = {
  "src/sum.js": "exports.sum = (a, b) => a - b;\n",
  "src/greet.js": 'exports.greet = (name) => `Hello ${name}`;\n',
  "test/all.js": 'const { sum } = require("../src/sum.js");\nif (typeof sum(1, 2) !== "number") process.exit(1);\n',
  "docs/guide.md": "# Guide\n\nNothing yet.\n",
  ".gitignore": "build/\nnode_modules/\n",
  "README.md": "# Sample\n",
};

export class Lab {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), "vigil-lab-")));
  readonly repo = join(this.home, "repo");
  readonly #children = new Set<ChildProcess>();
  model: ScriptedModel | undefined;
  /** Overrides of the environment of every command. */
  env: Record<string, string | undefined> = {};
  /** The folder of the bundles to run; the proof has such as lack a defence. */
  dist = join(project, "dist");
  /** Words before every command line, such as those that lead into a namespace of its own. */
  through: readonly string[] = [];

  constructor(settings: Readonly<Record<string, unknown>> | undefined = POLICY, files: Readonly<Record<string, string>> = FILES) {
    mkdirSync(this.repo, { recursive: true });
    this.git("init", "-q", "-b", "main");
    this.git("config", "user.name", "Ada");
    this.git("config", "user.email", "ada@team.example");
    this.git("config", "gc.auto", "0");
    this.write(files);
    if (settings !== undefined) this.write({ ".vscode/settings.json": JSON.stringify(settings, null, 2) });
    this.git("add", "-A");
    this.git("commit", "-q", "-m", "first");
  }

  git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.repo, encoding: "utf8", env: this.#plain(), stdio: ["ignore", "pipe", "pipe"] }).trimEnd();
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.repo, path)), { recursive: true });
      writeFileSync(join(this.repo, path), text);
    }
  }

  async serve(script: Script, options: ScriptedOptions = {}): Promise<ScriptedModel> {
    await this.model?.close();
    this.model = await startScriptedModel(script, options);
    return this.model;
  }

  /** Runs the command line to its end. */
  vigil(...args: readonly string[]): Promise<Said> {
    return this.start(...args).said;
  }

  /** Starts the command line without waiting. */
  start(...args: readonly string[]): { readonly child: ChildProcess; readonly said: Promise<Said> } {
    const [program = process.execPath, ...words] = [...this.through, process.execPath, join(this.dist, "vigil.mjs"), ...args];
    const child = spawn(program, words, { cwd: this.repo, env: this.environment(), stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    const said = new Promise<Said>((resolve) => {
      child.once("close", (code) => {
        this.#children.delete(child);
        resolve({ code, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") });
      });
    });
    return { child, said };
  }

  /** The JSON value that a command prints, in the shape that others rely on; fails loudly when it prints anything else. */
  async json<T>(shape: z.ZodType<T>, ...args: readonly string[]): Promise<T & { readonly code: number | null }> {
    const said = await this.vigil(...args, "--json");
    try {
      return { ...shape.parse(JSON.parse(said.stdout)), code: said.code };
    } catch (error) {
      throw new Error(`vigil ${args.join(" ")} did not print what it should (exit ${String(said.code)}, ${String(error)}):\n${said.stdout}\n${said.stderr}`);
    }
  }

  environment(): NodeJS.ProcessEnv {
    return { ...this.#plain(), ANTHROPIC_API_KEY: "test-key", ...(this.model === undefined ? {} : { ANTHROPIC_BASE_URL: this.model.url }), ...this.env };
  }

  #plain(): NodeJS.ProcessEnv {
    return {
      PATH: process.env["PATH"],
      HOME: join(this.home, "person"),
      XDG_DATA_HOME: join(this.home, "data"),
      XDG_CONFIG_HOME: join(this.home, "config"),
      GIT_CONFIG_NOSYSTEM: "1",
      LANG: "C.UTF-8",
    };
  }

  /** Resolves with the id of the first run, once the command line lists one. */
  async firstRun(): Promise<string> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
      const found = /"id":\s*"([^"]+)"/.exec((await this.vigil("runs", "--json")).stdout)?.[1];
      if (found !== undefined) return found;
    }
    throw new Error("no run appeared");
  }

  runFolder(id: string): string {
    return join(this.repo, ".git", "vigil", "runs", id);
  }

  events(id: string): LoggedEvent[] {
    return eventsIn(this.runFolder(id));
  }

  /** Resolves with the first event that `wanted` accepts, as soon as the log holds it. Only what hangs outlasts the patience, no loaded machine. */
  async event(id: string, wanted: (event: LoggedEvent) => boolean, patience = 90_000): Promise<LoggedEvent> {
    for (const deadline = Date.now() + patience; ; ) {
      const found = this.events(id).find(wanted);
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`the log never held the event; it ends with ${JSON.stringify(this.events(id).slice(-4), null, 1)}\n${this.complaints(id)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  complaints(id: string): string {
    const file = join(this.runFolder(id), "runner.err");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Everything of the user's checkout that a run must not touch, byte for byte. */
  fingerprint(): Record<string, string> {
    const git = join(this.repo, ".git");
    const files: Record<string, string> = {};
    const walk = (folder: string, prefix: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const name = `${prefix}${entry.name}`;
        if (name === ".git/vigil" || name === ".git/objects" || name.startsWith(".git/refs/vigil")) continue;
        const path = join(folder, entry.name);
        if (entry.isDirectory()) walk(path, `${name}/`);
        else files[name] = entry.isSymbolicLink() ? `-> ${readlinkSync(path)}` : createHash("sha256").update(readFileSync(path)).update(String(lstatSync(path).mode)).digest("hex");
      }
    };
    walk(this.repo, "");
    files["(refs)"] = this.git("for-each-ref").split("\n").filter((line) => !line.includes("refs/vigil/")).join("\n");
    files["(stash)"] = this.git("stash", "list");
    files["(status)"] = this.git("-c", "core.fsmonitor=false", "--no-optional-locks", "status", "--porcelain");
    if (existsSync(join(git, "packed-refs"))) files["(packed)"] = readFileSync(join(git, "packed-refs"), "utf8");
    return files;
  }

  /** Ends what was started and frees the disk. Runners that still live are ended by their pid. */
  async close(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    const runs = join(this.repo, ".git", "vigil", "runs");
    for (const id of existsSync(runs) ? readdirSync(runs) : []) {
      const pid = this.events(id).findLast((event) => event.kind === "runner.started");
      const ended = this.events(id).findLast((event) => event.kind === "runner.ended");
      if (pid?.kind === "runner.started" && (ended === undefined || ended.seq < pid.seq)) killProcess(pid.pid);
    }
    await this.model?.close();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  copyFrom(folder: string): void {
    cpSync(folder, this.repo, { recursive: true });
  }
}

/** A run's log as it lies on disk now, without its last line while that is being written; empty where there is none. */
export function eventsIn(runFolder: string): LoggedEvent[] {
  const file = join(runFolder, "log.jsonl");
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LoggedEvent);
}

/** Kills a process; fine when it is gone already. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
