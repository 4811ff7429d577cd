// The place a front end works from: the repository, its runs, and the folders that every front end shares. Opening it
// writes nothing.
import { join } from "node:path";
import type { Repository } from "../git/types.js";
import { findRepository } from "../git/repository.js";
import { dataFolder } from "../store/data-folder.js";
import { fileStore } from "../store/file-store.js";
import type { Store } from "../store/store.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a command was given. Everything that depends on the process or the machine comes in here, once. */
export interface Place {
  /** The folder the person is in, or names with --repo. */
  readonly folder: string;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** The person's home folder. */
  readonly home: string;
  /** What the person set in the front end's own settings, by full name; they count beside those of their file. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folder that holds the built bundles, with `media` beside it. */
  readonly program: string;
  /** The node that starts runners. */
  readonly node: string;
}

export interface Workspace {
  readonly place: Place;
  readonly repository: Repository;
  readonly store: Store;
  /** `<git common dir>/vigil/runs`. */
  readonly runsFolder: string;
  /** Vigil's own folder of this person: worktrees, copies of the runner, confirmed policies. */
  readonly dataFolder: string;
}

/** Throws HumanError (exit 2) where there is no repository that a run could start from. */
export async function openRepository(place: Place): Promise<Workspace> {
  const repository = await findRepository(place.folder);
  const runsFolder = join(repository.commonDir, "vigil", "runs");
  return { place, repository, runsFolder, store: fileStore(runsFolder), dataFolder: dataFolder(place.env, place.platform, place.home) };
}
