// Processes of this machine as the kernel lists them: who stems from whom, and whether anything is left of them.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that cannot be taken for a later one with the same number. */
export interface Process {
  readonly pid: number;
  /** Clock ticks since the boot at which it started. */
  readonly started: string;
}

/** The process and everything that stems from it now; empty where it is gone. */
export function treeOf(pid: number): readonly Process[] {
  const all = listed();
  const found: Process[] = [];
  const add = (parent: number): void => {
    const one = all.get(parent);
    if (one === undefined || found.some((other) => other.pid === parent)) return;
    found.push({ pid: parent, started: one.started });
    for (const [child, { from }] of all) if (from === parent) add(child);
  };
  add(pid);
  return found;
}

/** Kills each with SIGKILL; fine when some are gone. */
export function killAll(processes: readonly Process[]): void {
  for (const one of processes) {
    if (!isAlive(one)) continue;
    try {
      process.kill(one.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Resolves with what is still there when all should be gone, as command lines: empty is good. */
export async function leftOf(processes: readonly Process[], patience = 20_000): Promise<readonly string[]> {
  for (const deadline = Date.now() + patience; ; ) {
    const left = processes.filter(isAlive);
    if (left.length === 0 || Date.now() > deadline) return left.map((one) => `${String(one.pid)} ${commandLine(one.pid)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * A bubblewrap that was never told to begin, because the one that would was killed first: it runs nothing, and nobody but
 * the run's next process can end it. That it does is looked at once the run has ended.
 */
export function waitsToBegin(pid: number): boolean {
  const childless = textOf(`/proc/${String(pid)}/task/${String(pid)}/children`).trim() === "";
  return childless && commandLine(pid).startsWith("/usr/bin/bwrap ") && textOf(`/proc/${String(pid)}/comm`).trim() === "bwrap" && statOf(String(pid))?.from === 1;
}

/** Processes whose command line holds the word. */
export function processesNaming(word: string): readonly Process[] {
  return [...listed()].filter(([pid]) => pid !== process.pid && commandLine(pid).includes(word)).map(([pid, { started }]) => ({ pid, started }));
}

/** Processes that work in the folder, or that were started by one who has it in its surroundings. */
export function processesOf(folder: string): readonly Process[] {
  const within = (pid: number): boolean => cwdOf(pid).startsWith(folder) || textOf(`/proc/${String(pid)}/environ`).includes(`${folder}/`);
  return [...listed()].filter(([pid]) => pid !== process.pid && within(pid)).map(([pid, { started }]) => ({ pid, started }));
}

/** Whether a process of that number runs; one that only waits to be noted by its parent does not. */
export function lives(pid: number): boolean {
  const one = statOf(String(pid));
  return one !== undefined && isAlive({ pid, started: one.started });
}

function isAlive({ pid, started }: Process): boolean {
  const one = statOf(String(pid));
  return one !== undefined && one.started === started && one.state !== "Z" && one.state !== "X";
}

interface Stat {
  readonly from: number;
  readonly state: string;
  readonly started: string;
}

function listed(): Map<number, Stat> {
  const found = new Map<number, Stat>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const one = statOf(name);
    if (one !== undefined) found.set(Number(name), one);
  }
  return found;
}

function statOf(pid: string): Stat | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  // The name may hold anything, brackets too; what counts stands after the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, from] = fields;
  return state === undefined || from === undefined || fields[19] === undefined ? undefined : { state, from: Number(from), started: fields[19] };
}

function commandLine(pid: number): string {
  return textOf(`/proc/${String(pid)}/cmdline`).replaceAll("\0", " ").trim();
}

function cwdOf(pid: number): string {
  return unlessHidden(() => readlinkSync(`/proc/${String(pid)}/cwd`));
}

/** What a file holds; empty where there is none. */
export function textOf(file: string): string {
  return unlessHidden(() => readFileSync(file, "utf8"));
}

function unlessHidden(look: () => string): string {
  try {
    return look();
  } catch (error) {
    // Gone while it was looked at, or somebody else's.
    if (["ENOENT", "ESRCH", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}
