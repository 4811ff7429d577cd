// Where a person's own settings lie, outside every repository: no branch can write them.
import { readFile } from "node:fs/promises";
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
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new HumanError(`${file} cannot be read (${error.code ?? error.message}). Correct its permissions, or remove it.`, 2);
  });
}
