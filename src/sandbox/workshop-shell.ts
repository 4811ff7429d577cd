// The agent's persistent shell. It runs in the SDK's BashSession, each command in a subshell of it whose state is taken
// over afterwards: so `exit 7`, `set -e`, `exec` and syntax errors end the command and never the shell.
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BashSession, BashTimeoutError } from "@anthropic-ai/sdk/tools/agent-toolset/node";
import type { Carried } from "./workshop.js";

export interface ShellResult {
  readonly exit: number | undefined;
  readonly output: string;
}

export interface Shell {
  run(command: string, timeoutMs: number): Promise<ShellResult>;
  /** Forgets variables and functions, and starts again in the root. */
  restart(): void;
  /** Where the next command would start, and what it would find exported beyond the start's own variables. */
  carried(): Promise<Carried>;
}

/** Sizes in characters, so that one variable cannot fill the log. */
const ENV_LIMIT = { value: 8 * 1024, all: 64 * 1024 } as const;

/** Variables that every shell sets for itself. */
const OWN: ReadonlySet<string> = new Set(["PWD", "OLDPWD", "SHLVL", "_", "PS1", "PS2", "TERM"]);

export function openShell(root: string, carried: Carried | undefined): Shell {
  const folder = join(tmpdir(), `.vigil-${randomUUID()}`);
  mkdirSync(folder, { mode: 0o700 });
  const files = { state: join(folder, "state"), names: join(folder, "names"), env: join(folder, "env"), cwd: join(folder, "cwd") };
  const startEnv = { ...process.env };
  let session: BashSession | undefined;
  let pid = "";
  if (carried !== undefined) {
    writeFileSync(files.cwd, carried.cwd);
    writeFileSync(files.state, Object.entries(carried.env).map(([name, value]) => `export ${name}=${quote(value)}\n`).join(""));
  }

  const open = async (): Promise<BashSession> => {
    const fresh = new BashSession(root, startEnv);
    // Node's pipes are sockets, on which `> /dev/stderr` fails; behind cat the shell writes into a real pipe.
    await fresh.exec("exec > >(exec cat) 2>&1", { timeoutMs: 10_000 });
    pid = (await fresh.exec("echo $$", { timeoutMs: 10_000 })).output.trim();
    await fresh.exec(takeOver(files), { timeoutMs: 10_000 });
    return fresh;
  };
  const close = (): void => {
    session?.close();
    session = undefined;
    pid = "";
  };

  return {
    async run(command, timeoutMs) {
      const dead = new AbortController();
      // A command can kill the shell itself while something in the background keeps the shell's output open.
      const watch = setInterval(() => {
        if (pid !== "" && !lives(Number(pid))) dead.abort(new Error("a command killed it"));
      }, 200);
      try {
        session ??= await open();
        const { output, exitCode } = await session.exec(wrapped(command, files), { timeoutMs, signal: dead.signal });
        return { exit: exitCode, output: note(output) };
      } catch (error) {
        // The command still runs in that shell, or the shell is gone: either way the next one starts from the last state.
        close();
        if (error instanceof BashTimeoutError) {
          return { exit: undefined, output: `The command was ended after ${timeoutMs / 1000} s. The next one runs in a new shell, in the same folder and with the same variables as before this one.` };
        }
        if (!(error instanceof Error)) throw error;
        return { exit: undefined, output: `The shell itself was ended (${error.message}). The next command runs in a new shell, in the same folder and with the same variables as before this one.` };
      } finally {
        clearInterval(watch);
      }
    },
    restart() {
      close();
      for (const file of Object.values(files)) rmSync(file, { force: true });
    },
    async carried() {
      session ??= await open();
      await session.exec(`command env -0 >"${files.env}"; printf %s "$PWD" >"${files.cwd}"`, { timeoutMs: 10_000 });
      return { cwd: textOr(files.cwd, root), env: exported(files.env, startEnv) };
    },
  };
}

type StateFiles = Readonly<Record<"state" | "names" | "env" | "cwd", string>>;

/** Every variable's name, without a process of its own. */
const NAMES = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_").map((letter) => `"\${!${letter}@}"`).join(" ");

// The state is saved on the way out, also out of `exit`; a command that replaces the trap loses only that.
function wrapped(command: string, files: StateFiles): string {
  const save = `declare -p >"${files.state}"; declare -f >>"${files.state}"; shopt -p >>"${files.state}"; shopt -po pipefail >>"${files.state}"; alias -p >>"${files.state}"; printf "%s\\n" "" ${NAMES} >"${files.names}"; printf %s "$PWD" >"${files.cwd}"`;
  const inner = `trap '__vigil_exit=$?; trap - EXIT; set +eux; { ${save}; } 2>/dev/null; exit $__vigil_exit' EXIT\neval ${quote(command)}`;
  return `( ${inner}\n)\n__vigil_exit=$?\n${takeOver(files)}\n__vigil_answer $__vigil_exit`;
}

// Variables that the command unset are unset here too; those that bash refuses to set again are its own.
function takeOver(files: StateFiles): string {
  return [
    `__vigil_answer() { return "$1"; }`,
    `{ if [ -r "${files.names}" ]; then IFS= read -r -d "" __vigil_names <"${files.names}"`,
    `for __vigil_name in ${NAMES}; do case $__vigil_names in *$'\\n'"$__vigil_name"$'\\n'*) ;; *) case $__vigil_name in __vigil*) ;; *) unset -v "$__vigil_name" ;; esac ;; esac; done; fi`,
    `if [ -r "${files.state}" ]; then . "${files.state}"; fi`,
    `if [ -r "${files.cwd}" ]; then IFS= read -r -d "" __vigil_cwd <"${files.cwd}"; cd -- "$__vigil_cwd"; fi; } 2>/dev/null`,
  ].join("\n");
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

function note(output: string): string {
  const cut = "[output truncated]\n";
  return output.startsWith(cut) ? `[Only the last 100 KB of the output are shown.]\n${output.slice(cut.length)}` : output;
}

function exported(file: string, startEnv: NodeJS.ProcessEnv): Record<string, string> {
  const env: Record<string, string> = {};
  let size = 0;
  for (const entry of textOr(file, "").split("\0")) {
    const cut = entry.indexOf("=");
    const [name, value] = [entry.slice(0, cut), entry.slice(cut + 1)];
    if (cut < 1 || OWN.has(name) || startEnv[name] === value || !/^[A-Za-z_]\w*$/.test(name) || value.length > ENV_LIMIT.value) continue;
    size += entry.length;
    if (size > ENV_LIMIT.all) break;
    env[name] = value;
  }
  return env;
}

function textOr(file: string, otherwise: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : otherwise;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
