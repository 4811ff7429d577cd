// Runs where nothing can be confined: what is said of them once, and what stands in the log for commands that were not
// run. It never runs one.
import type { EventOf } from "../core/log/event.js";
import type { Site } from "./site.js";

type CheckEvent = EventOf<"check.finished">;

const WHY = "no sandbox on this machine, so no command is run";

/** True for a run that started where nothing could be confined. It stays so, whatever the machine has by now. */
export function isWithoutCommands(site: Pick<Site, "ledger">): boolean {
  return site.ledger.run.spec.withoutCommands !== undefined;
}

/** Notes for people what kind of run this is and what it leaves out; each once in a run. Nothing for a run with commands. */
export async function sayWithoutCommands(site: Pick<Site, "ledger">): Promise<void> {
  const { ledger } = site;
  const { withoutCommands, policy } = ledger.run.spec;
  if (withoutCommands === undefined) return;
  const command = policy.values["worktree.setup"];
  const texts = [
    `This run is read-only without commands: the agent reads and proposes, and no command, check or claim is run. The reason: ${withoutCommands}`,
    ...(command === undefined ? [] : [`The set-up command "${command}" is not run, because this run has no commands.`]),
  ];
  for (const text of texts) if (!ledger.run.notes.includes(text)) await ledger.append({ kind: "note.added", text });
}

/** Receipts of commands that could not run, in order. */
export async function unableChecks(site: Pick<Site, "ledger">, commands: readonly string[], source: CheckEvent["source"], on: CheckEvent["on"]): Promise<readonly CheckEvent[]> {
  const { ledger } = site;
  const output = await ledger.keep("");
  return commands.map((command, n) => ({
    kind: "check.finished",
    id: `c${String(ledger.run.receipts.length + n + 1)}`,
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
