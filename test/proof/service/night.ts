// One short task under a service that misbehaves: the real SDK and the real loop, a bench in arrays, and a clock that
// nothing but sleeping moves, so that hours pass at once.
import { runLoop } from "../../../src/agent/loop.js";
import { modelClient, type ModelOptions } from "../../../src/agent/model.js";
import type { Script, ScriptBlock, Trouble, Turn } from "../../../src/agent/scripted/script.js";
import { startScriptedModel, type ScriptedModel, type ScriptedOptions, type SeenRequest } from "../../../src/agent/scripted/server.js";
import type { LoopEnd } from "../../../src/agent/workbench.js";
import type { RunEvent } from "../../../src/core/log/event.js";
import { ArrayBench, type BenchOptions } from "../../agent/array-bench.js";
import { bash, finish } from "../../runner/scripts.js";

export interface Night {
  readonly end: LoopEnd;
  readonly bench: ArrayBench;
  /** What the service was asked, over all its lives. */
  readonly requests: readonly SeenRequest[];
  /** The commands that ran, in order. */
  readonly ran: readonly string[];
}

/** Beyond ASCII, so that a cut can come in the middle of a character. */
const MAKE = "make 'naïve 漢字 🙂'";
export const COMMANDS = ["ls", "pwd", MAKE];

const REPLIES: readonly (readonly ScriptBlock[])[] = [
  [{ say: "Ich sehe mich um: façade, 漢字, 🙂." }, bash("ls"), bash("pwd")],
  [{ think: "Was fehlt noch? 🤔" }, { say: "Jetzt bauen…" }, bash(MAKE)],
  [finish("done")],
];
export const TURNS = REPLIES.length;

/** The task, whose reply number `at` (from 0) comes only after the troubles. */
export function task(at: number, troubles: readonly Trouble[]): Script {
  return { turns: REPLIES.map((blocks, n): Turn => ({ blocks: [...blocks], ...(n === at ? { troubles: [...troubles] } : {}) })) };
}

export interface Setting {
  readonly service?: ScriptedOptions;
  readonly model?: ModelOptions;
  readonly bench?: BenchOptions;
  readonly signal?: AbortSignal;
}

/** Plays a script to the end of the loop. */
export async function night(script: Script, setting: Setting = {}): Promise<Night> {
  const service = await startScriptedModel(script, setting.service);
  try {
    return await against(service, setting);
  } finally {
    await service.close();
  }
}

export async function against(service: Pick<ScriptedModel, "url" | "requests">, setting: Setting): Promise<Night> {
  const ran: string[] = [];
  const bench = new ArrayBench({
    perform: (call) => {
      ran.push(commandOf(call.input));
      return undefined;
    },
    ...setting.bench,
  });
  const model = modelClient({ apiKey: "k", baseUrl: service.url, ...setting.model });
  const end = await runLoop(bench, model, { chance: () => 0 }, setting.signal ?? new AbortController().signal);
  return { end, bench, requests: service.requests, ran };
}

/** The same run, resumed by a new process with a service that works. */
export async function resumed(before: Night, setting: Setting = {}): Promise<Night> {
  const log = before.bench.log.slice(1).map(({ seq: _seq, at: _at, ...event }): RunEvent => event);
  const after = await night(task(0, []), { ...setting, bench: { ...setting.bench, log, blobs: before.bench.texts } });
  return { ...after, requests: [...before.requests, ...after.requests], ran: [...before.ran, ...after.ran] };
}

function commandOf(input: unknown): string {
  return typeof input === "object" && input !== null && "command" in input ? String(input.command) : "(no command)";
}
