// The walls, as an interface. A backend confines a process or says why it cannot; it never judges and never weakens.
import type { Readable, Writable } from "node:stream";

export interface Probe {
  readonly name: string;
  readonly passed: boolean;
  readonly detail?: string;
}

export interface SelfTest {
  readonly backend: string;
  readonly passed: boolean;
  readonly probes: readonly Probe[];
  readonly ms: number;
  /** What a person can do about a failure: one whole sentence, the exact command in it. */
  readonly remedy?: string;
}

/** A folder that several lower layers make up; writes go to `upper`, never below. */
export interface LayerMount {
  /** Absolute path that the process sees. */
  readonly at: string;
  /** Absolute host folder underneath. */
  readonly lower: string;
  /** Absolute host folder that takes the writes, with `work` beside it on the same file system. */
  readonly upper: string;
  readonly work: string;
}

/** Everything a confined process may see and do. Anything not named is masked, read-only or refused. */
export interface Walls {
  /** Absolute host path of the tree that the process works in. It sees the same path, or the one that `Sandbox.rootInside` names. */
  readonly root: string;
  /** `write`: the folder itself. `read`: read-only. `layer`: a throw-away layer over it, or over `lower` in its place. */
  readonly tree: { readonly kind: "write" } | { readonly kind: "read" } | { readonly kind: "layer"; readonly upper: string; readonly work: string; readonly lower?: string };
  /** Folders mounted inside the tree, such as dependency folders. */
  readonly layers: readonly LayerMount[];
  /** A git directory that appears as `<root>/.git`, writable; and object folders it borrows from, read-only at the same path. */
  readonly git: { readonly dir: string; readonly borrows: readonly string[] } | undefined;
  /** Absolute paths in the tree that are shown empty. */
  readonly hidden: readonly string[];
  /** Absolute paths in the tree that are read-only even where the tree is writable. */
  readonly readOnly: readonly string[];
  /** Additional absolute host paths bound read-only at the same path. */
  readonly reads: readonly string[];
  /** Complete environment besides what the backend needs (PATH, HOME, TMPDIR are the backend's). */
  readonly env: Readonly<Record<string, string>>;
  /** Working directory inside; defaults to root. */
  readonly cwd?: string;
  /** Hosts that may be reached, as settings name them; none where absent. Everything else stays out of reach. */
  readonly hosts?: readonly string[];
}

/** Connections of a confined program to one host: let through, or refused and why, as a clause. Never what was said. */
export interface Contact {
  readonly host: string;
  /** 0 where the entry stands for several. */
  readonly port: number;
  readonly count: number;
  readonly refused?: string | undefined;
}

/** A confined process. `kill` ends the whole process tree and resolves when none of it is left. */
export interface Confined {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  kill(): Promise<void>;
  /** Hosts that were reached or refused since the last time; empty where the walls open none. */
  contacts(): Promise<readonly Contact[]>;
}

export interface Sandbox {
  readonly name: string;
  /** False where nothing can be put into a tree but by copying: dependency folders then really stand in the worktree. */
  readonly mounts: boolean;
  /** True when a throw-away layer is an overlay; else the caller gets a scratch copy made by the backend. */
  readonly layersAreOverlays: boolean;
  /** Where the tree stands inside: as the walls say, except where nothing can be mounted and a layer is a copy elsewhere. */
  rootInside(walls: Walls): string;
  selfTest(): Promise<SelfTest>;
  /** Proves that single hosts can be opened and nothing else is open then. Run it only where hosts are wanted. */
  hostsTest(): Promise<SelfTest>;
  /** Starts a program confined. Rejects with HumanError when the walls cannot be put up. Never runs it unconfined. */
  spawn(walls: Walls, command: readonly string[]): Promise<Confined>;
}

