// Looking into a runner that works: its memory, open files, processes and timers, at a moment at which it does nothing but
// wait for the model. It looks from outside where it can; for the rest the runner is built with one signal to answer.
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { z } from "zod";
import type { Edit } from "../bundles.js";

const written = z.object({ heap: z.number(), resources: z.array(z.string()), appends: z.array(z.number()) });
type Written = z.infer<typeof written>;

/** What a process holds at one moment. */
export interface Holding {
  /** Bytes of memory that the process occupies, as the kernel counts them. */
  readonly resident: number;
  /** Open files by what they are, sorted. */
  readonly files: readonly string[];
  /** Command lines of all processes below it, sorted. */
  readonly processes: readonly string[];
}

/** The environment variable that names the file for answers. */
export const ANSWER = "PROBE_ANSWER";

/** On SIGUSR2: the heap after a collection, what keeps the event loop alive, and how long each append took, in milliseconds. */
export const PROBE: readonly Edit[] = [
  {
    file: "src/runner/main.ts",
    find: "const secrets = await readSecrets(process.stdin);",
    replace: `const secrets = await readSecrets(process.stdin);
  const { renameSync, writeFileSync } = await import("node:fs");
  process.on("SIGUSR2", () => {
    const held = globalThis as unknown as { gc(): void; appends?: number[] };
    held.gc();
    const file = process.env["${ANSWER}"] ?? "";
    writeFileSync(file + ".new", JSON.stringify({ heap: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo(), appends: held.appends ?? [] }));
    renameSync(file + ".new", file);
  });`,
  },
  {
    file: "src/store/append.ts",
    find: "this.#write(lines.length === 1 && lines[0] !== undefined ? lines[0] : Buffer.concat(lines), end);",
    replace: `const begun = performance.now();
    this.#write(lines.length === 1 && lines[0] !== undefined ? lines[0] : Buffer.concat(lines), end);
    ((globalThis as unknown as { appends?: number[] }).appends ??= []).push(performance.now() - begun);`,
  },
];

export function holdingOf(pid: number): Holding {
  const resident = Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1]) * 1024;
  return { resident, files: filesOf(pid), processes: below(pid) };
}

/** Asks the runner to answer and waits for it. */
export async function answerOf(pid: number, file: string): Promise<Written> {
  rmSync(file, { force: true });
  process.kill(pid, "SIGUSR2");
  for (const deadline = performance.now() + 60_000; !existsSync(file); ) {
    if (performance.now() > deadline) throw new Error(`the runner (process ${String(pid)}) did not answer the probe`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return written.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Programs of all processes below one, sorted. */
function below(pid: number): readonly string[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const status = /^\d+$/.test(name) ? textOf(`/proc/${name}/status`) : undefined;
    if (status === undefined) continue;
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  for (let level = parents.get(pid) ?? []; level.length > 0; level = level.flatMap((one) => parents.get(one) ?? [])) found.push(...level);
  return found.map((one) => (textOf(`/proc/${String(one)}/cmdline`) ?? "").split("\0")[0] ?? "").sort();
}

function filesOf(pid: number): readonly string[] {
  const folder = `/proc/${String(pid)}/fd`;
  return readdirSync(folder)
    .flatMap((name) => {
      try {
        return [readlinkSync(`${folder}/${name}`).replace(/\[\d+\]$/, "")];
      } catch (error) {
        // Closed since the folder was read.
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
      }
    })
    .sort();
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // The process ended meanwhile.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
