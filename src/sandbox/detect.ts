// Picks the sandbox that this machine can have. It must never pick one that confines less because a better one is missing.
import { bubblewrapSandbox, findProgram, type BubblewrapOptions } from "./bubblewrap.js";
import { seatbeltSandbox } from "./macos/seatbelt.js";
import { noSandbox } from "./none.js";
import { remedyFor } from "./remedy.js";
import type { Sandbox } from "./sandbox.js";

/** Never rejects: a machine without any gets one whose self-test fails with the remedy. */
export function detectSandbox(options: BubblewrapOptions = {}, platform: NodeJS.Platform = process.platform): Promise<Sandbox> {
  return Promise.resolve(pick(platform, options));
}

function pick(platform: NodeJS.Platform, options: BubblewrapOptions): Sandbox {
  switch (platform) {
    case "darwin":
      return seatbeltSandbox(options);
    case "linux":
      return findProgram("bwrap", options.path ?? process.env["PATH"] ?? "") === undefined ? noSandbox(remedyFor("bwrap: not found")) : bubblewrapSandbox(options);
    case "win32":
      return noSandbox("Native Windows cannot confine commands. Run Vigil inside WSL2 (`wsl --install`, then install it there), or keep to read-only without commands.");
    default:
      return noSandbox("Vigil has no sandbox for this system yet. Run it on Linux or in a Linux virtual machine, or keep to read-only without commands.");
  }
}
