// What stands in for a sandbox where nothing can confine: it refuses everything and says why.
import { HumanError } from "../core/error.js";
import type { Sandbox } from "./sandbox.js";

/** `remedy`: a whole sentence with the exact command; both the self-test and every spawn give it. */
export function noSandbox(remedy: string): Sandbox {
  return {
    name: "none",
    mounts: false,
    layersAreOverlays: false,
    rootInside: ({ root }) => root,
    selfTest: () => Promise.resolve({ backend: "none", passed: false, probes: [], ms: 0, remedy }),
    hostsTest: () => Promise.resolve({ backend: "none", passed: false, probes: [], ms: 0, remedy }),
    spawn: () => Promise.reject(new HumanError(remedy)),
  };
}
