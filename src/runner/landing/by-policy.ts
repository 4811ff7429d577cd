// Landing without a person, at autonomous-with-summary only, and only where nothing speaks against it; else the landing
// becomes an approval. Its verdict is "accepted by policy <digest>", never a person's name.
import { judge } from "../../core/judge/judge.js";
import { goalState } from "../../core/goals/tree.js";
import { pathClass } from "../../core/review/path-class.js";
import type { RunEvent } from "../../core/log/event.js";
import { undecided } from "../../core/review/verdict.js";
import type { Run } from "../../core/run/run.js";
import { treeOf } from "../../git/checkpoint.js";
import { branchTip } from "../../git/read.js";
import { raised } from "../gate.js";
import type { Site } from "../site.js";
import { confirmations } from "./confirmations.js";
import { landRun } from "./land-run.js";
import { planLanding } from "./plan.js";

/** Lands what the run kept on `.landing.branch`, or raises the approval that says why a person must look. */
export async function landByPolicy(site: Site): Promise<"landed" | "asked" | "stopped"> {
  const { ledger } = site;
  // Killed between the landing and the end of the run: it is landed, and landing once more would be refused.
  if (ledger.run.landing?.state === "landed") return "landed";
  const branch = ledger.run.spec.policy.values["landing.branch"];
  if (branch === undefined) return "stopped";
  const planned = await landingReasons(site, branch);
  if (site.halt.aborted) return "stopped";
  // As it is now: somebody may have lowered the stage or rejected something while the landing was planned.
  const { run } = ledger;
  const reasons = [...planned, ...recordReasons(run)];
  const verdict = judge({ kind: "land", branch, doubts: reasons }, run.spec.policy.values, { stage: run.stage, openDecision: undefined, permissions: [] });
  if (verdict.kind === "deny") return "stopped";
  if (verdict.kind === "ask") {
    const shown = [`Landing on ${branch} needs a person:`, ...reasons.map((reason) => `- ${reason}`)].join("\n");
    const gate = await raised(ledger, { type: "landing", target: branch, why: reasons.join(" "), shown, ifDenied: "Nothing lands; the run stays ready to review." });
    await ledger.append(gate.event);
    return "asked";
  }
  const by = { kind: "policy", digest: run.spec.policyDigest } as const;
  const targets = undecided(run).map((decision) => decision.id);
  const accept: RunEvent[] = targets.length === 0 ? [] : [{ kind: "verdict.given", targets, verdict: "accept", basis: "summary", by }];
  await ledger.append(...accept);
  return landRun(site, { onto: branch, confirm: [], by });
}

// Asked of the plan as it would be with everything undecided accepted.
async function landingReasons(site: Site, branch: string): Promise<readonly string[]> {
  const { run } = site.ledger;
  const assumed = accepted(run);
  const tip = (await branchTip(site.repository, branch)) ?? run.spec.base;
  const plan = await planLanding(site.worktree, assumed, tip);
  if (plan.kind !== "planned") return [];
  return (await confirmations(site.worktree, await treeOf(site.worktree, tip), plan.commits)).map((item) => item.why);
}

function recordReasons(run: Run): readonly string[] {
  const kept = run.decisions.filter((decision) => decision.state === "kept");
  const tests = kept.flatMap((decision) => decision.files.filter((file) => file.status !== "added" && pathClass(file.path) === "test").map((file) => file.path));
  const open = run.gates.filter((gate) => gate.state.kind === "open");
  return [
    ...(tests.length === 0 ? [] : [`Existing tests were changed (${tests.slice(0, 5).join(", ")}).`]),
    ...(run.violations.length === 0 ? [] : [`The run tried ${String(run.violations.length)} change(s) that policy forbids.`]),
    ...(open.length === 0 ? [] : [`Approvals are open (${open.map((gate) => gate.id).join(", ")}).`]),
    ...(run.unexplained.length === 0 ? [] : [`No decision explains the changes of ${run.unexplained.slice(0, 5).join(", ")}.`]),
    ...run.goals.filter((goal) => goal.required && goalState(run, goal.id) === "abandoned").map((goal) => `The required goal ${goal.id} was given up.`),
    ...run.goals.filter((goal) => goal.required && goal.doneWhen !== undefined && goalState(run, goal.id) === "open").map((goal) => `The required goal ${goal.id} is not reached: its check "${goal.doneWhen ?? ""}" is not green.`),
    ...unproven(run),
  ];
}

function unproven(run: Run): readonly string[] {
  const required = new Set(run.goals.filter((goal) => goal.required).map((goal) => goal.id));
  return run.decisions
    .filter((decision) => decision.state === "kept" && decision.reason.goal !== undefined && required.has(decision.reason.goal))
    .flatMap((decision) => decision.claims.filter((claim) => run.receipts.find((receipt) => receipt.id === claim.receipt)?.outcome !== "green").map((claim) => `${decision.id} claims "${claim.claim}" for a required goal without a green check.`));
}

function accepted(run: Run): Run {
  const by = { kind: "policy", digest: run.spec.policyDigest } as const;
  const targets = new Set(undecided(run).map((decision) => decision.id));
  return {
    ...run,
    decisions: run.decisions.map((decision) =>
      targets.has(decision.id) ? { ...decision, verdicts: { [decision.id]: { verdict: "accept", basis: "summary", comment: undefined, by, at: run.lastAt, seq: run.lastSeq } } } : decision,
    ),
  };
}
