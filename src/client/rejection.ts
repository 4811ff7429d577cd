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

/**
 * A decision on which another stands while something else stays; else the largest on which nothing stands. Undefined
 * where rejecting one would leave nothing.
 */
export async function instructiveRejection(view: RunView): Promise<Rejectable | undefined> {
  const kept = view.run.decisions.filter((decision) => decision.state === "kept");
  const found: Rejectable[] = [];
  for (const decision of kept) {
    const falls = await fallsWith(view, [decision.id]);
    const stays = kept.map((one) => one.id).filter((id) => id !== decision.id && !falls.includes(id));
    if (stays.length > 0) found.push({ decision: decision.id, title: decision.titleRevised ?? decision.reason.title, falls, stays });
  }
  const lines = (one: Rejectable): number => kept.find((decision) => decision.id === one.decision)?.files.reduce((sum, file) => sum + file.added + file.removed, 0) ?? 0;
  return found.sort((a, b) => Number(b.falls.length > 0) - Number(a.falls.length > 0) || lines(b) - lines(a))[0];
}
