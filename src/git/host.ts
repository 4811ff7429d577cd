// The only door to git: every call of this folder goes through here and is hardened here. It must never run a hook, a
// filter, a monitor or a pager, never read settings that a run could have written, and never touch the network.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { simpleGit } from "simple-git";
import { HumanError } from "../core/error.js";
import { refusalIn, systemRefusal } from "../core/system-error.js";

/** Which repository a call is about. Nothing is ever discovered from the working directory. */
export interface Door {
  readonly gitDir: string;
  readonly workTree?: string;
  /** Index file to use instead of the git directory's own. */
  readonly index?: string;
}

export interface Ask {
  /** Written to stdin; without it stdin is empty. */
  readonly input?: string | Uint8Array;
  /** Exit codes that are answers. Any other throws. Default: 0 only. */
  readonly expect?: readonly number[];
  /** Additional `-c` settings, `key=value`. They come last and win. */
  readonly config?: readonly string[];
  /** Additional environment, such as an author's identity. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** git ended in a way that its caller had not foreseen: a bug of ours, or a damaged repository. */
export class GitFailed extends Error {
  constructor(
    args: readonly string[],
    readonly code: number | null,
    readonly stderr: string,
  ) {
    super(`git ${args.slice(0, 4).join(" ")} ended with ${code ?? "a signal"}: ${stderr.trim().slice(0, 2000)}`);
    this.name = "GitFailed";
  }
}

/** What an exit nobody had foreseen means: that the disk or a limit refused is for a person, not a bug. */
function failureOf(args: readonly string[], code: number | null, stderr: string): Error {
  return refusalIn("git", stderr) ?? new GitFailed(args, code, stderr);
}

// A folder that is gone and a program that is gone look the same to whoever starts one.
function startFailure(error: NodeJS.ErrnoException, cwd: string): Error {
  if (error.code !== "ENOENT") return systemRefusal(error) ?? error;
  return existsSync(cwd) ? gitMissing() : new HumanError(`The folder ${cwd} is gone, and git was to work in it. If that is a run's worktree, "vigil resume" makes it again from the last checkpoint.`);
}

export const gitMissing = (): HumanError =>
  new HumanError("git was not found on the PATH, and nothing can be done without it. Install git 2.38 or newer and try again.", 2);

const hardening: readonly string[] = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.attributesFile=/dev/null",
  "core.excludesFile=/dev/null",
  "diff.external=",
  "submodule.recurse=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "safe.bareRepository=explicit",
  "commit.gpgsign=false",
  "credential.helper=",
  // Only the local transport: a partial clone must not be filled over the network behind anybody's back.
  "protocol.allow=never",
  "protocol.file.allow=always",
  // A plain git write survives no power cut; ours are named by a log that does.
  "core.fsync=objects,reference,index",
  "core.fsyncMethod=batch",
  "advice.detachedHead=false",
];

const fixed: Readonly<Record<string, string>> = {
  LC_ALL: "C",
  // No user's folder: git would look for ignore and attribute files there.
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_NO_LAZY_FETCH: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_LITERAL_PATHSPECS: "1",
};

function environment(door: Door, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    ...fixed,
    ...(door.index === undefined ? {} : { GIT_INDEX_FILE: door.index }),
    ...extra,
  };
}

/** The top of the work tree: from a git directory inside it git would take every path as relative to that directory. */
const placeFor = (door: Door): string => door.workTree ?? door.gitDir;

function argumentsFor(door: Door, args: readonly string[], config: readonly string[] = []): string[] {
  return [
    `--git-dir=${door.gitDir}`,
    ...(door.workTree === undefined ? [] : [`--work-tree=${door.workTree}`]),
    ...[...hardening, ...config].flatMap((setting) => ["-c", setting]),
    ...args,
  ];
}

/** Runs git and gives its output as bytes; names that are not UTF-8 survive. Rejects with GitFailed or HumanError. */
export function git(door: Door, args: readonly string[], ask: Ask = {}): Promise<Answer> {
  return run(argumentsFor(door, args, ask.config), environment(door, ask.env), placeFor(door), args, ask);
}

function run(full: readonly string[], env: Record<string, string>, cwd: string, args: readonly string[], ask: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", full, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    // git may end without reading all of its input; its exit code tells what that means.
    child.stdin.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ECONNRESET") reject(error);
    });
    child.on("error", (error: NodeJS.ErrnoException) => reject(startFailure(error, cwd)));
    child.on("close", (code) => {
      const stderr = Buffer.concat(err).toString("utf8");
      if (code === null || !(ask.expect ?? [0]).includes(code)) reject(failureOf(args, code, stderr));
      else resolve({ code, stdout: Buffer.concat(out), stderr });
    });
    child.stdin.end(ask.input ?? "");
  });
}

