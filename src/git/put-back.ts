// Writes files of a tree to their places in a folder in which nothing else writes now. It never writes or deletes through a
// link: what stands in the way of a folder or a file is taken away itself.
import { lstat, mkdir, symlink, unlink, writeFile } from "node:fs/promises";
import { erase } from "./erase.js";

export interface FileToPut {
  /** Repo-relative. */
  readonly path: string;
  /** As octal text: 100644, 100755 or 120000. */
  readonly mode: string;
  /** Of a link: its target. */
  readonly bytes: Uint8Array;
}

/** Byte for byte, with the executable bit and nothing else of a mode. */
export async function putBack(root: string, { path, mode, bytes }: FileToPut): Promise<void> {
  const parts = path.split("/");
  for (let depth = 1; depth < parts.length; depth += 1) {
    const folder = `${root}/${parts.slice(0, depth).join("/")}`;
    const kind = await kindOf(folder);
    if (kind === "folder") continue;
    if (kind === "other") await unlink(folder);
    await mkdir(folder);
  }
  const place = `${root}/${path}`;
  const kind = await kindOf(place);
  if (kind === "folder") await erase(place);
  else if (kind === "other") await unlink(place);
  // A new file each time: an old one may have other names, and a process that died may have shared it.
  if (mode === "120000") await symlink(Buffer.from(bytes), place);
  else await writeFile(place, bytes, { flag: "wx", mode: mode === "100755" ? 0o777 : 0o666 });
}

async function kindOf(path: string): Promise<"folder" | "other" | "nothing"> {
  return lstat(path).then(
    (found) => (found.isDirectory() ? "folder" : "other"),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "nothing";
      throw error;
    },
  );
}
