// Keeps the machine from sleeping, by a child that lives no longer than this process: on Linux one that reads a pipe which
// closes with it however it ends, on macOS one that watches its process id.
import { spawn, type ChildProcess } from "node:child_process";

const LINUX = ["systemd-inhibit", "--what=idle:sleep", "--mode=block", "--who=Vigil", "--why=A run is at work", "cat"] as const;

export class KeepAwake {
  readonly #note: (text: string) => Promise<void>;
  #child: ChildProcess | undefined;
  #given = false;

  /** `note` is told at most once why the machine may sleep all the same. */
  constructor(note: (text: string) => Promise<void>) {
    this.#note = note;
  }

  /** Nothing happens where it has begun, or failed before. */
  begin(): void {
    if (this.#child !== undefined || this.#given) return;
    const [program, ...args] = process.platform === "darwin" ? ["caffeinate", "-i", "-w", String(process.pid)] : LINUX;
    if (process.platform === "win32") return this.#giveUp("no program for that is known on Windows");
    const child = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"] });
    this.#child = child;
    // The reader may be gone before it is told to go.
    child.stdin.on("error", () => undefined);
    child.once("error", (error: NodeJS.ErrnoException) => { this.#lost(child, error.code === "ENOENT" ? `the program ${program} is missing` : error.message); });
    child.once("exit", (code, signal) => { this.#lost(child, `${program} ended ${code === null ? `by ${signal ?? "a signal"}` : `with exit code ${String(code)}`}`); });
    child.unref();
  }

  end(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.stdin?.destroy();
    child?.kill();
  }

  #lost(child: ChildProcess, why: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#giveUp(why);
  }

  #giveUp(why: string): void {
    this.#given = true;
    // A log that takes no more is said by whoever needs it.
    void this.#note(`vigil.run.keepAwake has no effect here: ${why}. The run works, but the machine may go to sleep under it. Set it not to sleep in its power settings, or run on a machine that does not.`).catch(() => undefined);
  }
}
