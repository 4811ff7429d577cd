// The agent loop: asks the model, performs its calls through the bench, and begins again, until one of them ends it.
// It keeps nothing between steps but a reading of the log, so that it goes on after a crash as if there had been none.
import { HumanError } from "../core/error.js";
import { brief } from "../core/run/brief.js";
import { performCalls, stopWhy } from "./calls.js";
import { Memory } from "./memory.js";
import type { Model } from "./model.js";
import { Outage } from "./outage.js";
import { placeOf, type Place } from "./place.js";
import { parsePrices } from "./prices.js";
import type { Progress } from "./reply.js";
import { discarded, estimateNow, takeTurn, type TurnTools } from "./turn.js";
import { CallIds } from "./unique-calls.js";
import type { LoopEnd, Workbench } from "./workbench.js";

export interface LoopOptions {
  /** Gives a number from 0 up to 1, to spread out retries. */
  readonly chance: () => number;
  /** Called with what streams. Nothing of it is logged. */
  readonly progress?: (progress: Progress) => void;
}

const GO_ON = "Your reply reached its token limit before it called a tool. Go on from there, in smaller steps: call a tool soon, or call finish.";

/**
 * Runs until the agent finishes, the bench ends it, or something fails that only a person can mend. The bench must have
 * answered calls that a crash interrupted. Aborting the signal ends it as `stopped`; its reason, a string, says why.
 * Throws HumanError when the prices that the run started with cannot be read.
 */
export async function runLoop(bench: Workbench, model: Model, options: LoopOptions, signal: AbortSignal): Promise<LoopEnd> {
  const prices = parsePrices(bench.run().spec.prices);
  if (prices.kind === "invalid") throw new HumanError(prices.problem);
  const tools: TurnTools = {
    bench,
    model,
    memory: new Memory(bench),
    calls: new CallIds(),
    outage: new Outage(options.chance),
    prices: prices.prices,
    progress: options.progress ?? (() => undefined),
    signal,
  };
  for (;;) {
    if (signal.aborted) return { kind: "stopped", why: stopWhy(signal) };
    const end = await step(tools, placeOf(bench.events()));
    if (end !== undefined) return end;
  }
}

async function step(tools: TurnTools, place: Place): Promise<LoopEnd | undefined> {
  const { bench } = tools;
  switch (place.kind) {
    case "begin":
      await bench.append({ kind: "message.added", from: "brief", text: await bench.blobs.put(brief(bench.run(), { steering: [] })) });
      return undefined;
    case "hanging":
      await bench.append(await lost(tools, place));
      return undefined;
    case "calls":
      return performCalls(bench, place, tools.signal);
    case "silence":
      return afterSilence(bench, place);
    case "ask":
      return takeTurn(tools);
  }
}

/** The process died while a turn was under way: its reply is gone, and what it may have cost is counted as a guess. */
async function lost(tools: TurnTools, place: Extract<Place, { kind: "hanging" }>) {
  const input = place.waited ? 0 : await estimateNow(tools);
  return discarded(place.turn, "The runner ended before the reply was in the log.", place.model, { input, output: 0, cacheRead: 0, cacheWrite: 0 }, true, tools.prices);
}

async function afterSilence(bench: Workbench, place: Extract<Place, { kind: "silence" }>): Promise<LoopEnd | undefined> {
  if (place.cutShort) {
    await bench.append({ kind: "message.added", from: "supervisor", text: await bench.blobs.put(GO_ON) });
    return undefined;
  }
  const next = await bench.afterSilence();
  if (next.kind === "end") return next.end;
  const now = placeOf(bench.events());
  if (now.kind === "silence" && now.seq === place.seq) throw new Error("the bench went on after a silence without a word to the model");
  return undefined;
}
