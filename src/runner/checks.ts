// Checks: commands that prove something about one exact tree. They run on a layer of their own, so that a check cannot
// change what its receipt names; a check that could not run is never called red.
import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import type { RunEvent } from "../core/log/event.js";
import type { Sha } from "../core/log/parts.js";
import type { Receipt } from "../core/run/run.js";
import { erase } from "../git/erase.js";
import { checkoutInto } from "../git/scratch.js";
import { runConfined } from "../sandbox/run-command.js";
import { couldNotRun } from "../sandbox/verdict-of-check.js";
import type { Site } from "./site.js";
import { checkWalls } from "./walls.js";
import { wallsInput } from "./walls-input.js";
import { isWithoutCommands, unableChecks } from "./without-commands.js";

export type CheckEvent = Extract<RunEvent, { kind: "check.finished" }>;

const OUTPUT_CAP = 256 * 1024;

/** Runs commands on a tree, in order. `inPlace`: the worktree holds exactly this tree and nothing writes to it meanwhile. */
export async function runChecks(
  site: Site,
  commands: readonly string[],
  source: Receipt["source"],
  on: CheckEvent["on"],
  inPlace: boolean,
): Promise<readonly CheckEvent[]> {
  if (commands.length === 0) return [];
  if (isWithoutCommands(site)) return unableChecks(site, commands, source, on);
  const scratch = await mkdtemp(path.join(site.worktree.home, "check-"));
  try {
    const root = inPlace ? site.worktree.root : path.join(scratch, "tree");
    if (!inPlace) await checkoutInto(site.worktree, on.tree, root);
    const events: CheckEvent[] = [];
    for (const [n, command] of commands.entries()) {
      events.push(await runCheck(site, command, source, on, root, path.join(scratch, String(n)), events.length));
    }
    return events;
  } finally {
    await erase(scratch);
  }
}

/** The newest receipt of a command on exactly this tree. */
export function receiptFor(receipts: readonly Receipt[], command: string, tree: Sha): Receipt | undefined {
  return receipts.findLast((receipt) => receipt.command === command && receipt.on.tree === tree);
}

async function runCheck(
  site: Site,
  command: string,
  source: Receipt["source"],
  on: CheckEvent["on"],
  root: string,
  scratch: string,
  before: number,
): Promise<CheckEvent> {
  const { ledger } = site;
  const minutes = ledger.run.spec.policy.values["limits.checkMinutes"];
  const walls = await checkWalls(await wallsInput(site, "layer"), root, scratch);
  const result = await runConfined(site.sandbox, walls, command, { timeoutMs: minutes * 60_000, signal: site.halt, outputCap: OUTPUT_CAP });
  const why = couldNotRun(result);
  const output = await ledger.keep(new TextDecoder().decode(result.output));
  return {
    kind: "check.finished",
    id: `c${String(ledger.run.receipts.length + before + 1)}`,
    command,
    source,
    on,
    outcome: why !== undefined ? "unable" : result.exit === 0 ? "green" : "red",
    exit: result.exit,
    output: output.id,
    ms: Math.round(result.ms),
    ...(why === undefined ? {} : { why }),
  };
}
