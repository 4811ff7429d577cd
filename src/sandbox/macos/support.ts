// The folders that one confined program gets besides its tree: a home and a temporary folder that are empty at each start
// and gone with the last process, and the programs that come first on its PATH.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { inside, type Toolchains } from "../toolchains.js";
import { gitInPlace, HOME_PLACE, supportIn, type Support } from "./place.js";

export interface SupportQuestion {
  readonly toolchains: Toolchains;
  /** The agent's git directory, and the tree that it belongs to; absent where it has none. */
  readonly git: { readonly program: string; readonly directory: string; readonly root: string } | undefined;
}

/** `folder`: where they are made; a real path. */
export function makeSupport(folder: string, { toolchains, git }: SupportQuestion): Support {
  const support = supportIn(mkdtempSync(join(folder, "inside-")));
  for (const each of [support.home, support.temporary, support.programs]) mkdirSync(each, { mode: 0o700 });
  for (const { name, target } of toolchains.links) symlinkSync(target, join(support.programs, name));
  for (const { from, at } of toolchains.shown) {
    if (!inside(HOME_PLACE, at)) continue;
    const place = join(support.home, relative(HOME_PLACE, at));
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(from, place);
  }
  if (git !== undefined) writeFileSync(join(support.programs, "git"), gitInPlace(git.program, git.directory, git.root), { mode: 0o755 });
  return support;
}

/** Nothing may run in them any more. */
export async function removeSupport({ folder }: Support): Promise<void> {
  // What a program made in its home may refuse to go. It harms nobody there, and goes with the run.
  await promisify(execFile)("/bin/sh", ["-c", 'chmod -R u+rwx "$1"; rm -rf "$1"', "vigil-remove", folder]).catch(() => undefined);
}
