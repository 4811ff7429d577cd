// The Node that runners are started with. The editor's own program is a last resort: it is Node only in disguise, and an
// agent's checks cannot use it inside the walls.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface NodeProgram {
  readonly path: string;
  /** What the environment needs for it to be Node. */
  readonly env: Readonly<Record<string, string>>;
}

/** `execPath`: the program that runs the extension host; `isElectron`: it is the editor itself. */
export function nodeProgram(path: string | undefined, platform: NodeJS.Platform, execPath: string, isElectron: boolean): NodeProgram {
  if (!isElectron) return { path: execPath, env: {} };
  const name = platform === "win32" ? "node.exe" : "node";
  const found = (path ?? "").split(delimiter).filter((folder) => folder !== "").map((folder) => join(folder, name)).find(isProgram);
  return found === undefined ? { path: execPath, env: { ELECTRON_RUN_AS_NODE: "1" } } : { path: found, env: {} };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Not there, or not for this user: the next folder on the path may have one.
  }
}
