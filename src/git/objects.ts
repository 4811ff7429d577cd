// Writes git objects into the runner's private git directory without starting a git: as loose files, the same bytes that
// git would write, durable before their name can be found. It must never be pointed at the person's repository.
import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, rename } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createDeflate, deflate } from "node:zlib";
import { HumanError } from "../core/error.js";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { erase } from "./erase.js";

const deflated = promisify(deflate);
/** Speed over size: these objects are read a few times, and landing packs what it takes. */
const level = 1;

type ObjectKind = "blob" | "tree" | "commit";

export interface ObjectFolder {
  readonly gitDir: string;
  /** Any object id of the repository: its length tells SHA-1 from SHA-256. */
  readonly like: Sha;
}

/** The id that git gives to these bytes. */
export function objectId(folder: ObjectFolder, kind: ObjectKind, bytes: Uint8Array): Sha {
  return sha.parse(digest(folder, kind, bytes.length).update(bytes).digest("hex"));
}

/** A hash that was given the header of an object of `size` bytes. */
export function digest({ like }: ObjectFolder, kind: ObjectKind, size: number): ReturnType<typeof createHash> {
  return createHash(like.length === 64 ? "sha256" : "sha1").update(`${kind} ${size}\0`);
}

/** Stores an object whose id is known; durable when it resolves. What is there already is not written again. */
export async function writeObject(folder: ObjectFolder, kind: ObjectKind, object: Sha, bytes: Uint8Array): Promise<void> {
  await place(folder, object, async (file) => {
    await file.writeFile(await deflated(Buffer.concat([Buffer.from(`${kind} ${bytes.length}\0`), bytes]), { level }));
  });
}

/** The same for a file's content that is too large to hold: `read` gives it piece by piece, `size` bytes in all. */
export async function writeLargeBlob(folder: ObjectFolder, object: Sha, size: number, read: () => AsyncIterable<Uint8Array>): Promise<void> {
  await place(folder, object, async (file) => {
    const packed = createDeflate({ level });
    const hash = digest(folder, "blob", size);
    const feeding = (async () => {
      packed.write(`blob ${size}\0`);
      for await (const piece of read()) {
        hash.update(piece);
        if (!packed.write(piece)) await new Promise((resolve) => packed.once("drain", resolve));
      }
      packed.end();
    })();
    // Whoever waits for the pieces hears of a failed read; nobody waits for the feeding alone.
    feeding.catch((error: unknown) => packed.destroy(error instanceof Error ? error : new Error(String(error))));
    for await (const piece of packed) await file.write(piece as Uint8Array);
    await feeding;
    if (hash.digest("hex") !== object) throw new ContentMoved();
  });
}

/** A file changed between being read for its id and being read for its content. */
export class ContentMoved extends Error {}

async function place(folder: ObjectFolder, object: Sha, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const home = join(folder.gitDir, "objects", object.slice(0, 2));
  const path = join(home, object.slice(2));
  if (await access(path, constants.F_OK).then(() => true, () => false)) return;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const draft = join(home, `tmp_obj_${randomUUID()}`);
  try {
    const file = await open(draft, "wx", 0o444);
    try {
      await fill(file);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await erase(draft);
    throw isFull(error) ? new HumanError(`A checkpoint could not be written, because the disk is full (${path}). What was written before is kept. Free some space and try again; a run goes on with vigil resume.`) : error;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}
