// Compiled into the proof's own bundles only, never into the product: at a wanted point of a wanted event the process stands
// still, whole, until somebody kills it or lets it go on. It decides nothing and writes nothing but where it stands.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Environment variable that names the folder in which both sides meet; without it nothing ever stands still. */
export const FOLDER_VARIABLE = "VIGIL_PROOF_POINTS";
/** Lines of the form `point kind`. */
export const WANTED = "wanted";
/** Followed by the process id: who stands still, and where. Whoever removes it lets the process go on. */
export const REACHED = "reached-";

/** Whoever asked for the standstill is gone when nobody came for so long. */
const LONGEST_MS = 5 * 60_000;

/** `durable`: bytes of the log that no kill may take away. */
export function standStill(point: string, kinds: readonly string[], durable: number): void {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) return;
  const wanted = readFileSync(join(folder, WANTED), "utf8").split("\n");
  const kind = kinds.find((one) => wanted.includes(`${point} ${one}`));
  if (kind === undefined) return;
  const file = join(folder, `${REACHED}${String(process.pid)}`);
  const draft = join(folder, `.${String(process.pid)}`);
  writeFileSync(draft, JSON.stringify({ pid: process.pid, point, kind, durable }));
  renameSync(draft, file);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (const deadline = performance.now() + LONGEST_MS; existsSync(file); ) {
    Atomics.wait(cell, 0, 0, 2);
    if (performance.now() > deadline) process.kill(process.pid, "SIGKILL");
  }
}
