// Makes room in the conversation before a turn, as an event of its own. What people said, the task and the decisions stay
// in force: the brief holds them, made anew from the run. The service's own context editing and compaction are not asked
// for. They would only begin where this hardly ever gets (100,000 and 150,000 tokens), cost a refused request on servers that lack
// them, and take away or rewrite what the model sees without the log saying what it was. Where all else fails,
// the conversation begins anew (`restart` in turn.ts).
import { brief } from "../core/run/brief.js";
import { account } from "./account.js";
import { held } from "./held.js";
import type { Memory } from "./memory.js";
import { sizeOf } from "./models.js";
import { CHARACTERS_A_TOKEN } from "./request.js";
import { planTrim, type TrimLimits } from "./trim-plan.js";
import type { Workbench } from "./workbench.js";

/** Guessed tokens of rounds. The bench's row `context` is where these come from: see there what other figures cost. */
const MOST = 24_000;
/** A model with little room is trimmed earlier, so that a reply always has some. */
const SHARE_OF_CONTEXT = 0.1;
const KEPT_SHARE = 0.3;

/** At most one event a turn, and none while a reply is paused. The same log gives the same event. */
export async function makeRoom(bench: Pick<Workbench, "events" | "blobs" | "append" | "run">, memory: Memory): Promise<void> {
  const plan = planTrim(await memory.rounds(), held(bench.events()).whole, trimLimits(bench.run().spec.model.name));
  if (plan.kind === "none") return;
  if (plan.kind === "shorten") {
    await bench.append({ kind: "conversation.trimmed", why: "Large results that the model has seen are sent short.", whole: plan.whole });
    return;
  }
  const run = bench.run();
  const steering = await Promise.all(run.steering.map((entry) => bench.blobs.text(entry.text)));
  const text = brief(run, { steering }) + (await account(bench, plan.from));
  await bench.append({ kind: "conversation.trimmed", why: "The conversation had grown past its best size.", whole: plan.whole, from: plan.from, brief: await bench.blobs.put(text) });
}

export function trimLimits(model: string): TrimLimits {
  const most = Math.min(MOST, sizeOf(model).context * SHARE_OF_CONTEXT) * CHARACTERS_A_TOKEN;
  return { most, least: most * KEPT_SHARE };
}
