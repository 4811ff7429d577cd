// The policy in force here: the stage a run would take now, each key's value and where it came from, and what opens more.
import type { stageLadder } from "../core/policy/open.js";
import { POLICY_KEY_NAMES, type PolicyKey, type ValueOrigin } from "../core/policy/schema.js";
import type { Stage } from "../core/stage.js";
import type { Workspace } from "./open-repository.js";
import { resolvePolicy } from "./resolve-policy.js";
import { openingFor } from "./opening.js";

export interface PolicyReport {
  /** The stage that a run without --stage would take now. */
  readonly stage: Stage;
  readonly why: string;
  readonly digest: string;
  /** `value` is null where a key has none: no limit, no owner, no scope. */
  readonly keys: Readonly<Record<PolicyKey, { readonly value: unknown; readonly from: ValueOrigin["from"]; readonly heldBy?: string }>>;
  readonly ladder: ReturnType<typeof stageLadder>;
  /** This branch's settings would open more than the default branch's, and nobody confirmed them. */
  readonly unconfirmed: boolean;
}

export async function policyReport(workspace: Workspace): Promise<PolicyReport> {
  const resolved = await resolvePolicy(workspace);
  const { values, origins } = resolved.policy;
  const { opened, ladder } = await openingFor(workspace, resolved, undefined);
  const keys = Object.fromEntries(
    POLICY_KEY_NAMES.map((key) => {
      const origin = origins[key];
      return [key, { value: values[key] ?? null, from: origin?.from ?? "default", ...(origin?.heldBy === undefined ? {} : { heldBy: origin.heldBy }) }];
    }),
  ) as PolicyReport["keys"];
  return {
    stage: opened.kind === "open" ? opened.stage : "read-only",
    why: opened.why,
    digest: resolved.digest,
    keys,
    ladder,
    unconfirmed: resolved.widening?.confirmed === false,
  };
}
