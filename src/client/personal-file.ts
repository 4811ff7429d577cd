// Where a person's own settings lie, outside every repository: no branch can write them.
import { readFile, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { HumanError } from "../core/error.js";
import type { Place } from "./open-repository.js";

/** `$XDG_CONFIG_HOME/vigil/settings.json`, else below `~/.config`, or `%APPDATA%` on Windows. */
export function personalFile(place: Place): string {
  const xdg = place.env["XDG_CONFIG_HOME"];
  const roaming = place.env["APPDATA"];
  if (xdg !== undefined && posix.isAbsolute(xdg)) return join(xdg, "vigil", "settings.json");
  if (place.platform === "win32" && roaming !== undefined && roaming !== "") return join(roaming, "vigil", "settings.json");
  return join(place.home, ".config", "vigil", "settings.json");
}

/** A file's text, or undefined where there is none. Throws HumanError when it is there and cannot be read. */
export async function textIfThere(file: string): Promise<string | undefined> {
  try {
    // A named pipe would be waited for without end, and a device may have none.
    if (!(await stat(file)).isFile()) throw new HumanError(`${file} is not a file but a folder, a pipe or a device, so its settings cannot be read. Remove it, or put the settings file there.`, 2);
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof HumanError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new HumanError(`${file} cannot be read (${code ?? message}). Correct its permissions, or remove it.`, 2);
  }
}
