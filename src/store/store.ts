// Where runs are kept, as an interface that another store can implement. It stores and hands out; it never decides.
import type { Posted } from "../core/command.js";
import type { LoggedEvent, RunEvent } from "../core/log/event.js";
import type { BlobId } from "../core/log/parts.js";
import type { Condensed } from "../core/run/condensed.js";
import type { Run, RunId, StepEntry } from "../core/run/run.js";

/** A run that has ended, without reading its log. */
export interface AtRest {
  readonly condensed: Condensed;
  /** Reads them now, in this very call: a run's list of steps is a plain value. Throws HumanError where they are damaged. */
  readonly steps: () => readonly StepEntry[];
}

/** Who holds a run's lock. Information only: the lock itself is the kernel's. */
export interface LockInfo {
  readonly pid: number;
  readonly host: string;
  readonly boot: string;
  /** Epoch milliseconds. */
  readonly started: number;
}

/** A bad or missing place in the log before its durable end. `seq` is the last good event, 0 for none. */
export interface Damage {
  readonly seq: number;
  readonly problem: string;
}

export interface Blobs {
  /** Durable when it resolves. */
  put(content: string | Uint8Array): Promise<BlobId>;
  /** Throws HumanError naming the blob when it is missing or does not match its name. */
  get(id: BlobId): Promise<Uint8Array>;
  text(id: BlobId): Promise<string>;
}

/** An inbox file that was parsed; `problem` instead of `body` when it could not be. */
export type InboxItem =
  | { readonly id: string; readonly kind: "posted"; readonly body: Posted }
  | { readonly id: string; readonly kind: "unreadable"; readonly problem: string; readonly raw: string };

/** Reading and posting: what every front end may do. */
export interface RunLog {
  readonly id: RunId;
  /** Folder of the run; `undefined` in a store that has none. */
  readonly folder: string;
  readonly blobs: Blobs;
  /** Events with seq >= from, in order, up to the durable end. Throws HumanError naming the place when damaged. */
  read(from?: number): AsyncIterable<LoggedEvent>;
  /** As read, then waits for more until the signal aborts. Never repeats, never skips. */
  follow(from: number, signal: AbortSignal): AsyncIterable<LoggedEvent>;
  /** Puts a command into the inbox; durable when it resolves with the command's id. */
  post(command: Posted): Promise<string>;
  /** What the last runner left for readers, where the run has ended and the log is as it was then. */
  atRest(): Promise<AtRest | undefined>;
  /** The living runner, or undefined when nobody holds the lock. */
  holder(): Promise<LockInfo | undefined>;
  /** Everything wrong with the log, the blobs it names and the head; empty when whole. */
  verify(): Promise<readonly Damage[]>;
}

/** What only the holder of the run's lock may do. */
export interface RunWriter {
  readonly log: RunLog;
  /** What opening set aside: bytes of a torn tail and the file they went to. */
  readonly repaired: { readonly bytes: number; readonly aside: string } | undefined;
  /** Events so far, read once at opening. */
  readonly events: readonly LoggedEvent[];
  /** Appends as one durable write, `at` taken from the clock given at opening. Throws WriteFailed; then nothing was appended. */
  append(...events: readonly RunEvent[]): Promise<readonly LoggedEvent[]>;
  /** Inbox items in posting order. */
  inbox(): Promise<readonly InboxItem[]>;
  /** Removes an item after it was logged. */
  consume(id: string): Promise<void>;
  /** Leaves readers the log condensed, if the run has ended and is long. `events`: all there are. Nothing is appended after it. */
  leaveAtRest(events: readonly LoggedEvent[], run: Run): Promise<void>;
  /** Calls back whenever the inbox may have changed, until disposed. */
  watchInbox(changed: () => void): { dispose(): void };
  close(): Promise<void>;
}

export interface Store {
  /** Ids, newest first. */
  list(): Promise<readonly RunId[]>;
  exists(id: RunId): Promise<boolean>;
  /** Makes the run's folder; fails when it exists. */
  create(id: RunId): Promise<RunLog>;
  open(id: RunId): RunLog;
  /** Takes the lock, repairs a torn tail, reads the log. `held` when somebody else has it. */
  write(id: RunId, clock: () => number): Promise<{ readonly kind: "writer"; readonly writer: RunWriter } | { readonly kind: "held"; readonly by: LockInfo | undefined }>;
  /** Deletes the run's bulk (git data, worktree copies are the caller's) but keeps its record, unless `everything`. */
  remove(id: RunId, everything: boolean): Promise<void>;
}
