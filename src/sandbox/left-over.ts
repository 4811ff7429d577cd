// Walls that nobody stands behind. A bubblewrap whose first process is killed before it has told its second one to begin
// leaves that one waiting for ever, because it asks for the signal of its parent's death only after that word. It runs
// nothing. Whoever holds the run's lock next ends it.
import { readdir, readFile } from "node:fs/promises";

/** Milliseconds for a killed process to be gone. */
const PATIENCE = 2_000;

/** Ends the walls of every tree below `folder`; the caller holds the run that it belongs to, and has put up none. Only Linux has such. */
export async function endLeftOver(folder: string): Promise<void> {
  if (process.platform !== "linux") return;
  const left = await walls(folder);
  for (const pid of left) kill(pid);
  for (const until = performance.now() + PATIENCE; performance.now() < until && (await walls(folder)).some((pid) => left.includes(pid)); ) await new Promise((done) => setTimeout(done, 10));
}

async function walls(folder: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
  const found = await Promise.all(pids.map(async (pid) => ((await standsAt(pid, folder)) ? [Number(pid)] : [])));
  return found.flat();
}

async function standsAt(pid: string, folder: string): Promise<boolean> {
  // A process that is gone, or another user's: neither is ours to end.
  const words = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
  return words[0]?.endsWith("/bwrap") === true && words.some((word, n) => word === "--chdir" && words[n + 1]?.startsWith(`${folder}/`) === true);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))) throw error;
  }
}
