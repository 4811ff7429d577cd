// Reads what stands at one path of a folder that a hostile process may be changing this moment, and stores it as an object.
// It must never follow a link: not at the path's end, and not where a folder on the way was swapped for one.
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readlinkSync, readSync } from "node:fs";
import type { Stats } from "node:fs";
import { chmod } from "node:fs/promises";
import { sha } from "../core/log/parts.js";
import type { Sha } from "../core/log/parts.js";
import { ContentMoved, digest, objectId, writeLargeBlob, writeObject } from "./objects.js";
import type { ObjectFolder } from "./objects.js";

/** `special`: a pipe, socket or device, or a place that would not stand still. */
export type Entry = { readonly kind: "entry"; readonly mode: string; readonly object: Sha } | { readonly kind: "gone" } | { readonly kind: "special" };

/** Above this a file is read in pieces, because several could be held at once. */
const LARGE = 8 * 1024 * 1024;
const PIECE = 1024 * 1024;
/** A place that is swapped each time it is looked at is not worth a tenth look. */
const LOOKS = 10;

/**
 * `root` is a real path, `name` in the latin1 form of `records`. `known` is the object that need not be stored, because
 * the repository has it. The object is durable when this resolves.
 */
export async function entryAt(root: string, name: string, objects: ObjectFolder, known: Sha | undefined): Promise<Entry> {
  const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, "latin1")]);
  for (let look = 1; ; look += 1) {
    const found = lstatIn(path);
    if (found === undefined || found.isDirectory()) return { kind: "gone" };
    const entry = found.isSymbolicLink() ? await linkAt(path, objects, known) : found.isFile() ? await fileAt(path, found.mode, objects, known) : { kind: "special" as const };
    if (entry !== "moved") return entry;
    // Behind a link there is nothing of this folder, whatever the link shows.
    if (isBehindLink(root, name)) return { kind: "gone" };
    if (look === LOOKS) return { kind: "special" };
  }
}

async function linkAt(path: Buffer, objects: ObjectFolder, known: Sha | undefined): Promise<Entry | "moved"> {
  const cut = path.lastIndexOf(0x2f);
  const folder = opened(path.subarray(0, cut), constants.O_RDONLY | constants.O_DIRECTORY);
  if (typeof folder !== "number") return "moved";
  let target: Buffer;
  try {
    if (!isReally(folder, path.subarray(0, cut))) return "moved";
    target = readlinkSync(throughDescriptor(folder, path, cut), { encoding: "buffer" });
  } catch (error) {
    if (isMoved(error)) return "moved";
    throw error;
  } finally {
    closeSync(folder);
  }
  const object = objectId(objects, "blob", target);
  if (object !== known) await writeObject(objects, "blob", object, target);
  return { kind: "entry", mode: "120000", object };
}

async function fileAt(path: Buffer, permissions: number, objects: ObjectFolder, known: Sha | undefined): Promise<Entry | "moved"> {
  // Not blocking: a pipe may have taken the file's place.
  const file = opened(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (file === "closed") {
    await chmod(path, permissions | 0o400);
    return "moved";
  }
  if (file === undefined) return "moved";
  try {
    const found = fstatSync(file);
    if (!found.isFile() || !isReally(file, path)) return "moved";
    const mode = (found.mode & 0o100) !== 0 ? "100755" : "100644";
    if (found.size > LARGE) return { kind: "entry", mode, object: await largeFile(file, found.size, objects, known) };
    const bytes = readFileSync(file);
    const object = objectId(objects, "blob", bytes);
    if (object !== known) await writeObject(objects, "blob", object, bytes);
    return { kind: "entry", mode, object };
  } catch (error) {
    if (error instanceof ContentMoved) return "moved";
    throw error;
  } finally {
    closeSync(file);
  }
}

async function largeFile(file: number, size: number, objects: ObjectFolder, known: Sha | undefined): Promise<Sha> {
  const hash = digest(objects, "blob", size);
  for await (const piece of piecesOf(file, size)) hash.update(piece);
  const object = sha.parse(hash.digest("hex"));
  if (object !== known) await writeLargeBlob(objects, object, size, () => piecesOf(file, size));
  return object;
}

async function* piecesOf(file: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; ) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, size - at));
    const read = readSync(file, piece, 0, piece.length, at);
    if (read === 0) throw new ContentMoved();
    at += read;
    yield piece.subarray(0, read);
    // Others get their turn: a file of gigabytes must not hold up a person's stop.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function isBehindLink(root: string, name: string): boolean {
  const parts = name.split("/");
  return parts.slice(1).some((_, n) => lstatIn(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(parts.slice(0, n + 1).join("/"), "latin1")]))?.isDirectory() !== true);
}

function lstatIn(path: Buffer): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isMoved(error)) return undefined;
    throw error;
  }
}

/** A descriptor of what is there, never of what a link there points at; "closed" where our own permission is missing. */
function opened(path: Buffer, flags: number): number | "closed" | undefined {
  try {
    return openSync(path, flags | constants.O_NOFOLLOW);
  } catch (error) {
    if (isMoved(error)) return undefined;
    if (error instanceof Error && "code" in error && error.code === "EACCES") return "closed";
    throw error;
  }
}

/** Whether the descriptor's file lies where it was asked for: a folder on the way may have been a link at that moment. */
function isReally(descriptor: number, path: Buffer): boolean {
  if (process.platform !== "linux") return true;
  return readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: "buffer" }).equals(path);
}

/** The same place as `path`, by way of its folder's descriptor where the system offers that. */
function throughDescriptor(folder: number, path: Buffer, cut: number): Buffer {
  return process.platform === "linux" ? Buffer.concat([Buffer.from(`/proc/self/fd/${folder}`), path.subarray(cut)]) : path;
}

function isMoved(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR", "ELOOP", "EINVAL", "ENXIO"].includes(String(error.code));
}
