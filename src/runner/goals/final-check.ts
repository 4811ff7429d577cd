// At the end of a run: whether what was reached still is, on exactly what stands now. A later decision may have broken an
// earlier goal, and a goal may have been reached without a decision of its own.
import { goalState } from "../../core/goals/tree.js";
import { count } from "../../core/run/amounts.js";
import { receiptFor } from "../checks.js";
import type { Site } from "../site.js";
import { checkGoal } from "./done-check.js";

/** Undefined where every required goal with a check is reached; else a sentence about those that are not. */
export async function checkGoals(site: Site): Promise<string | undefined> {
  const { ledger } = site;
  const tree = ledger.run.tree ?? ledger.run.spec.base;
  for (const goal of ledger.run.goals) {
    if (site.halt.aborted) return undefined;
    if (goal.doneWhen === undefined || goalState(ledger.run, goal.id) === "abandoned") continue;
    const known = receiptFor(ledger.run.receipts.filter((receipt) => receipt.goal === goal.id), goal.doneWhen, tree);
    if (known !== undefined && known.outcome !== "unable") continue;
    const { events } = await checkGoal(site, goal.id, { kind: "worktree", tree }, true, 0);
    await ledger.append(...events);
  }
  const missing = ledger.run.goals.filter((goal) => goal.required && goal.doneWhen !== undefined && goalState(ledger.run, goal.id) === "open").map((goal) => goal.id);
  return missing.length === 0 ? undefined : `ready to review, but ${missing.length === 1 ? `the required goal ${missing.join("")} is` : `${count(missing.length, "required goal")} (${missing.join(", ")}) are`} not reached: see its check`;
}
