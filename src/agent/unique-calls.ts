// Call ids that are unique in the whole run. Anthropic's are; servers of other makers number the calls of each reply anew,
// and then neither the log nor a strict service could tell which result belongs to which call. Names that no tool can have
// are made harmless here too: sent back as they are, a strict service would refuse the whole conversation from then on.
import type { LoggedEvent } from "../core/log/event.js";
import type { ReplyBlock } from "./messages.js";

const ALLOWED = /^[a-zA-Z0-9_-]{1,128}$/;

/** The ids that a log has used. It reads each event once, so that a turn costs the same however long the log is. */
export class CallIds {
  readonly #used = new Set<string>();
  #read = 0;

  /** `events` is the whole log, which grows only. */
  used(events: readonly LoggedEvent[]): ReadonlySet<string> {
    for (; this.#read < events.length; this.#read += 1) {
      const event = events[this.#read];
      if (event?.kind === "turn.received") for (const call of event.calls) this.#used.add(call.id);
    }
    return this.#used;
  }
}

/** The same blocks; a call whose id was used before, there or in the reply, or that no service would take, gets another, and so does such a name. */
export function uniqueCalls(content: readonly ReplyBlock[], before: ReadonlySet<string>): readonly ReplyBlock[] {
  const here = new Set<string>();
  return content.map((block) => {
    if (block.type !== "tool_use") return block;
    const id = free(String(block["id"]), (candidate) => before.has(candidate) || here.has(candidate));
    here.add(id);
    const name = String(block["name"]);
    return id === block["id"] && ALLOWED.test(name) ? block : { ...block, id, name: possible(name) };
  });
}

/** A name that a tool could have. There is none of that name either, so the call is answered as it would have been. */
function possible(name: string): string {
  return ALLOWED.test(name) ? name : `unknown_${name.replace(/[^a-zA-Z0-9_-]/g, "").slice(0, 64)}`;
}

function free(id: string, used: (id: string) => boolean): string {
  const base = ALLOWED.test(id) ? id : `call_${id.replace(/[^a-zA-Z0-9_-]/g, "").slice(0, 64)}`;
  let candidate = base;
  for (let n = 2; used(candidate) || !ALLOWED.test(candidate); n++) candidate = `${base.slice(0, 100)}_${String(n)}`;
  return candidate;
}
