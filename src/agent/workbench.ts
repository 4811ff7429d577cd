// What the loop is given by the runner: everything it may see and do. The loop itself touches no file, process or clock.
import type { LoggedEvent, RunEvent } from "../core/log/event.js";
import type { BlobId } from "../core/log/parts.js";
import type { Run } from "../core/run/run.js";

/** One tool call of a reply, waiting for its answer. */
export interface PendingCall {
  readonly id: string;
  readonly tool: string;
  readonly input: unknown;
  readonly turn: number;
  /** Broken off by the token limit: it must be answered as not run. */
  readonly cut: boolean;
}

/** Why the loop ends. `finished`: the agent called finish, or stopped talking after the nudge. */
export type LoopEnd =
  | { readonly kind: "finished" }
  | { readonly kind: "stopped"; readonly why: string }
  | { readonly kind: "paused"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

export type Leave =
  | { readonly kind: "go"; readonly maxTokens: number; readonly model: string }
  | { readonly kind: "end"; readonly end: LoopEnd };

export interface Workbench {
  /** Milliseconds by a clock that nobody sets and that a sleeping machine stops: for measuring only. */
  now(): number;
  /** Epoch milliseconds as people have them. Somebody may set this clock, so nothing is measured by it. */
  wallClock(): number;
  /** Resolves after so many milliseconds, however the clocks are set meanwhile, or when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Durable when it resolves; afterwards `run()` and `events()` hold it. */
  append(...events: readonly RunEvent[]): Promise<void>;
  readonly blobs: { put(content: string): Promise<BlobId>; text(id: BlobId): Promise<string> };
  events(): readonly LoggedEvent[];
  run(): Run;
  /** Holds while the run is paused or out of budget; says how many tokens the reply may have, or that the loop must end. */
  beforeTurn(estimatedInputTokens: number): Promise<Leave>;
  /**
   * Judges and runs one call. When it resolves, the log holds a `step.finished` for `call.id`. `next`: go on with the
   * following call of the reply; `skip`: answer the rest "not run"; `end`: the loop must end (the rest is answered).
   */
  perform(call: PendingCall): Promise<{ readonly kind: "next" } | { readonly kind: "skip" } | { readonly kind: "end"; readonly end: LoopEnd }>;
  /** Answers a call as not run: `why` is the reason, to which the bench adds "not run: ". Logs its `step.finished`. */
  skip(call: PendingCall, why: string): Promise<void>;
  /** A turn ended without tool calls. Adds the nudge and goes on, or ends the loop. */
  afterSilence(): Promise<{ readonly kind: "go" } | { readonly kind: "end"; readonly end: LoopEnd }>;
}
