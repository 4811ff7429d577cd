// Remembers which tree a private index holds, so that git need not be asked after every step. The note lies beside the
// index, out of any agent's reach, and counts only while the index is the very file that it was written about.
import { stat, writeFile } from "node:fs/promises";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { git } from "./host.js";
import type { Door } from "./host.js";
import { pastStaleLock } from "./index-lock.js";
import { textOf } from "./private-git.js";

/** The tree of everything in the index. */
export async function treeOfIndex(door: Required<Door>): Promise<Sha> {
  const noted = /^([0-9a-f]+) (.+)$/.exec((await textOf(noteOf(door.index))) ?? "");
  const now = noted === null ? undefined : await signature(door.index);
  if (now !== undefined && noted?.[2] === now) return sha.parse(noted[1]);
  const tree = sha.parse((await pastStaleLock(door.index, () => git(door, ["write-tree"]))).stdout.toString("utf8").trim());
  await noteTree(door, tree);
  return tree;
}

/** Notes what the index holds now. Half a note, after a crash, fits no index. */
export async function noteTree(door: Required<Door>, tree: Sha): Promise<void> {
  const now = await signature(door.index);
  if (now !== undefined) await writeFile(noteOf(door.index), `${tree} ${now}`);
}

const noteOf = (index: string): string => `${index}.vigil-tree`;

/** git replaces an index by renaming, so another index is another inode with other times. */
async function signature(index: string): Promise<string | undefined> {
  const found = await stat(index, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return found === undefined ? undefined : [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(".");
}
