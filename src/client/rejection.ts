// What a rejection would do to a finished run: found for the rehearsal, which shows one.
import { fallsWith } from "./falls-with.js";
import type { RunView } from "./read-run.js";

export interface Rejectable {
  readonly decision: string;
  readonly title: string;
  /** What stands on it. */
  readonly falls: readonly string[];
  /** What would be left. */
  readonly stays: readonly string[];
}

/** A decision on which another stands while something else stays; undefined where there is none. */
export async function instructiveRejection(view: RunView): Promise<Rejectable | undefined> {
  const kept = view.run.decisions.filter((decision) => decision.state === "kept");
  for (const decision of kept) {
    const falls = await fallsWith(view, [decision.id]);
    const stays = kept.map((one) => one.id).filter((id) => id !== decision.id && !falls.includes(id));
    if (falls.length > 0 && stays.length > 0) return { decision: decision.id, title: decision.titleRevised ?? decision.reason.title, falls, stays };
  }
  return undefined;
}
