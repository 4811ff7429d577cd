// One turn of the model, from asking leave to the reply in the log. Whatever the service does, the log afterwards holds an
// outcome for every turn that it says was requested, and the cost is counted once.
import { brief } from "../core/run/brief.js";
import type { RunEvent } from "../core/log/event.js";
import type { Usage } from "../core/log/parts.js";
import { stopWhy } from "./calls.js";
import type { Memory } from "./memory.js";
import type { Message, ReplyBlock, TurnRequest } from "./messages.js";
import type { Model, TurnOutcome } from "./model.js";
import { sizeOf } from "./models.js";
import type { Outage } from "./outage.js";
import { isWaiting, justRestarted, nextTurn, REFUSED, refusalsInARow } from "./place.js";
import { costOf, type Prices } from "./prices.js";
import { systemPrompt } from "./prompt.js";
import type { Progress, Reply } from "./reply.js";
import { estimateTokens, tokens } from "./request.js";
import { toolDefinitions } from "./tools.js";
import { makeRoom } from "./trim.js";
import { type CallIds, uniqueCalls } from "./unique-calls.js";
import type { Leave, LoopEnd, Workbench } from "./workbench.js";

/** What one turn works with. */
export interface TurnTools {
  readonly bench: Workbench;
  readonly model: Model;
  readonly memory: Memory;
  readonly calls: CallIds;
  readonly outage: Outage;
  readonly prices: Prices;
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

interface Asked {
  readonly turn: number;
  readonly leave: Leave & { readonly kind: "go" };
  readonly estimate: number;
  readonly messages: readonly Message[];
  readonly since: number;
}

const NONE: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
/** A reply with less room than this cannot do anything useful. */
const LEAST_REPLY = 4_000;

/** Asks for one turn and logs what came. Returns the end when the loop cannot go on. */
export async function takeTurn(tools: TurnTools): Promise<LoopEnd | undefined> {
  const { bench } = tools;
  await makeRoom(bench, tools.memory);
  const estimate = await estimateNow(tools);
  const leave = await bench.beforeTurn(estimate);
  if (leave.kind === "end") return leave.end;
  const room = sizeOf(leave.model).context - estimate;
  if (room < Math.min(LEAST_REPLY, leave.maxTokens)) return restart(tools, "The conversation no longer fits into the model's context.");
  const turn = nextTurn(bench.events());
  const allowed = { ...leave, maxTokens: Math.min(leave.maxTokens, room) };
  await bench.append({ kind: "turn.requested", turn, model: allowed.model, maxTokens: allowed.maxTokens });
  // Read after the request is in the log: exactly what the log says was sent.
  const messages = await tools.memory.messages();
  return ask(tools, { turn, leave: allowed, estimate, messages, since: bench.now() });
}

/** Tokens of the conversation as it stands, guessed. */
export async function estimateNow(tools: Pick<TurnTools, "bench" | "memory">): Promise<number> {
  const messages = await tools.memory.messages();
  return estimateTokens({ system: systemPrompt(tools.bench.run().spec), tools: toolDefinitions(), messages }, tools.bench.events());
}

/** `turn.discarded` with what it cost. */
export function discarded(turn: number, why: string, model: string, usage: Usage, estimated: boolean, prices: Prices): RunEvent {
  const nothing = usage.input + usage.output + usage.cacheRead + usage.cacheWrite === 0;
  return { kind: "turn.discarded", turn, why, usage, cost: nothing ? { kind: "known", usd: 0 } : costOf(model, usage, prices), estimated };
}

async function ask(tools: TurnTools, asked: Asked): Promise<LoopEnd | undefined> {
  const { bench, signal } = tools;
  const request = { model: asked.leave.model, maxTokens: asked.leave.maxTokens, system: systemPrompt(bench.run().spec), tools: toolDefinitions(), messages: asked.messages };
  for (;;) {
    // An outage before this try is no work of the turn's.
    const since = bench.now();
    const outcome = await tried(tools, asked.turn, request);
    if (outcome.kind !== "unavailable") return settle(tools, { ...asked, since }, outcome);
    const seen = bench.events().length;
    await wait(tools, asked.turn, outcome.why, outcome.retryAfterMs);
    if (signal.aborted) return drop(tools, asked, outcome.why, { kind: "stopped", why: stopWhy(signal) });
    const leave = await bench.beforeTurn(asked.estimate);
    if (leave.kind === "end") return drop(tools, asked, outcome.why, leave.end);
    const spoken = bench.events().slice(seen).some((event) => event.kind === "message.added");
    const changed = spoken || leave.model !== asked.leave.model || leave.maxTokens < asked.leave.maxTokens;
    // Somebody spoke, or the limits moved, while the service was down: the request is put together again.
    if (changed) return drop(tools, asked, outcome.why, undefined);
  }
}

/** One try. The end of an outage is in the log as soon as a reply begins: from then on there is something to pay for. */
async function tried({ bench, model, signal, progress }: TurnTools, turn: number, request: TurnRequest): Promise<TurnOutcome> {
  let said: Promise<void> | undefined;
  const heard = (piece: Progress): void => {
    if (piece.kind === "begun" && said === undefined && isWaiting(bench.events())) {
      said = bench.append({ kind: "turn.answered", turn });
      // Met below, after the reply.
      said.catch(() => undefined);
    }
    progress(piece);
  };
  const outcome = await model.turn(request, signal, heard);
  await said;
  return outcome;
}

async function drop(tools: TurnTools, asked: Asked, why: string, end: LoopEnd | undefined): Promise<LoopEnd | undefined> {
  await tools.bench.append(discarded(asked.turn, why, asked.leave.model, NONE, false, tools.prices));
  return end;
}

/** Sleeps until the service may be asked again. */
async function wait(tools: TurnTools, turn: number, why: string, retryAfterMs: number | undefined): Promise<void> {
  const { bench, signal } = tools;
  const { attempt, ms, worthSaying } = tools.outage.next(why, retryAfterMs);
  if (worthSaying) await bench.append({ kind: "turn.waiting", turn, attempt, why, retryAt: bench.wallClock() + ms });
  await bench.sleep(ms, signal);
}

async function settle(tools: TurnTools, asked: Asked, outcome: Exclude<TurnOutcome, { kind: "unavailable" }>): Promise<LoopEnd | undefined> {
  const { bench, prices, signal } = tools;
  const name = asked.leave.model;
  switch (outcome.kind) {
    case "received":
      return receive(tools, asked, outcome.reply, outcome.note);
    case "cut": {
      await bench.append(discarded(asked.turn, outcome.why, name, usageOrGuess(outcome.usage, asked), true, prices));
      // Each try costs, so a service that keeps breaking off is asked ever more rarely.
      await wait(tools, asked.turn, outcome.why, undefined);
      return undefined;
    }
    case "aborted": {
      const why = stopWhy(signal);
      await bench.append(discarded(asked.turn, why, name, usageOrGuess(outcome.usage, asked), true, prices));
      return { kind: "stopped", why };
    }
    case "context-exceeded":
      await drop(tools, asked, outcome.why, undefined);
      return restart(tools, outcome.why);
    case "unauthorized":
      return drop(tools, asked, outcome.why, {
        kind: "failed",
        why: `The model service does not let this run in: ${outcome.why} Set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) to a key that is valid and has credit, then: vigil resume ${bench.run().id}`,
      });
    case "unknown-model":
      return drop(tools, asked, outcome.why, {
        kind: "failed",
        why: `The model service does not know the model ${name}: ${outcome.why} Name another one in the setting vigil.model.name and start the run again, or, if the service was the wrong one, correct its address and: vigil resume ${bench.run().id}`,
      });
    case "refused-request":
      return drop(tools, asked, outcome.why, {
        kind: "failed",
        why: `The model service refuses this run's request: ${outcome.why} Asking again would give the same answer. If the service at fault is corrected: vigil resume ${bench.run().id}`,
      });
  }
}

/** What was used up to where the reply ended. A service that counts nothing, or had not yet, took in the prompt all the same. */
function usageOrGuess(usage: Usage | undefined, asked: Asked): Usage {
  if (usage === undefined) return { ...NONE, input: asked.estimate };
  return isUncounted(usage) ? { ...usage, input: asked.estimate } : usage;
}

/** No prompt is empty. */
function isUncounted(usage: Usage): boolean {
  return usage.input + usage.cacheRead + usage.cacheWrite === 0;
}

async function receive(tools: TurnTools, asked: Asked, reply: Reply, note: string | undefined): Promise<LoopEnd | undefined> {
  const { bench, prices } = tools;
  tools.outage.over();
  const notes: readonly RunEvent[] = note === undefined ? [] : [{ kind: "note.added", text: note }];
  const guessed = isUncounted(reply.usage);
  const usage = guessed ? { ...usageOrGuess(reply.usage, asked), output: Math.max(reply.usage.output, tokens(reply.content)) } : reply.usage;
  const thrownAway = (why: string): RunEvent => discarded(asked.turn, why, reply.model, usage, guessed, prices);
  if (reply.stop === "refusal") return refused(tools, [thrownAway(REFUSED), ...notes]);
  if (reply.stop === "context_exceeded") {
    await bench.append(thrownAway("The reply filled the model's context."), ...notes);
    return restart(tools, "The reply filled the model's context.");
  }
  const content = uniqueCalls(reply.content, tools.calls.used(bench.events()));
  const last = content.at(-1);
  const blob = await bench.blobs.put(JSON.stringify(content));
  await bench.append(
    {
      kind: "turn.received",
      turn: asked.turn,
      model: reply.model,
      // A pause with nothing said cannot be continued; it is a silence.
      stop: reply.stop === "pause_turn" && !saysSomething(content) ? "end_turn" : reply.stop,
      usage,
      cost: costOf(reply.model, usage, prices),
      ...(guessed ? { estimated: true } : {}),
      reply: blob,
      calls: content.flatMap((block) => (block.type === "tool_use" ? [{ id: String(block["id"]), tool: String(block["name"]), cut: reply.stop === "max_tokens" && block === last }] : [])),
      ms: Math.max(0, bench.now() - asked.since),
    },
    ...notes,
  );
  return undefined;
}

function saysSomething(content: readonly ReplyBlock[]): boolean {
  return content.some((block) => block.type !== "thinking" && block.type !== "redacted_thinking" && !(block.type === "text" && String(block["text"]).trim() === ""));
}

async function refused(tools: TurnTools, events: readonly RunEvent[]): Promise<LoopEnd | undefined> {
  const { bench } = tools;
  if (refusalsInARow(bench.events()) > 0) {
    await bench.append(...events);
    return { kind: "failed", why: "The model refused twice to go on with this task. Its decisions so far are kept and can be reviewed; word the task differently and start a new run for the rest." };
  }
  const text = await bench.blobs.put("Your last reply was withheld by the model service. If part of the task cannot be done, leave that part out, go on with the rest, and say so in finish.");
  await bench.append(...events, { kind: "message.added", from: "supervisor", text });
  return undefined;
}

/** Begins the conversation anew from what must not be lost. Doing so twice without a reply in between is given up. */
async function restart(tools: TurnTools, why: string): Promise<LoopEnd | undefined> {
  const { bench } = tools;
  if (justRestarted(bench.events())) {
    return { kind: "failed", why: `The task and the state of the run do not fit into the model's context, even after the conversation was begun anew: ${why} Choose a model with a larger context, or divide the task.` };
  }
  const run = bench.run();
  const steering = await Promise.all(run.steering.map((entry) => bench.blobs.text(entry.text)));
  await bench.append({ kind: "conversation.restarted", why, brief: await bench.blobs.put(brief(run, { steering })) });
  return undefined;
}
