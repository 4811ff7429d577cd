// The program that runs inside the walls: it waits for calls on standard input, runs the agent's tools one at a time and
// answers on standard output. It judges nothing; that was done outside before the call came here.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { z } from "zod";
import { isFileTool, runFileTool, type FileResult } from "./workshop-files.js";
import { openShell, type Shell } from "./workshop-shell.js";
import { lineReader, requestSchema, type Reply, type Request } from "./workshop-protocol.js";

const DEFAULT_TIMEOUT_MS = 120_000;
const bashInput = z.object({ command: z.string().optional(), restart: z.boolean().optional(), timeout_ms: z.number().positive().optional() });

const MAC = process.platform === "darwin";
/** What programs say of a write that the walls refuse; on macOS also of everything else that they refuse. */
const REFUSED = MAC ? /Operation not permitted|\bEPERM\b/ : /Read-only file system/;

type Opening = Extract<Request, { kind: "open" }>;
type Call = Extract<Request, { kind: "call" }>;

interface Bench {
  readonly opening: Opening;
  readonly shell: Shell;
  /** Processes that are the workshop's own and not the agent's. */
  readonly own: ReadonlySet<number>;
}

async function main(): Promise<void> {
  const read = lineReader();
  let bench: Bench | undefined;
  for await (const chunk of process.stdin) {
    for (const line of read(chunk as Uint8Array)) {
      const request = requestSchema.parse(JSON.parse(line));
      if (request.kind === "open") {
        bench = { opening: request, shell: openShell(request.root, request.carried), own: new Set([1, process.pid, process.ppid]) };
        await say({ kind: "open" });
      } else if (bench === undefined) {
        throw new Error("a request came before the opening");
      } else {
        await say(request.kind === "call" ? await answer(request, bench) : await farewell(request.n, bench));
      }
    }
  }
  // The host is gone: nobody is left to work for, and the shell's processes end with this one.
  process.exit(0);
}

async function answer({ n, tool, input, timeoutMs }: Call, bench: Bench): Promise<Reply> {
  if (tool === "bash") return { kind: "result", n, ...(await bash(input, timeoutMs, bench)) };
  if (!isFileTool(tool)) return { kind: "result", n, ok: false, text: `There is no tool named ${tool}.` };
  const stop = AbortSignal.timeout(timeoutMs);
  const late = new Promise<FileResult>((resolve) => {
    stop.addEventListener("abort", () => resolve({ ok: false, text: `${tool} was ended after ${timeoutMs / 1000} s` }), { once: true });
  });
  return { kind: "result", n, ...(await Promise.race([runFileTool(tool, input, bench.opening, stop), late])) };
}

async function bash(input: unknown, timeoutMs: number, { opening, shell }: Bench): Promise<{ ok: boolean; text: string; exit?: number }> {
  const parsed = bashInput.safeParse(input);
  if (!parsed.success) return { ok: false, text: `bash: the input does not fit: ${z.prettifyError(parsed.error)}` };
  const { command, restart, timeout_ms } = parsed.data;
  if (restart === true) shell.restart();
  if (command === undefined || command.trim() === "") {
    return restart === true ? { ok: true, text: "The shell was restarted.", exit: 0 } : { ok: false, text: "bash: a command is required" };
  }
  const result = await shell.run(command, Math.min(timeout_ms ?? DEFAULT_TIMEOUT_MS, timeoutMs));
  const why = REFUSED.test(result.output) && result.exit !== 0 ? `\n[${opening.readOnlyBecause}${MAC ? ". On macOS no program in here can listen at a port or list processes" : ""}]` : "";
  const text = `${result.output}${why}`;
  return result.exit === undefined ? { ok: false, text } : { ok: result.exit === 0, text, exit: result.exit };
}

async function farewell(n: number, { shell, own }: Bench): Promise<Reply> {
  return { kind: "farewell", n, carried: await shell.carried(), processes: remaining(own) };
}

/** Command lines of what the agent left running; the shell waiting for its next command is not that. */
function remaining(own: ReadonlySet<number>): string[] {
  const lines: string[] = [];
  // macOS shows a confined process no list of others, not even of those in its own sandbox.
  if (!existsSync("/proc")) return lines;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || own.has(pid)) continue;
    const line = commandLine(pid);
    if (line !== undefined && line !== "" && line !== "/bin/bash --noprofile --norc" && !(line === "cat" && isOwnCat(pid))) lines.push(line.slice(0, 500));
    if (lines.length === 1000) break;
  }
  return lines;
}

function commandLine(pid: number): string | undefined {
  return textOf(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ").trim();
}

/** The cat between the shell and this program is the shell's child. */
function isOwnCat(pid: number): boolean {
  const parent = /^PPid:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`) ?? "")?.[1];
  return parent !== undefined && commandLine(Number(parent)) === "/bin/bash --noprofile --norc";
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // The process ended while it was being listed.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

function say(reply: Reply): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${JSON.stringify(reply)}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

await main();
