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

/** Safe to repeat after a crash: a copy is made under another name and takes its place when it is whole. */
export async function makeCopies(walls: Walls): Promise<void> {
  const { tree } = walls;
  const under = tree.kind === "layer" ? (tree.lower ?? walls.root) : walls.root;
  // First, so that a copy of the tree has them too, as they are and with their times.
  for (const { at, lower, work } of walls.layers) await putDependency(under, relative(walls.root, at), lower, work);
  if (tree.kind === "layer") await copyTree(under, tree.upper, tree.work);
}

async function copyTree(lower: string, upper: string, work: string): Promise<void> {
  const marker = join(work, COPIED);
  if (existsSync(marker)) return;
  mkdirSync(work, { recursive: true });
  const making = `${upper}.making`;
  await copy(lower, making);
  rmSync(upper, { recursive: true, force: true });
  renameSync(making, upper);
  writeFileSync(marker, "");
}

/** What stands there already stays: an earlier program's, which could write it as it could write a layer. */
async function putDependency(root: string, at: string, lower: string, work: string): Promise<void> {
  if (!realFolder(root, dirname(at))) return;
  const place = join(root, at);
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found !== undefined && (!found.isDirectory() || readdirSync(place).length > 0)) return;
  const making = join(work, "making");
  await copy(lower, making);
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

async function copy(from: string, to: string): Promise<void> {
  for (const how of [CLONE[process.platform] ?? PLAIN, PLAIN]) {
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { recursive: true });
    try {
      await run("/bin/cp", [...how, "--", `${from}/.`, to]);
      return;
    } catch (error) {
      // Another file system may not be able to share blocks; a plain copy then serves as well.
      if (how === PLAIN) {
        const why = error instanceof Error ? error.message : String(error);
        throw new HumanError(`The copy of ${from} for the sandbox could not be made (${why}). Free some disk space, or check who owns that folder, and start again.`);
      }
    }
  }
}
