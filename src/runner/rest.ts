// A safe point between two steps: what people decided meanwhile is applied, and a paused run stays here until somebody
// resumes it. No tool runs meanwhile.
import type { Site } from "./site.js";

/** Call it only where no tool runs. Returns at once when the run must halt. */
export async function rest(site: Site): Promise<void> {
  const { ledger, halt } = site;
  await site.settle();
  while (ledger.run.phase.kind === "paused" && !halt.aborted) {
    await ledger.until((run) => (run.phase.kind === "paused" ? undefined : true), halt);
    await site.settle();
  }
}
