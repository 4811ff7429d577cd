// Programs that the product never ships: built from its sources with a defence taken out, or with a place to die at.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** One change of a source. `find` must stand in the file exactly once, so that no edit goes stale unnoticed. */
export interface Edit {
  /** From the project's root: `src/store/append.ts`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const project = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const run = promisify(execFile);

/** Builds the three bundles with the edits applied into `folder`, for `Lab.dist`. Rejects with what the build said. */
export async function bundleWith(edits: readonly Edit[], folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const list = join(folder, "edits.json");
  await writeFile(list, JSON.stringify(edits));
  await run(process.execPath, [join(project, "build.mjs"), "bundle", folder, list], { cwd: project });
  return folder;
}