/** A git that is talked with line by line. `end` closes its input and gives its exit code. */
export interface Conversation {
  /** Sends a line and gives git's answering line; undefined when git ended instead. */
  ask(line: string): Promise<string | undefined>;
  tell(line: string): void;
  end(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts a git that answers each request with one line, such as `update-ref --stdin`. The caller must `end` it. */
export function converse(door: Door, args: readonly string[], env: Readonly<Record<string, string>> = {}): Conversation {
  const child = spawn("git", argumentsFor(door, args), { cwd: placeFor(door), env: environment(door, env), stdio: ["pipe", "pipe", "pipe"] });
  const lines: string[] = [];
  const waiting: ((line: string | undefined) => void)[] = [];
  const err: Buffer[] = [];
  let rest = "";
  let ended = false;
  child.stdout.on("data", (chunk: Buffer) => {
    rest += chunk.toString("utf8");
    const parts = rest.split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      const next = waiting.shift();
      if (next === undefined) lines.push(line);
      else next(line);
    }
  });
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const closed = new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    const over = (): void => {
      ended = true;
      for (const next of waiting.splice(0)) next(undefined);
    };
    // A write to a git that ended says EPIPE; the exit code tells why it ended.
    child.stdin.on("error", over);
    child.on("error", (error: NodeJS.ErrnoException) => {
      over();
      reject(startFailure(error, placeFor(door)));
    });
    child.on("close", (code) => {
      over();
      resolve({ code, stderr: Buffer.concat(err).toString("utf8") });
    });
  });
  const tell = (line: string): void => void child.stdin.write(`${line}\n`);
  return {
    tell,
    ask: (line) => {
      tell(line);
      const ready = lines.shift();
      if (ready !== undefined || ended) return Promise.resolve(ready);
      return new Promise((resolve) => waiting.push(resolve));
    },
    end: () => {
      child.stdin.end();
      return closed;
    },
  };
}

/**
 * Runs git through simple-git and gives its output as text without the last newline. For calls that print something:
 * simple-git waits 50 ms after a command that prints nothing, so silent ones go through `git`.
 */
export async function gitText(door: Door, args: readonly string[], ask: Omit<Ask, "input"> = {}): Promise<{ readonly code: number; readonly text: string }> {
  return throughLibrary(argumentsFor(door, args, ask.config), environment(door, ask.env), placeFor(door), args, ask.expect ?? [0]);
}

async function throughLibrary(full: readonly string[], env: Record<string, string>, cwd: string, args: readonly string[], expect: readonly number[]): Promise<{ code: number; text: string }> {
  let code = 0;
  let failure: Error | undefined;
  const library = simpleGit({
    baseDir: cwd,
    completion: { onClose: true, onExit: false },
    allowEnvironment: Object.keys(env),
    unsafe: {
      allowUnsafeConfigPaths: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeDiffExternal: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeFilter: true,
    },
    errors: (error, result) => {
      code = result.exitCode;
      if (expect.includes(code)) return undefined;
      const said = Buffer.concat([...result.stdErr]).toString("utf8") || String(error ?? "");
      failure = /spawn git ENOENT/.test(said) ? gitMissing() : failureOf(args, code, said);
      return failure;
    },
  }).env(env);
  const text = await library.raw([...full]).catch((error: unknown) => {
    // The library wraps every error in its own; ours says more.
    throw failure ?? error;
  });
  return { code, text: text.endsWith("\n") ? text.slice(0, -1) : text };
}

/**
 * The one call that reads the person's own configuration, on purpose: who they are, which files they ignore, whether
 * they trust this folder. `arguments` must be a read that executes nothing. With `gitDir` undefined the repository is
 * discovered from `folder`, under git's own ownership check.
 */
export function gitAsPerson(gitDir: string | undefined, folder: string, args: readonly string[], expect: readonly number[] = [0]): Promise<{ readonly code: number; readonly text: string }> {
  const own = ["HOME", "XDG_CONFIG_HOME", "USERPROFILE", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"];
  const env: Record<string, string> = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1" };
  for (const name of own) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  const full = [...(gitDir === undefined ? [] : [`--git-dir=${gitDir}`]), "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", ...args];
  return throughLibrary(full, env, folder, args, expect);
}

/** Splits a `-z` listing. Names stay bytes in latin1 form, so that any name can be handed back to git unchanged. */
export function records(output: Buffer): string[] {
  const text = output.toString("latin1");
  return text === "" ? [] : (text.endsWith("\0") ? text.slice(0, -1) : text).split("\0");
}

/** A name as git gave it (see `records`), as text for people and events. */
export const readable = (name: string): string => Buffer.from(name, "latin1").toString("utf8");

/** A `-z` list for git's stdin, from names in the form of `records`. */
export const listing = (names: readonly string[]): Buffer => Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");

/**
 * Which of `names` (in the form of `records`) git ignores in a door's work tree; tracked ones never. They go as `./name`,
 * because this one command takes no literal pathspecs and would read `:(top)x` as a request.
 */
export async function ignoredAmong(door: Door, names: readonly string[], config: readonly string[] = []): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const ask = { input: listing(names.map((name) => `./${name}`)), expect: [0, 1], config, env: { GIT_LITERAL_PATHSPECS: "0" } };
  return new Set(records((await git(door, ["check-ignore", "-z", "--stdin"], ask)).stdout).map((name) => name.slice(2)));
}

/** A path as the rest of the program writes it, in the form of `records`. */
export const asRecord = (path: string): string => Buffer.from(path, "utf8").toString("latin1");
