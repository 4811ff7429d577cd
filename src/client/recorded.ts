// The recorded sample: one finished rehearsal, shown where no run can be confined. It is read like any other run.
import { cp, mkdir, mkdtemp, readdir, readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileStore } from "../store/file-store.js";
import type { Store } from "../store/store.js";
import type { Place } from "./open-repository.js";
import { readRun, type RunView } from "./read-run.js";
import { mediaFolder } from "./rehearse.js";

export interface Recorded {
  readonly store: Store;
  readonly view: RunView;
  /** What the run changed, each hunk with its reason: its git data is not part of the recording. */
  readonly diff: string;
  /** The commits that it landed. */
  readonly landed: string;
}

/** Undefined where this installation carries no recording. */
export async function recordedRehearsal(place: Place): Promise<Recorded | undefined> {
  const recorded = join(mediaFolder(place), "recorded");
  const names = await readdir(recorded).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (!names.includes("runs")) return undefined;
  // Read from a copy: an installation may be read-only, and the store makes what an archive drops, such as empty folders.
  const runs = await realpath(await mkdtemp(join(tmpdir(), "vigil-recorded-")));
  await cp(join(recorded, "runs"), runs, { recursive: true });
  const store = fileStore(runs);
  const [id] = await store.list();
  if (id === undefined) return undefined;
  for (const folder of ["inbox", "blobs"]) await mkdir(join(runs, id, folder), { recursive: true });
  const view = await readRun(store, id);
  if (view === undefined) return undefined;
  return { store, view, diff: await readFile(join(recorded, "diff.txt"), "utf8"), landed: await readFile(join(recorded, "landed.txt"), "utf8") };
}
