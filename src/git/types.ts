// The shapes that the verbs of this folder share.
import type { Sha } from "../core/log/parts.js";

/** The user's repository, as found from a folder. Read-only to Vigil except where `land.ts` says so. */
export interface Repository {
  /** Top of the checkout, real path. */
  readonly root: string;
  /** The git directory of this checkout, and the common one (the same unless it is a linked worktree). */
  readonly gitDir: string;
  readonly commonDir: string;
  /** The commit at HEAD. */
  readonly head: Sha;
  /** Branch at HEAD, short name; undefined when detached. */
  readonly branch: string | undefined;
}

/** A run's isolated worktree. `home` is the run's folder among the worktrees; the others lie in it or in the run's record. */
export interface Worktree {
  /** The run's id: names the refs that belong to it. */
  readonly run: string;
  /** `<worktrees>/<run>`: everything of this run outside its record. */
  readonly home: string;
  /** `<home>/tree`: the files. */
  readonly root: string;
  /** `<commonDir>/vigil/runs/<run>/git`: the runner's git directory, never visible in the sandbox. */
  readonly gitDir: string;
  /** The private persistent index that belongs to `root`. */
  readonly index: string;
  /** `<home>/agent-git`: the agent's own git directory, remade with every workshop; host git never opens it. */
  readonly agentGit: string;
  /** `<home>/history`: object store that the agent's git borrows from, read-only in the sandbox. */
  readonly history: string;
  /** `<home>/layers`: upper and work folders. */
  readonly layers: string;
}
