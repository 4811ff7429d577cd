// Picks the sandbox that this machine can have. It must never pick one that confines less because a better one is missing.
import { bubblewrapSandbox, findProgram, type BubblewrapOptions } from "./bubblewrap.js";
import { noSandbox } from "./none.js";
import { remedyFor } from "./remedy.js";
import type { Sandbox } from "./sandbox.js";

/** Never rejects: a machine without any gets one whose self-test fails with the remedy. */
export function detectSandbox(options: BubblewrapOptions = {}): Promise<Sandbox> {
  return Promise.resolve(pick(process.platform, options));
}

function pick(platform: NodeJS.Platform, options: BubblewrapOptions): Sandbox {
  if (platform === "win32") {
    return noSandbox("Native Windows cannot confine commands. Run Vigil inside WSL2 (`wsl --install`, then install it there), or keep to read-only without commands.");
  }
  if (platform !== "linux") {
    return noSandbox("Vigil has no sandbox for this system yet. Run it on Linux or in a Linux virtual machine, or keep to read-only without commands.");
  }
  if (findProgram("bwrap", options.path ?? process.env["PATH"] ?? "") === undefined) return noSandbox(remedyFor("bwrap: not found"));
  return bubblewrapSandbox(options);
}
