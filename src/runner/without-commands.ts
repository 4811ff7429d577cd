// Runs where nothing can be confined: which they are, and what stands in the log for commands that were not run. It never
// runs one.
import type { EventOf } from "../core/log/event.js";
import type { Site } from "./site.js";

type CheckEvent = EventOf<"check.finished">;

const WHY = "no sandbox on this machine, so no command is run";

/** True for a run that started where nothing could be confined. It stays so, whatever the machine has by now. */
export function isWithoutCommands(site: Pick<Site, "ledger">): boolean {
  return site.ledger.run.spec.withoutCommands !== undefined;
}

/** Receipts of commands that could not run, in order, after so many that are not in the log yet. */
export async function unableChecks(site: Pick<Site, "ledger">, commands: readonly string[], source: CheckEvent["source"], on: CheckEvent["on"], after: number): Promise<readonly CheckEvent[]> {
  const { ledger } = site;
  const output = await ledger.keep("");
  return commands.map((command, n) => ({
    kind: "check.finished",
    id: `c${String(ledger.run.receipts.length + after + n + 1)}`,
    command,
    source,
    on,
    outcome: "unable",
    exit: null,
    why: WHY,
    output: output.id,
    ms: 0,
  }));
}
