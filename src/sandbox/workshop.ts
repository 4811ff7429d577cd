// The agent's tools in one confined process, told what to do over stdio. The caller judges every call before it comes here.
import type { Sha } from "../core/log/parts.js";
import type { Contact } from "./sandbox.js";

/** One call of the toolset. Inputs are the SDK's agent toolset's (bash, read, write, edit, glob, grep). */
export interface ToolCall {
  readonly id: string;
  readonly tool: string;
  readonly input: unknown;
  /** Milliseconds after which the call is given up and answered as an error. */
  readonly timeoutMs: number;
}

/** What a call gave. `text` is capped; `exit` only for bash; `tree` only where a write goes into git objects, not files. */
export type ToolResult =
  | { readonly kind: "ok"; readonly text: string; readonly exit: number | undefined; readonly tree?: Sha }
  | { readonly kind: "error"; readonly text: string; readonly exit: number | undefined }
  /** The workshop died or was killed while the call ran. */
  | { readonly kind: "lost"; readonly why: string };

/** What is carried from one workshop to the next. */
export interface Carried {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A running workshop. One call at a time. */
export interface Workshop {
  call(call: ToolCall): Promise<ToolResult>;
  /** Working directory and exported environment of its shell, and the processes still running in it. */
  farewell(): Promise<{ readonly carried: Carried; readonly processes: readonly string[] }>;
  kill(): Promise<void>;
  /** Hosts that were reached or refused since the last time; also once it has ended. */
  contacts(): Promise<readonly Contact[]>;
  readonly exited: Promise<void>;
}
