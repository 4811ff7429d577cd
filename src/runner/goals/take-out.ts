// Takes what was done for goals that are given up out of the worktree again. Where it stands last, the files go back to what
// they were before it; where later decisions stand on top, its changes are taken out by a decision of the runner's own, so
// that every line is still explained. What a person accepted stays.
import type { RunEvent } from "../../core/log/event.js";
import type { Sha } from "../../core/log/parts.js";
import { effectiveVerdict } from "../../core/review/verdict.js";
import type { Decision, Run } from "../../core/run/run.js";
import { writesWorktree } from "../../core/stage.js";
import { checkpoint } from "../../git/checkpoint.js";
import { compareTrees } from "../../git/compare.js";
import { mergeTrees } from "../../git/merge.js";
import { restore } from "../../git/restore.js";
import { heldToOf, lastCheckpoint } from "../held-to.js";
import type { Site } from "../site.js";

export interface TakenOut {
  readonly events: readonly RunEvent[];
  readonly takenOut: readonly string[];
  /** Those whose changes could not be taken out, or must not be. */
  readonly kept: readonly string[];
}

/** The tools are closed and nothing writes; a decision that is open is one of theirs (`withOpen`) or there is none. The events must be appended at once: the files are changed already. */
export async function takeOut(site: Site, goals: ReadonlySet<string>, withOpen: boolean, because: string): Promise<TakenOut> {
  const { run } = site.ledger;
  const theirs = run.decisions.filter((decision) => stands(decision) && ((withOpen && decision.state === "open") || goals.has(decision.reason.goal ?? "")));
  if (!writesWorktree(run.stage)) return { events: [], takenOut: [], kept: theirs.map((decision) => decision.id) };
  const accepted = theirs.filter(isAccepted);
  const wanted = theirs.filter((decision) => !isAccepted(decision));
  const standing = run.decisions.filter(stands);
  const tail = standing.slice(standing.findLastIndex((decision) => !wanted.includes(decision)) + 1);
  const inside = wanted.filter((decision) => !tail.includes(decision) && decision.state === "kept");
  const first = tail[0];
  let tree = run.tree ?? run.spec.base;
  const events: RunEvent[] = [];
  if (first !== undefined) {
    tree = first.before;
    events.push({ kind: "decision.dropped", decisions: tail.map((decision) => decision.id), because, tree }, ...expired(run, tail, because));
  }
  const without = inside.length === 0 ? undefined : await treeWithout(site, tree, inside);
  if (without !== undefined && without !== tree) {
    events.push(...(await reverting(site, tree, without, inside, because)));
    tree = without;
  }
  if (events.length > 0) await restore(site.worktree, tree);
  return {
    events,
    takenOut: [...(without === undefined ? [] : inside), ...tail].map((decision) => decision.id),
    kept: [...accepted, ...(without === undefined ? inside : [])].map((decision) => decision.id),
  };
}

function stands(decision: Decision): boolean {
  return decision.state === "kept" || decision.state === "open";
}

function isAccepted(decision: Decision): boolean {
  const { whole, files } = effectiveVerdict(decision);
  return whole === "accept" || files.some((file) => file.verdict?.verdict === "accept" || file.hunks.some((hunk) => hunk.verdict.verdict === "accept"));
}

/** The tree without what the decisions changed, the last one first; undefined where later changes touch the same lines. */
async function treeWithout(site: Site, from: Sha, decisions: readonly Decision[]): Promise<Sha | undefined> {
  let tree = from;
  for (const { before, after } of decisions.toReversed()) {
    if (after === undefined) continue;
    const merged = await mergeTrees(site.worktree, after, tree, before);
    if (merged.kind === "conflict") return undefined;
    tree = merged.tree;
  }
  return tree;
}

async function reverting(site: Site, before: Sha, after: Sha, decisions: readonly Decision[], because: string): Promise<readonly RunEvent[]> {
  const { ledger, worktree } = site;
  const { run } = ledger;
  const id = `d${String(run.decisions.length + 1)}`;
  const names = decisions.map((decision) => decision.id).join(", ");
  const title = `Take out ${names}`;
  const files = await compareTrees(worktree, before, after);
  const step = run.spent.steps;
  const commit = await checkpoint(worktree, { tree: after, parent: lastCheckpoint(run) ?? run.spec.base, message: `${id}: ${title}`, name: id });
  return [
    { kind: "decision.opened", decision: id, reason: { title, why: `${because} Later decisions stand on these, so their changes are taken out by one of its own.`, insteadOf: [] }, before, step },
    {
      kind: "decision.ended",
      decision: id,
      outcome: "kept",
      by: "supervisor",
      after,
      checkpoint: commit,
      files,
      heldTo: heldToOf(run, files),
      outcomeText: `What ${names} changed is not in the files any more.`,
      notes: [],
      claims: [],
      step,
    },
  ];
}

function expired(run: Run, decisions: readonly Decision[], because: string): readonly RunEvent[] {
  const ids = new Set(decisions.map((decision) => decision.id));
  return run.gates
    .filter((gate) => (gate.state.kind === "open" || gate.state.kind === "parked") && gate.decision !== undefined && ids.has(gate.decision))
    .map((gate) => ({ kind: "gate.expired", gate: gate.id, why: `${gate.decision ?? ""} was taken out: ${because}` }));
}
