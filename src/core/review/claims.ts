// What the agent claims of a decision, held against the checks that ran. A claim proves nothing by itself.
import type { Decision, Receipt, Run } from "../run/run.js";

export interface ClaimResult {
  readonly claim: string;
  readonly command: string;
  /** `unproven`: no check of this command ran on exactly what the decision left. */
  readonly standing: "proven" | "red" | "unable" | "unproven";
  /** The check result that decides; null while unproven. */
  readonly receipt: string | null;
}

/** Checks that ran on exactly what the decision left, oldest first. */
export function receiptsOf(run: Run, decision: Decision): readonly Receipt[] {
  return run.receipts.filter(({ on }) => on.decision === decision.id || (on.decision === undefined && on.kind === "worktree" && on.tree === decision.after));
}

/** The newest fresh check of the claim's command decides, whichever the agent pointed at. */
export function claimResults(run: Run, decision: Decision): readonly ClaimResult[] {
  const fresh = run.receipts.filter((receipt) => decision.after !== undefined && receipt.on.tree === decision.after);
  return decision.claims.map(({ claim, command }) => {
    const receipt = fresh.findLast((one) => one.command === command);
    if (receipt === undefined) return { claim, command, standing: "unproven", receipt: null };
    return { claim, command, standing: receipt.outcome === "green" ? "proven" : receipt.outcome, receipt: receipt.id };
  });
}
