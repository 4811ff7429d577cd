// What a run under fire is made of: a model's words, and a person who looks at what stands and does the next thing. Both
// choose by what they see alone, so that it does not matter how often anything was killed in between.
import type { Script, ScriptBlock } from "../../../src/agent/scripted/script.js";
import type { EventKind, LoggedEvent } from "../../../src/core/log/event.js";
import type { Run } from "../../../src/core/run/run.js";
import type { Stage } from "../../../src/core/stage.js";

export interface Scenario {
  readonly name: string;
  readonly task: string;
  readonly stage: Stage;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly script: Script;
  /** What the person does now that the run waits for one, or has ended; undefined where there is nothing more to do. */
  next(seen: Seen): Move | undefined;
}

export interface Seen {
  readonly id: string;
  readonly run: Run;
  readonly events: readonly LoggedEvent[];
  readonly has: (kind: EventKind, wanted?: (event: LoggedEvent) => boolean) => boolean;
  /** The live settings were edited. */
  readonly edited: boolean;
}

/** Words of a command line; or an edit of the live settings in the checkout, which is made once. */
export type Move = readonly string[] | { readonly settings: Readonly<Record<string, unknown>> };

/** A command of that kind was taken up. */
export function taken(seen: Seen, kind: string): boolean {
  return seen.has("command.accepted", (event) => event.kind === "command.accepted" && event.command.kind === kind);
}

/** The open gates, by what is asked. */
export function openGate(seen: Seen, target: string): string | undefined {
  return seen.run.gates.find((gate) => gate.target === target && (gate.state.kind === "open" || gate.state.kind === "parked"))?.id;
}

export const call = (tool: string, input: Record<string, unknown>): ScriptBlock => ({ call: { tool, input } });
export const begin = (title: string): ScriptBlock => call("begin_decision", { title, why: `because ${title}` });
export const end = (more: Record<string, unknown> = {}): ScriptBlock => call("end_decision", { outcome: "done", ...more });
export const write = (file_path: string, content: string): ScriptBlock => call("write", { file_path, content });
export const bash = (command: string): ScriptBlock => call("bash", { command });
export const ask = (question: string): ScriptBlock => call("ask_human", { question });
export const finish: ScriptBlock = call("finish", { summary: "All done." });
