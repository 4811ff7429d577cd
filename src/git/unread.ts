// git takes a file that it could not read for an edited one. Asked of what it calls edited, this tells the two apart.
import { createReadStream } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { systemRefusal } from "../core/system-error.js";

/** Rejects with SystemRefused when the disk or a limit keeps one of `paths` below `root` from being read. */
export async function refuseUnread(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      const file = join(root, path);
      if (!(await lstat(file)).isFile()) continue;
      await finished(createReadStream(file).resume());
    } catch (error) {
      // What is gone, or not this user's to read, is as good as edited.
      const told = systemRefusal(error);
      if (told !== undefined) throw told;
    }
  }
}
