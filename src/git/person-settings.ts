// What the person set in their own git configuration, read once and by name. Only values are taken from it, never programs.
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { gitAsPerson } from "./host.js";
import type { Repository } from "./types.js";

export interface PersonSettings {
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** Their own ignore file, absolute; it may not exist. */
  readonly excludesFile: string;
  /** `core.autocrlf` and `core.eol` as `key=value`, for calls that write files into their own checkout. */
  readonly lineEndings: readonly string[];
  /** Names under `filter.` in the repository's configuration: programs that must be switched off by name. */
  readonly filters: readonly string[];
  readonly partialClone: boolean;
}

/** Reads them for one repository; includes and the global file apply, as they do for the person. */
export async function personSettings(repository: Repository): Promise<PersonSettings> {
  const { text } = await gitAsPerson(repository.gitDir, repository.root, ["config", "-z", "--list"]);
  const values = new Map<string, string>();
  const filters = new Set<string>();
  let partialClone = false;
  for (const entry of text.split("\0")) {
    const cut = entry.indexOf("\n");
    const key = cut < 0 ? entry : entry.slice(0, cut);
    values.set(key, cut < 0 ? "true" : entry.slice(cut + 1));
    const filter = /^filter\.(.+)\.[^.]+$/s.exec(key);
    if (filter?.[1] !== undefined) filters.add(filter[1]);
    if (/^remote\..+\.(promisor|partialclonefilter)$/s.test(key) || key === "extensions.partialclone") partialClone = true;
  }
  const home = process.env["HOME"] ?? homedir();
  const excludes = values.get("core.excludesfile") ?? join(process.env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "git", "ignore");
  const lineEndings: string[] = [];
  for (const key of ["core.autocrlf", "core.eol", "core.safecrlf"]) {
    const value = values.get(key);
    if (value !== undefined) lineEndings.push(`${key}=${value}`);
  }
  return {
    name: process.env["GIT_AUTHOR_NAME"] || values.get("author.name") || values.get("user.name"),
    email: process.env["GIT_AUTHOR_EMAIL"] || values.get("author.email") || values.get("user.email"),
    excludesFile: resolve(repository.root, excludes.replace(/^~(?=\/)/, home)),
    lineEndings,
    filters: [...filters],
    partialClone,
  };
}

/** Settings under which git may read or write the person's own checkout: their ignore file and line endings, no programs. */
export function checkoutSettings(settings: PersonSettings): string[] {
  return [
    `core.excludesFile=${settings.excludesFile}`,
    ...settings.lineEndings,
    // An empty command is no command; without `required` the bytes then pass as they are.
    ...settings.filters.flatMap((name) => [`filter.${name}.clean=`, `filter.${name}.smudge=`, `filter.${name}.process=`, `filter.${name}.required=false`]),
  ];
}
