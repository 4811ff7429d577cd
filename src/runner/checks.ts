// Checks: commands that prove something about one exact tree. They run on a layer of their own, so that a check cannot
// change what its receipt names; a check that could not run is never called red.
import { mkdir, mkdtemp } from "node:fs/promises";
import path from "node:path";
import { judge } from "../core/judge/judge.js";
import type { RunEvent } from "../core/log/event.js";
import type { Sha } from "../core/log/parts.js";
import type { Receipt } from "../core/run/run.js";
import { erase } from "../git/erase.js";
import { checkoutInto } from "../git/scratch.js";
import { runConfined } from "../sandbox/run-command.js";
import { couldNotRun } from "../sandbox/verdict-of-check.js";
import { cut } from "./cut.js";
import { contactEvents } from "./hosts.js";
import { judgedRun } from "./judged-run.js";
import type { Site } from "./site.js";
import { checkWalls } from "./walls.js";
import { wallsInput } from "./walls-input.js";
import { isWithoutCommands, unableChecks } from "./without-commands.js";

export type CheckEvent = Extract<RunEvent, { kind: "check.finished" }>;

const OUTPUT_CAP = 256 * 1024;

/**
 * Runs commands on a tree, in order. `inPlace`: the worktree holds exactly this tree and nothing writes to it meanwhile.
 * `together`: the commands share the minutes that one may take. A run that must halt leaves out the check that was broken
 * off and those after it: they say nothing, not even that they could not run. `after`: receipts that the caller will append
 * before these.
 */
export async function runChecks(
  site: Site,
  commands: readonly string[],
  source: Receipt["source"],
  on: CheckEvent["on"],
  inPlace: boolean,
  { together = false, after = 0 }: { readonly together?: boolean; readonly after?: number } = {},
): Promise<readonly CheckEvent[]> {
  if (commands.length === 0) return [];
  if (isWithoutCommands(site)) return unableChecks(site, commands, source, on, after);
  await mkdir(site.worktree.home, { recursive: true });
  const scratch = await mkdtemp(path.join(site.worktree.home, "check-"));
  try {
    const root = inPlace ? site.worktree.root : path.join(scratch, "tree");
    if (!inPlace) await checkoutInto(site.worktree, on.tree, root);
    const events: CheckEvent[] = [];
    let left = site.ledger.run.spec.policy.values["limits.checkMinutes"] * 60_000;
    for (const [n, command] of commands.entries()) {
      const event = await runCheck(site, command, source, on, root, path.join(scratch, String(n)), after + events.length, left);
      if (event === undefined) break;
      events.push(event);
      if (together) left = Math.max(1, left - event.ms);
    }
    return events;
  } finally {
    await erase(scratch);
  }
}

/** The newest receipt of a command on exactly this tree. That a claim's time ran out says nothing about a required check. */
export function receiptFor(receipts: readonly Receipt[], command: string, tree: Sha): Receipt | undefined {
  return receipts.findLast((receipt) => receipt.command === command && receipt.on.tree === tree && (receipt.source !== "claim" || receipt.outcome !== "unable"));
}

async function runCheck(
  site: Site,
  command: string,
  source: Receipt["source"],
  on: CheckEvent["on"],
  root: string,
  scratch: string,
  before: number,
  timeoutMs: number,
): Promise<CheckEvent | undefined> {
  const { ledger } = site;
  const id = `c${String(ledger.run.receipts.length + before + 1)}`;
  const barred = source === "claim" || source === "goal" ? barredBecause(site, command) : undefined;
  if (barred !== undefined) return { kind: "check.finished", id, command, source, on, outcome: "unable", exit: null, why: barred, output: (await ledger.keep("")).id, ms: 0 };
  const walls = await checkWalls(await wallsInput(site, "layer"), root, scratch);
  const result = await runConfined(site.sandbox, walls, command, { timeoutMs, signal: site.halt, outputCap: OUTPUT_CAP });
  if (result.contacts.length > 0) await ledger.append(...contactEvents(result.contacts, { kind: "check", command: cut(command, 200) }));
  if (result.aborted) return undefined;
  const why = couldNotRun(result);
  const output = await ledger.keep(new TextDecoder().decode(result.output));
  return {
    kind: "check.finished",
    id,
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

/** The model chose it, so it is judged like any other command of its: what it may not call, it may not have called as a check. */
function barredBecause({ ledger: { run } }: Site, line: string): string | undefined {
  const verdict = judge({ kind: "command", line }, run.spec.policy.values, judgedRun(run));
  return verdict.kind === "allow" ? undefined : `policy does not let the agent run it: ${verdict.rule}`;
}
