// Makes what would be mounted elsewhere: dependency folders are copied into the tree, and the layer over the tree is a copy
// of the whole. On APFS a copy shares its blocks until one side is written. No confined process may be running in the tree.
import { execFile } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { HumanError } from "../../core/error.js";
import { COPIED } from "../copy-layers.js";
import type { Walls } from "../sandbox.js";

const run = promisify(execFile);

/** The `cp` that this system has. */
const CLONE: Partial<Record<NodeJS.Platform, readonly string[]>> = { darwin: ["-c", "-pPR"], linux: ["-a", "--reflink=auto"] };
const PLAIN = ["-pPR"];

/** Words to put before a copying program, so that it can read only the one folder and write only the other. */
export type ConfineCopy = (from: string, to: string) => readonly string[];

/**
 * Safe to repeat after a crash: a copy is made under another name and takes its place when it is whole. Copying is confined
 * itself, because a process in the tree could turn a folder into a link while it is read.
 */
export async function makeCopies(walls: Walls, confine: ConfineCopy): Promise<void> {
  const { tree } = walls;
  if (tree.kind !== "layer") return putDependencies(walls, walls.root, confine);
  const marker = join(tree.work, COPIED);
  if (existsSync(marker)) return;
  mkdirSync(tree.work, { recursive: true });
  const making = `${tree.upper}.making`;
  await copy(tree.lower ?? walls.root, making, confine);
  // Into the copy, where no other process can get in the way.
  await putDependencies(walls, making, confine);
  rmSync(tree.upper, { recursive: true, force: true });
  renameSync(making, tree.upper);
  writeFileSync(marker, "");
}

async function putDependencies(walls: Walls, root: string, confine: ConfineCopy): Promise<void> {
  for (const { at, lower, work } of walls.layers) await putDependency(root, relative(walls.root, at), lower, work, confine);
}

/** What stands there already stays: an earlier program's, which could write it as it could write a layer. */
async function putDependency(root: string, at: string, lower: string, work: string, confine: ConfineCopy): Promise<void> {
  if (!realFolder(root, dirname(at))) return;
  const place = join(root, at);
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found !== undefined && (!found.isDirectory() || readdirSync(place).length > 0)) return;
  const making = join(work, "making");
  await copy(lower, making, confine);
  // Takes the place of an empty folder, and never goes through a link.
  renameSync(making, place);
}

/** Makes what is missing; false where the agent put something else in the way. */
function realFolder(root: string, way: string): boolean {
  let at = root;
  for (const part of way === "." ? [] : way.split("/")) {
    at = join(at, part);
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined) mkdirSync(at);
    else if (!found.isDirectory()) return false;
  }
  return true;
}

async function copy(from: string, to: string, confine: ConfineCopy): Promise<void> {
  for (const how of [CLONE[process.platform] ?? PLAIN, PLAIN]) {
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { recursive: true });
    try {
      const [program, ...words] = [...confine(from, to), "/bin/cp", ...how, "--", `${from}/.`, to];
      await run(program, words);
      return;
    } catch (error) {
      // Another file system, or the confinement, may not be able to share blocks; a plain copy then serves as well.
      if (how === PLAIN) {
        const why = error instanceof Error ? error.message : String(error);
        throw new HumanError(`The copy of ${from} for the sandbox could not be made (${why}). Free some disk space, or check who owns that folder, and start again.`);
      }
    }
  }
}
