// Makes the folders of layers ready: where an overlay cannot serve, the layer becomes a plain copy. It must never link
// a copy to its original.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { HumanError } from "../core/error.js";
import type { Walls } from "./sandbox.js";

const run = promisify(execFile);

/** In the work folder of a layer that is a copy, once the copy is complete. */
export const COPIED = "copied-by-vigil";

/**
 * The `upper` folders of those layers that are copies. A dependency folder with files of another owner or group becomes
 * one too: an overlay of an ordinary user cannot copy such files up. `foreign` remembers which folders those are.
 */
export async function copyLayers(walls: Walls, overlays: boolean, foreign: Map<string, boolean>): Promise<ReadonlySet<string>> {
  const copied = new Set<string>();
  const prepare = async (lower: string, upper: string, work: string, mustCopy: () => Promise<boolean>): Promise<void> => {
    for (const folder of [upper, work]) mkdirSync(folder, { recursive: true });
    const marker = join(work, COPIED);
    if (!existsSync(marker)) {
      const begun = readdirSync(upper).length > 0;
      if (begun ? overlays : !(await mustCopy())) return;
      await copy(lower, upper);
      writeFileSync(marker, "");
    }
    copied.add(upper);
  };
  if (walls.tree.kind === "layer") {
    await prepare(walls.tree.lower ?? walls.root, walls.tree.upper, walls.tree.work, () => Promise.resolve(!overlays));
  }
  for (const { lower, upper, work } of walls.layers) {
    await prepare(lower, upper, work, async () => !overlays || (await holdsForeignFiles(lower, foreign)));
  }
  return copied;
}

// Until the copy is whole there is no layer: what is missing from one would count as deleted by the agent.
async function copy(lower: string, upper: string): Promise<void> {
  const making = `${upper}.making`;
  try {
    for (const folder of [making, upper]) await rm(folder, { recursive: true, force: true });
    await run("cp", ["-a", "--reflink=auto", "--", `${lower}/.`, making]);
    await rename(making, upper);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HumanError(`The throw-away copy of ${lower} could not be made (${why}). Free some disk space, or check who owns that folder, and start again.`);
  }
}

async function holdsForeignFiles(lower: string, known: Map<string, boolean>): Promise<boolean> {
  const before = known.get(lower);
  if (before !== undefined) return before;
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const { stdout } = await run("find", [lower, "(", "!", "-uid", `${user}`, "-o", "!", "-gid", `${group}`, ")", "-print", "-quit"]);
  known.set(lower, stdout !== "");
  return stdout !== "";
}
