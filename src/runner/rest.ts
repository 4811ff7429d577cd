// A safe point between two steps: what people decided meanwhile is applied, and a run that is paused, or lost its place
// while it waited for a person, stays here until it may go on. No tool runs meanwhile.
import type { Site } from "./site.js";

/** Call it only where no tool runs. Returns at once when the run must halt. */
export async function rest(site: Site): Promise<void> {
  const { ledger, halt, place } = site;
  do {
    await site.settle();
    while (ledger.run.phase.kind === "paused" && !halt.aborted) {
      await place.leave();
      await ledger.until((run) => (run.phase.kind === "paused" ? undefined : true), halt);
      await site.settle();
    }
  } while (await place.hold(site));
}
