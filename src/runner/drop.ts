// A rejection while the run works: the rejected decision and everything that stands on it leave the worktree, and the
// agent is told what fell and why.
import { writesWorktree } from "../core/stage.js";
import type { RunEvent } from "../core/log/event.js";
import type { Decision, Run } from "../core/run/run.js";
import { restore } from "../git/restore.js";
import type { Site } from "./site.js";

export interface Drop {
  readonly first: string;
  readonly because: string;
}

/** The decisions that leave with `first`: itself and every later one that is still there. */
export function stackFrom(run: Run, first: string): readonly Decision[] {
  const at = run.decisions.findIndex((decision) => decision.id === first && stands(decision));
  return at < 0 ? [] : run.decisions.slice(at).filter(stands);
}

function stands(decision: Decision): boolean {
  return decision.state === "kept" || decision.state === "open" || decision.state === "empty";
}

/** Call it only where no tool runs. */
export async function dropStack(site: Site, drop: Drop): Promise<void> {
  const { ledger } = site;
  const stack = stackFrom(ledger.run, drop.first);
  const first = stack[0];
  if (first === undefined || !writesWorktree(ledger.run.stage)) return;
  await site.shop.close();
  await restore(site.worktree, first.before);
  const ids = stack.map((decision) => decision.id);
  const others = ids.slice(1);
  const text = [
    `${drop.because}.`,
    others.length === 0 ? "" : `What stood on it fell with it: ${others.join(", ")}.`,
    "The files are as they were before it. Do not try the same again; take what was said into account.",
  ];
  const told = await ledger.keep(text.filter((line) => line !== "").join(" "));
  const expired: RunEvent[] = ledger.run.gates
    .filter((gate) => gate.state.kind === "open" && gate.decision !== undefined && others.includes(gate.decision))
    .map((gate) => ({ kind: "gate.expired", gate: gate.id, why: `it fell with ${first.id}` }));
  await ledger.append({ kind: "decision.dropped", decisions: ids, because: drop.because, tree: first.before }, ...expired, { kind: "message.added", from: "supervisor", text: told.id });
  site.shop.open("layer");
}
