// Reads a run's head from disk, while its runner may be overwriting it.
import { open } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { LogDamaged } from "./damage.js";
import { decodeHead } from "./head.js";
import { noSuchRun } from "./run-files.js";
import type { RunFiles } from "./run-files.js";
import type { Position } from "./position.js";
import { errorCode } from "./write-failed.js";
import { stat } from "node:fs/promises";

/** A reader may meet a head in the middle of being overwritten: so often, with a pause of 5 ms, it looks again. */
const LOOKS = 5;

export type HeadRead = { readonly kind: "head"; readonly position: Position } | { readonly kind: "bad"; readonly problem: string };

/** The last durable position. Throws HumanError when there is no such run. */
export async function readHead(files: RunFiles): Promise<HeadRead> {
  for (let look = 1; ; look++) {
    const bytes = await contentOf(files);
    const position = bytes === undefined ? undefined : decodeHead(bytes);
    if (position !== undefined) return { kind: "head", position };
    if (look === LOOKS) {
      const problem = bytes === undefined ? "its head file is missing" : "its head file is not readable";
      return { kind: "bad", problem: `${problem}, so nobody can tell where the log ended` };
    }
    await pause(5);
  }
}

/** As `readHead`; a head that is missing or unreadable throws LogDamaged. */
export async function headOf(files: RunFiles): Promise<Position> {
  const head = await readHead(files);
  if (head.kind === "bad") throw new LogDamaged(files.id, { seq: 0, problem: head.problem });
  return head.position;
}

async function contentOf(files: RunFiles): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(files.head, "r");
    try {
      // A little more than a head, so that one with something glued to it is not taken for whole.
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  try {
    await stat(files.folder);
    return undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") throw noSuchRun(files.id);
    throw error;
  }
}
