// What the parts of one runner share. Made once in `runner.ts`; it holds values and other parts, and decides nothing.
import type { Repository, Worktree } from "../git/types.js";
import type { Sandbox } from "../sandbox/sandbox.js";
import type { Repeats } from "./goals/repeats.js";
import type { HostSupport } from "./host-support.js";
import type { Ledger } from "./ledger.js";
import type { RunPlace } from "./run-place.js";
import type { Shop } from "./shop.js";

export interface Site {
  readonly ledger: Ledger;
  readonly repository: Repository;
  readonly worktree: Worktree;
  readonly sandbox: Sandbox;
  readonly hosts: HostSupport;
  readonly shop: Shop;
  /** Gives goals up by rule. Call it only where no tool runs; true where the goal that was worked on was given up. */
  readonly watchGoals: (what?: "rules" | "wishes") => Promise<boolean>;
  /** Knows which calls gave the same again. */
  readonly repeats: Repeats;
  /** Among the runs that work at the same time. */
  readonly place: RunPlace;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Applies what people decided meanwhile and waits for a safe point: rejections that take a stack out of the worktree. */
  readonly settle: () => Promise<void>;
  /** US dollars that all runs of the repository spent since local midnight. */
  readonly spentToday: () => Promise<number>;
  /** Aborts when the run must stop at once: a stop, a lost log, a signal. */
  readonly halt: AbortSignal;
}
