// The conversation measured in rounds, a reply and what answers it, so that it can be decided what to leave out. Sizes are in
// characters of what would be sent, near enough.
import type { LoggedEvent } from "../core/log/event.js";
import type { BlobId } from "../core/log/parts.js";
import { held } from "./held.js";
import { replyContent } from "./messages.js";
import { isLarge, shortInput, shortResult } from "./shorten.js";

export interface Round {
  /** The reply's place in the log. */
  readonly from: number;
  /** As it is sent now. */
  readonly size: number;
  /** With its large parts cut. */
  readonly short: number;
  /** The service paused the reply: the next round belongs to it. */
  readonly paused: boolean;
}

/** The rounds that the conversation holds, oldest first. What was said before the first reply belongs to none. */
export function rounds(events: readonly LoggedEvent[], text: (id: BlobId) => string): readonly Round[] {
  const { events: kept, whole } = held(events);
  const found: Round[] = [];
  for (const event of kept) {
    if (event.kind === "turn.received") {
      const reply = text(event.reply);
      const short = shortReply(reply);
      found.push({ from: event.seq, size: event.seq < whole ? short : reply.length, short, paused: event.stop === "pause_turn" });
    }
    const last = found.at(-1);
    if (last === undefined) continue;
    if (event.kind === "message.added") found.splice(-1, 1, grown(last, text(event.text).length, text(event.text).length));
    if (event.kind === "step.finished") {
      const result = text(event.result);
      const short = shortResult(result).length;
      found.splice(-1, 1, grown(last, event.seq < whole ? short : result.length, short));
    }
  }
  return found;
}

function grown(round: Round, size: number, short: number): Round {
  return { ...round, size: round.size + size, short: round.short + short };
}

function shortReply(reply: string): number {
  if (!isLarge(reply)) return reply.length;
  const blocks = replyContent.parse(JSON.parse(reply));
  return JSON.stringify(blocks.map((block) => (block.type === "tool_use" ? { ...block, input: shortInput(block["input"]) } : block))).length;
}
