// Runs a program of this folder in a process of its own and reads what it prints, line by line.
import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Child {
  readonly process: ChildProcess;
  /** The lines of its standard output, each once; ends when the process does. */
  readonly lines: AsyncIterator<string>;
  /** What it wrote to standard error, once it ended, and how it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly errors: string }>;
}

/** The compiled program `name`, and node's own path: what a command line needs to start it. */
export function program(name: string): readonly [node: string, script: string] {
  return [process.execPath, fileURLToPath(new URL(`./${name}.js`, import.meta.url))];
}

export function start(command: readonly string[], options: SpawnOptions = {}): Child {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; errors: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, errors }));
  });
  if (child.stdout === null) throw new Error("no standard output");
  return { process: child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), ended };
}

/** The next line; fails with what the process said when it ended instead. */
export async function nextLine(child: Child): Promise<string> {
  const next = await child.lines.next();
  if (next.done !== true) return next.value;
  const { code, signal, errors } = await child.ended;
  throw new Error(`the process ended (${String(code ?? signal)}) before it said more: ${errors}`);
}
