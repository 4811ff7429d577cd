// Where Vigil keeps what belongs to a person rather than to a repository. Computes the path only; makes nothing.
import { posix, win32 } from "node:path";

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `$XDG_DATA_HOME/vigil`, else the platform's usual place below `home`: `~/.local/share`, `~/Library/Application Support`,
 * `%LOCALAPPDATA%`. A relative XDG_DATA_HOME is ignored, as its specification asks.
 */
export function dataFolder(env: Environment, platform: NodeJS.Platform, home: string): string {
  const path = platform === "win32" ? win32 : posix;
  const xdg = env["XDG_DATA_HOME"];
  if (xdg !== undefined && path.isAbsolute(xdg)) return path.join(xdg, "vigil");
  const local = env["LOCALAPPDATA"];
  if (platform === "win32") return local !== undefined && path.isAbsolute(local) ? path.join(local, "vigil") : path.join(home, "AppData", "Local", "vigil");
  if (platform === "darwin") return path.join(home, "Library", "Application Support", "vigil");
  return path.join(home, ".local", "share", "vigil");
}
