// Runs one command line of policy's or a person's (a check, a set-up step) inside the walls and says how it ended. It
// must never report a command as run that did not start confined.
import { HumanError } from "../core/error.js";
import { cappedOutput } from "./capped-output.js";
import { relocated, relocatedBytes } from "./relocated.js";
import type { Confined, Contact, Sandbox, Walls } from "./sandbox.js";

export interface CommandLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Bytes of output that are kept: the head and the tail, with a line between that says how much is missing. */
  readonly outputCap?: number;
}

export interface CommandResult {
  /** Null when it was ended from outside or never started. */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and standard error as they came. */
  readonly output: Uint8Array;
  /** True when the middle of the output is missing. */
  readonly truncated: boolean;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  /** From the start of the sandbox to the end of the last process. */
  readonly ms: number;
  /** Why it never started, as a whole sentence. */
  readonly notStarted?: string;
  /** Hosts that it reached or was refused. */
  readonly contacts: readonly Contact[];
}

const DEFAULT_CAP = 256 * 1024;

/**
 * Runs the line in a bash of its own, whose output is one real pipe. What it leaves in the background is ended with it,
 * half a second after it, so that a daemon cannot hold a check open.
 */
const RUN = `
exec 3>&1
exec > >(exec cat >&3) 2>&1 3>&-
reader=$!
/bin/bash --noprofile --norc -c "$1" </dev/null
exit=$?
exec >&- 2>&-
{ sleep 0.5; kill "$reader"; } &
wait "$reader"
exit "$exit"
`;

export async function runConfined(sandbox: Sandbox, walls: Walls, command: string, limits: CommandLimits): Promise<CommandResult> {
  const before = performance.now();
  const output = cappedOutput(limits.outputCap ?? DEFAULT_CAP);
  const elapsed = (): number => Math.round(performance.now() - before);
  const unstarted = { exit: null, signal: null, output: new Uint8Array(), truncated: false, timedOut: false, contacts: [] } as const;
  if (wasAborted(limits)) return { ...unstarted, aborted: true, ms: elapsed() };

  const root = sandbox.rootInside(walls);
  let confined: Confined;
  try {
    confined = await sandbox.spawn(walls, ["/bin/bash", "--noprofile", "--norc", "-c", RUN, "vigil-run", relocated(command, walls.root, root)]);
  } catch (error) {
    if (error instanceof HumanError) return { ...unstarted, aborted: false, ms: elapsed(), notStarted: error.message };
    throw error;
  }
  let ended: "timeout" | "abort" | undefined;
  const stop = (why: "timeout" | "abort"): void => {
    ended ??= why;
    // Where the end cannot be proved, the sandbox starts nothing any more, and says why.
    confined.kill().catch(() => undefined);
  };
  const timer = setTimeout(() => stop("timeout"), Math.max(0, limits.timeoutMs - elapsed()));
  const abort = (): void => stop("abort");
  limits.signal?.addEventListener("abort", abort, { once: true });
  if (wasAborted(limits)) abort();

  confined.stdin.on("error", () => undefined);
  confined.stdin.end();
  confined.stderr.on("data", (chunk: Uint8Array) => output.add(chunk));
  const drained = new Promise<void>((resolve) => confined.stdout.once("close", resolve));
  confined.stdout.on("data", (chunk: Uint8Array) => output.add(chunk));
  const { code, signal } = await confined.exited;
  await drained;
  clearTimeout(timer);
  limits.signal?.removeEventListener("abort", abort);

  const contacts = await confined.contacts();
  const base = { contacts, output: relocatedBytes(output.bytes(), root, walls.root), truncated: output.isCut(), ms: elapsed(), timedOut: ended === "timeout", aborted: ended === "abort" };
  return ended === undefined ? { exit: code, signal, ...base } : { exit: null, signal: "SIGKILL", ...base };
}

// A function, because the answer changes while the sandbox starts.
function wasAborted({ signal }: CommandLimits): boolean {
  return signal?.aborted === true;
}
