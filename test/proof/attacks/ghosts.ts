// What stands in a worktree that nobody put there: mount points and placeholders that a sandbox left behind.
import { readdirSync } from "node:fs";

/** Every name in the folder, folders included, without the mount point of the agent's git directory. */
export function namesIn(root: string): ReadonlySet<string> {
  return new Set(readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name !== ".git" && !name.startsWith(".git/")));
}

/** Names that were not there before and of which no part stands in `made`, the words by which the agent made things. */
export function ghostsIn(root: string, before: ReadonlySet<string>, made: string): readonly string[] {
  return [...namesIn(root)].filter((name) => !before.has(name) && !name.split("/").some((part) => made.includes(part)));
}
