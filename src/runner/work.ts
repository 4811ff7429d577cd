// A worker's shift: prepare, let the loop run, and bring the run to its end: checks on what was kept, landing by policy
// where the stage allows it, and the last event.
import { runLoop } from "../agent/loop.js";
import type { Model } from "../agent/model.js";
import type { LoopEnd } from "../agent/workbench.js";
import type { EventOf } from "../core/log/event.js";
import type { Run } from "../core/run/run.js";
import { writesWorktree } from "../core/stage.js";
import { workbench } from "./bench.js";
import { isAbandoned, isOver } from "../core/goals/fall.js";
import { WHOLE_TASK } from "../core/goals/tree.js";
import { endForAgent } from "./calls/end-decision.js";
import { receiptFor, runChecks } from "./checks.js";
import { checkGoals } from "./goals/final-check.js";
import { hasFinished } from "./commands/steering.js";
import { stopWhy } from "./halt.js";
import { recordContacts } from "./hosts.js";
import { landByPolicy } from "./landing/by-policy.js";
import { checkBase, makeWorktree, setUp } from "./prepare.js";
import type { Site } from "./site.js";

type Ended = Omit<EventOf<"run.ended">, "kind" | "cost">;

/** Works until the run has ended. The walls passed their test, or the run has no commands that would need them. */
export async function work(site: Site, model: Model): Promise<void> {
  await setUp(site, await makeWorktree(site));
  const base = site.halt.aborted ? "stop" : await checkBase(site);
  const end: LoopEnd = base === "go" ? await loop(site, model) : { kind: "stopped", why: "required checks cannot run here" };
  await endRun(site, await conclude(site, end));
}

/** Logs the end, with what the run cost. Questions of single calls end with it: nobody waits for their answer any more. */
export async function endRun(site: Site, ended: Ended): Promise<void> {
  const { spent, gates } = site.ledger.run;
  const expired = gates
    .filter((gate) => gate.type !== "decision" && gate.type !== "landing" && (gate.state.kind === "open" || gate.state.kind === "parked"))
    .map((gate) => ({ kind: "gate.expired" as const, gate: gate.id, why: "the run ended" }));
  const cost = spent.unpriced ? ({ kind: "unknown" } as const) : ({ kind: "known", usd: spent.usd } as const);
  await site.ledger.append(...expired, { kind: "run.ended", ...ended, cost });
}

async function loop(site: Site, model: Model): Promise<LoopEnd> {
  // Killed between the agent's last word and the end: it is not asked again.
  if (hasFinished(site.ledger)) return { kind: "finished" };
  site.shop.open(site.ledger.run.openDecision !== undefined && writesWorktree(site.ledger.run.stage) ? "write" : "layer");
  try {
    return await runLoop(workbench(site), model, { chance: Math.random }, site.halt);
  } finally {
    await site.shop.close();
    // What ran in the background may have gone on after the last call.
    const { steps } = site.ledger.run.spent;
    if (!site.ledger.lost.aborted) await recordContacts(site, await site.shop.contacts(), { step: steps });
  }
}

async function conclude(site: Site, end: LoopEnd): Promise<Ended> {
  if (site.halt.aborted) end = { kind: "stopped", why: stopWhy(site.halt) };
  await site.settle();
  await endForAgent(site);
  // Somebody may have given a goal up while the agent said its last word; one wish at a time is carried out.
  while (!site.halt.aborted && (await site.watchGoals("wishes"))) await site.shop.close();
  const ended = await outcomeOf(site, end);
  // A stop holds until the last moment before something landed.
  return site.halt.aborted && ended.outcome !== "landed" ? { outcome: "stopped", why: stopWhy(site.halt) } : ended;
}

async function outcomeOf(site: Site, end: LoopEnd): Promise<Ended> {
  switch (end.kind) {
    case "failed":
      return { outcome: "failed", why: end.why };
    case "stopped":
    case "paused":
      // Nothing was left to do, and no room to say so.
      if (isOver(site.ledger.run)) return afterFinish(site);
      return { outcome: "stopped", why: end.why };
    case "finished":
      return afterFinish(site);
  }
}

async function afterFinish(site: Site): Promise<Ended> {
  const { ledger } = site;
  if (ledger.run.decisions.some((decision) => decision.state === "proposed")) {
    return { outcome: "proposed", why: "read-only: the proposals wait for a verdict" };
  }
  if (!ledger.run.decisions.some((decision) => decision.state === "kept")) return ended(ledger.run, "no change was kept");
  const failing = await checkWhatStands(site);
  const missing = await checkGoals(site);
  if (site.halt.aborted) return { outcome: "stopped", why: stopWhy(site.halt) };
  if (failing !== undefined) return ended(ledger.run, failing);
  if (ledger.run.stage !== "autonomous-with-summary") return ended(ledger.run, missing ?? "ready to review");
  const landed = await landByPolicy(site);
  if (landed === "landed") return { outcome: "landed", why: `landed on ${ledger.run.landing?.intended.branch ?? "its branch"}` };
  return ended(ledger.run, landed === "asked" ? "the landing needs a person" : (ledger.run.landingStop?.why ?? "ready to review"));
}

async function checkWhatStands(site: Site): Promise<string | undefined> {
  const { ledger } = site;
  const tree = ledger.run.tree ?? ledger.run.spec.base;
  const commands = ledger.run.spec.policy.values.requiredChecks;
  const due = commands.filter((command) => (receiptFor(ledger.run.receipts, command, tree)?.outcome ?? "unable") === "unable");
  for (const event of await runChecks(site, due, "policy", { kind: "worktree", tree }, true)) await ledger.append(event);
  const bad = commands.map((command) => receiptFor(ledger.run.receipts, command, tree)).find((receipt) => receipt !== undefined && receipt.outcome !== "green");
  if (bad === undefined) return undefined;
  return `the required check "${bad.command}" ${bad.outcome === "red" ? "is red" : "could not run"}, so nothing lands`;
}

// A required goal that was abandoned is the outcome, whatever else stands.
function ended(run: Run, why: string): Ended {
  const given = run.abandoned.find((entry) => entry.by === "rule" && entry.rule !== "part" && entry.rule !== "parent") ?? run.abandoned[0];
  if (given === undefined || !isAbandoned(run)) return { outcome: "ready", why };
  return { outcome: "abandoned", why: `${given.goal === WHOLE_TASK ? "the task" : `goal ${given.goal}`} was given up: ${given.why}` };
}
