// Asks the kernel what an overlay shows. Whether an upper folder hides the one below is written in an extended attribute
// that Node cannot read, so the overlay is mounted once more, read-only and in a namespace of its own, and looked at.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import { records } from "./host.js";

/**
 * Names that each of `folders` (relative, in latin1 form, `""` is the top) shows where `upper` lies over `lower`.
 * `scratch` is an existing folder for the mount point. Linux only; needs user namespaces, as the overlay itself did.
 */
export async function shownNames(upper: string, lower: string, folders: readonly string[], scratch: string): Promise<Map<string, Set<string>>> {
  const shown = new Map<string, Set<string>>(folders.map((folder) => [folder, new Set<string>()]));
  if (folders.length === 0) return shown;
  await mkdir(scratch, { recursive: true });
  const at = await mkdtemp(join(scratch, "view-"));
  try {
    // Two lower layers and no upper one: the kernel writes nothing, and the layer may still be in use elsewhere.
    const script = 'mount -t overlay overlay -o "$1" "$2" && cd "$2" && exec xargs -0 sh -c \'exec find "$@" -mindepth 1 -maxdepth 1 -print0\' find';
    const options = `lowerdir=${escaped(upper)}:${escaped(lower)},userxattr`;
    const input = Buffer.from(folders.map((folder) => `${folder === "" ? "." : `./${folder}`}\0`).join(""), "latin1");
    for (const path of records(await output(["-Urm", "sh", "-c", script, "sh", options, at], input))) {
      const cut = path.lastIndexOf("/");
      shown.get(path.slice(2, Math.max(2, cut)))?.add(path.slice(cut + 1));
    }
  } finally {
    await rmdir(at);
  }
  return shown;
}

function output(args: readonly string[], input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("unshare", args, { stdio: ["pipe", "pipe", "pipe"], env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") reject(error);
    });
    child.on("error", (error) => reject(unreadable(error.message)));
    child.on("close", (code) => (code === 0 ? resolve(Buffer.concat(out)) : reject(unreadable(Buffer.concat(err).toString("utf8").trim()))));
    child.stdin.end(input);
  });
}

function unreadable(why: string): HumanError {
  return new HumanError(`The throw-away layer could not be read, so what was written there is not known and nothing of it is kept (${why}). Run vigil doctor to see whether user namespaces work on this machine.`);
}

/** For the option list of overlayfs, in which colon, comma and backslash have a meaning. */
const escaped = (path: string): string => path.replace(/[\\:,]/g, "\\$&");
