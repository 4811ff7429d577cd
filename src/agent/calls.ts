// The calls of one reply, performed strictly in order through the bench. It never runs a call that was cut off, nor one
// that follows a call which did not go well: the model chose them without knowing that.
import { replyContent } from "./messages.js";
import type { Place } from "./place.js";
import type { LoopEnd, PendingCall, Workbench } from "./workbench.js";

/** Reasons for the model; the bench puts "not run" before them. */
export const CUT_CALL = "the reply reached its token limit in the middle of this call. Send it again in smaller parts, such as several edits instead of one large write.";
export const AFTER_FAILURE = "a call before it in the same reply was refused or failed. Send it again if it still makes sense.";
const ENDING = "the run is ending.";

/** Answers every open call. Returns the end when one of them ends the loop, or when the signal aborts in between. */
export async function performCalls(bench: Workbench, place: Extract<Place, { kind: "calls" }>, signal: AbortSignal): Promise<LoopEnd | undefined> {
  let broken = place.broken;
  let end: LoopEnd | undefined;
  for (const call of await pendingCalls(bench, place)) {
    if (end !== undefined) {
      if (!isAnswered(bench, call)) await bench.skip(call, ENDING);
      continue;
    }
    if (signal.aborted) return { kind: "stopped", why: stopWhy(signal) };
    if (broken || call.cut) {
      await bench.skip(call, call.cut ? CUT_CALL : AFTER_FAILURE);
      continue;
    }
    const next = await bench.perform(call);
    if (next.kind === "skip") broken = true;
    if (next.kind === "end") end = next.end;
  }
  return end;
}

/** What aborted the loop, as a sentence. */
export function stopWhy(signal: AbortSignal): string {
  return typeof signal.reason === "string" ? signal.reason : "The run was stopped.";
}

async function pendingCalls(bench: Workbench, place: Extract<Place, { kind: "calls" }>): Promise<readonly PendingCall[]> {
  const content = replyContent.parse(JSON.parse(await bench.blobs.text(place.reply)));
  const inputs = new Map(content.flatMap((block) => (block.type === "tool_use" ? [[block["id"], block["input"]] as const] : [])));
  return place.open.map((call) => ({ id: call.id, tool: call.tool, input: inputs.get(call.id), turn: place.turn, cut: call.cut }));
}

function isAnswered(bench: Workbench, call: PendingCall): boolean {
  const place = bench.events().findLast((event) => event.kind === "turn.received" || (event.kind === "step.finished" && event.call === call.id));
  return place?.kind === "step.finished";
}
