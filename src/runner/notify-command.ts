// Starts the command that a person set for being told, as that person and outside the sandbox. What it is about goes in by
// environment and standard input, never by the command line: an agent wrote part of it.
import { spawn } from "node:child_process";
import { homedir } from "node:os";
import type { Announcement } from "../core/run/announcement.js";
import { oneLine } from "../core/text/one-line.js";

/** Milliseconds until it is killed, with all that it started. */
const LONGEST_MS = 30_000;
/** What is kept of its complaints, in bytes; the rest is read and thrown away. */
const KEPT = 2_000;

/** Resolves when it has ended; with the words for a note where it did not do well. */
export async function runNotifyCommand(command: string, run: string, announcement: Announcement, signal: AbortSignal): Promise<string | undefined> {
  // The home folder, because a repository must not put a program in the way of a name.
  const child = spawn(command, { shell: true, cwd: homedir(), detached: true, env: environment(run, announcement), stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (said.length < KEPT) said += chunk.toString("utf8", 0, KEPT);
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(`${announcement.title}: ${announcement.text}\n`);
  let hung = false;
  const kill = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const timer = setTimeout(() => {
    hung = true;
    kill();
  }, LONGEST_MS);
  signal.addEventListener("abort", kill);
  // The exit and not the closing: something that it left behind may hold the pipe for ever.
  const problem = await new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => { resolve(`could not be started (${error.message})`); });
    child.once("exit", (code, by) => { resolve(code === 0 ? undefined : code === null ? `was ended by ${by ?? "a signal"}` : `failed with exit code ${String(code)}`); });
  });
  clearTimeout(timer);
  signal.removeEventListener("abort", kill);
  child.stderr.destroy();
  if (signal.aborted) return undefined;
  if (hung) return `did not end within ${String(LONGEST_MS / 1_000)} s and was killed`;
  return problem === undefined || said.trim() === "" ? problem : `${problem}, saying "${oneLine(said, 200)}"`;
}

// The model's key is not in the runner's own environment either; this holds where somebody starts one by hand.
function environment(run: string, { event, title, text, to, notify }: Announcement): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toUpperCase().startsWith("ANTHROPIC_")));
  return { ...own, VIGIL_RUN: run, VIGIL_EVENT: event, VIGIL_TITLE: title, VIGIL_TEXT: text, ...(to === undefined ? {} : { VIGIL_TO: to }), ...(notify === undefined ? {} : { VIGIL_NOTIFY: notify }) };
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
