// A run played through the product's own conversation: the log, the trims, the request bodies. Only the model and the tools
// are drawn. It counts what each request would be billed, and the calls that had to be made again.
import { makeRoom } from "../../src/agent/trim.js";
import { Memory } from "../../src/agent/memory.js";
import { systemPrompt } from "../../src/agent/prompt.js";
import { requestBody } from "../../src/agent/request.js";
import { toolDefinitions } from "../../src/agent/tools.js";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import type { Usage } from "../../src/core/log/parts.js";
import { brief } from "../../src/core/run/brief.js";
import { Folder } from "../../src/core/run/replay.js";
import type { Run } from "../../src/core/run/run.js";
import { spec } from "../agent/array-bench.js";
import { added, BilledCache, CHARACTERS_A_TOKEN } from "./billed.js";
import type { DrawnStep } from "./drawn-steps.js";

export interface PlayedContext {
  readonly usage: Usage;
  /** Calls made again because their results were no longer there, and their results' tokens. */
  readonly again: number;
  readonly trims: number;
  /** The prompt at its largest, in tokens. */
  readonly largest: number;
  /** Tokens of the system prompt, the tools and the brief, on average: what every request must hold. */
  readonly constant: number;
}

/** Steps of one decision, and steps between two instructions of a person. */
const DECISION = 15;
const INSTRUCTION = 250;
const TREE = "a".repeat(40);
const NONE: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
/** Tokens of a reply that only calls again. */
const AGAIN = 60;

export async function playedContext(steps: readonly DrawnStep[]): Promise<PlayedContext> {
  const bench = new MemoryBench();
  const memory = new Memory(bench);
  const cache = new BilledCache();
  const results: { readonly id: string; readonly tokens: number }[] = [];
  const system = systemPrompt(bench.run().spec);
  const tools = toolDefinitions();
  let usage = NONE;
  let again = 0;
  let largest = 0;
  let turn = 0;
  let constant = 0;
  const take = async (step: Pick<DrawnStep, "words" | "input" | "result" | "late">): Promise<string> => {
    await makeRoom(bench, memory);
    turn += 1;
    await bench.append({ kind: "turn.requested", turn, model: "m", maxTokens: 32_000 });
    const messages = await memory.messages();
    constant += (JSON.stringify([system, tools]).length + JSON.stringify(messages[0]?.content[0]).length) / CHARACTERS_A_TOKEN;
    const billed = cache.bill(requestBody({ model: "m", maxTokens: 32_000, system, tools, messages }, true), step.words + step.input, step.late);
    usage = added(usage, billed);
    largest = Math.max(largest, billed.input + billed.cacheRead + billed.cacheWrite);
    return answered(bench, turn, step, billed);
  };
  await bench.append({ kind: "message.added", from: "brief", text: await bench.blobs.put(brief(bench.run(), { steering: [] })) });
  for (const [at, step] of steps.entries()) {
    if (at % DECISION === 0) await decide(bench, at / DECISION + 1, turn);
    if (at % INSTRUCTION === INSTRUCTION - 1) await bench.append({ kind: "message.added", from: "person", text: await bench.blobs.put(`Number ${at}: keep the old names working until the release.`) });
    const needed = step.back === undefined ? undefined : results[at - step.back];
    if (needed !== undefined && !isWhole(await memory.messages(), needed.id, bench)) {
      again += 1;
      await take({ words: 0, input: AGAIN, result: needed.tokens, late: false });
    }
    results.push({ id: await take(step), tokens: step.result });
  }
  return { usage, again, trims: bench.log.filter((event) => event.kind === "conversation.trimmed").length, largest, constant: Math.ceil(constant / turn) };
}

/** The reply and its result, in the log. Gives the result's blob. */
async function answered(bench: MemoryBench, turn: number, step: Pick<DrawnStep, "words" | "input" | "result">, usage: Usage): Promise<string> {
  const call = `toolu_${turn}`;
  const reply = [...(step.words > 0 ? [{ type: "text", text: filled(step.words, turn) }] : []), { type: "tool_use", id: call, name: "bash", input: { command: filled(step.input, turn) } }];
  const result = await bench.blobs.put(filled(step.result, turn));
  await bench.append(
    { kind: "turn.received", turn, model: "m", stop: "tool_use", usage, cost: { kind: "unknown" }, reply: await bench.blobs.put(JSON.stringify(reply)), calls: [{ id: call, tool: "bash", cut: false }], ms: 1 },
    { kind: "step.intended", step: turn, turn, call, tool: "bash", about: `npm test -- part-${turn}`, verdict: { kind: "allow", rule: "inside the sandbox" } },
    { kind: "step.finished", step: turn, call, outcome: "ok", result, changed: [], ms: 1, masked: 0 },
  );
  return result;
}

async function decide(bench: MemoryBench, n: number, step: number): Promise<void> {
  if (n > 1) {
    const files = [1, 2, 3].map((part) => ({ path: `src/part-${n}/file-${part}.ts`, status: "modified" as const, added: 10, removed: 4, binary: false, modes: ["100644", "100644"] as [string, string] }));
    await bench.append({ kind: "decision.ended", decision: `d${n - 1}`, outcome: "kept", by: "agent", after: TREE, files, heldTo: "gated-write", outcomeText: "done", notes: [], claims: [], step });
  }
  const why = "The caller cannot tell an empty answer from a missing one, and both are met in the field; the type says it once, and nothing else has to check.";
  await bench.append({ kind: "decision.opened", decision: `d${n}`, reason: { title: `Say what is missing in part ${n}`, why, insteadOf: [] }, before: TREE, step: step + 1 });
}

/** True while the conversation holds that result as it was. */
function isWhole(messages: readonly { readonly content: readonly { readonly [field: string]: unknown }[] }[], id: string, bench: MemoryBench): boolean {
  const text = bench.texts.get(id);
  return messages.some((message) => message.content.some((block) => block["content"] === text));
}

/** So many tokens, different for every `n`. */
function filled(tokens: number, n: number): string {
  const line = `part ${n}: all of its cases came out as they should\n`;
  const most = tokens * CHARACTERS_A_TOKEN;
  return line.repeat(Math.ceil(most / line.length)).slice(0, Math.max(1, most));
}

class MemoryBench {
  readonly log: LoggedEvent[] = [];
  readonly texts = new Map<string, string>();
  readonly #folder = new Folder();
  readonly blobs = {
    put: (content: string): Promise<string> => {
      const id = `b${this.texts.size}`;
      this.texts.set(id, content);
      return Promise.resolve(id);
    },
    text: (id: string): Promise<string> => Promise.resolve(this.texts.get(id) ?? ""),
  };

  constructor() {
    void this.append({ kind: "run.started", format: 1, version: "0", run: "r1", command: "c", spec });
  }

  append(...events: readonly RunEvent[]): Promise<void> {
    for (const event of events) {
      const logged = { ...event, seq: this.log.length + 1, at: this.log.length };
      this.log.push(logged);
      this.#folder.add(logged);
    }
    return Promise.resolve();
  }

  events(): readonly LoggedEvent[] {
    return this.log;
  }

  run(): Run {
    const { run } = this.#folder;
    if (run === undefined) throw new Error("the log begins with run.started");
    return run;
  }
}
