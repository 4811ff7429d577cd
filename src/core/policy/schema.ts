// The committed settings that bound every run in a workspace: one table of keys, each with its shape, its default and
// how levels merge. Merging, the manifest and the documentation follow from this table; nothing else lists the keys.
import { z } from "zod";
import { STAGES, stageSchema } from "../stage.js";
import { BOTH } from "./all-of.js";
import { hostSchema } from "./host.js";

/** How the values of several levels become one. See `merge.ts`. */
export type Merge = "lowest-stage" | "minimum" | "maximum" | "union" | "all-of" | "concat" | "or" | "strictest-answer" | "base-only";

/** A glob as a settings file may hold it. Exclusions are refused: added to a list that protects, one would open it. */
const glob = z
  .string()
  .min(1)
  .refine((text) => !text.startsWith("!"), "a glob here cannot exclude with !; give those paths a lower stage in vigil.policy.paths instead")
  .refine((text) => !/^\/|\\|(?:^|\/)\.\.(?:\/|$)/u.test(text), "a glob starts at the top of the repository and has forward slashes: no leading /, no backslash, no ..")
  .refine((text) => !text.includes(BOTH), `"${BOTH.trim()}" stands for "and" in merged values and cannot be in a glob`);
const globs = z.array(glob);
const positive = z.number().positive();
const whole = z.number().int().min(0);
const share = z.number().min(0).max(1);
const unansweredSchema = z.enum(["wait", "park", "deny", "stop"]);

export const pathRule = z.object({ glob, stage: stageSchema, reason: z.string().optional() }).strict();
export type PathRule = z.infer<typeof pathRule>;
/** Whose list a rule stands in: each level's list decides by itself, and the lowest of the results counts. */
export const RULE_LEVELS = ["committed", "checkout", "personal", "run", "default-branch"] as const;
const mergedPathRule = z.object({ glob: z.string().min(1), stage: stageSchema, reason: z.string().optional(), level: z.enum(RULE_LEVELS).default("committed") });
export type MergedPathRule = z.infer<typeof mergedPathRule>;
export const commandRule = z.object({ match: z.string().min(1), decision: z.enum(["allow", "ask", "deny"]), reason: z.string().optional() }).strict();
export type CommandRule = z.infer<typeof commandRule>;
export const approverRule = z.object({ glob, people: z.array(z.string().min(1)).min(1) }).strict();
export const waiver = z.object({ stage: z.enum(["bounded-write", "autonomous-with-summary"]), by: z.string().min(1), reason: z.string().min(1) }).strict();
export type Waiver = z.infer<typeof waiver>;

/** Globs that no setting can remove: what would change policy, walls or the next run. */
export const PROTECTED_ALWAYS = [".git/**", ".git", ".vscode/settings.json", ".vscode/tasks.json", ".vscode/launch.json", ".vigil/**"] as const;
export const HIDDEN_DEFAULT = [".env", ".env.*", "*.pem", "*.key", "id_rsa*", "id_ed25519*", ".npmrc", ".netrc"] as const;

interface Key {
  readonly schema: z.ZodType;
  readonly merge: Merge;
  /** What holds where no level speaks; null where absence has a meaning of its own. */
  readonly fallback: unknown;
  readonly description: string;
}

function key<S extends z.ZodType>(schema: S, merge: Merge, fallback: z.infer<S> | null, description: string) {
  return { schema, merge, fallback, description } as const satisfies Key;
}

/** Every `vigil.policy.*` key by the part of its name after that prefix. */
export const POLICY_KEYS = {
  maxStage: key(stageSchema, "lowest-stage", null, `The highest stage a run may take here: ${STAGES.join(", ")}. Without it the ceiling is gated-write.`),
  paths: key(z.array(pathRule), "concat", [], "Stages for single paths: the most specific matching glob decides, a tie goes to the lower stage."),
  scope: key(globs, "all-of", null, "Where a bounded-write run may change files without asking."),
  protected: key(globs, "union", [...PROTECTED_ALWAYS], "Files that change only after a person allowed exactly that. Adds to the built-in list."),
  hidden: key(globs, "union", [...HIDDEN_DEFAULT], "Files that the agent cannot read: empty inside the sandbox."),
  commands: key(z.array(commandRule), "concat", [], "Rules for commands: deny and ask match every program that a line names; allow matches plain words only."),
  networkHosts: key(z.array(hostSchema), "all-of", [], "Hosts that commands may reach: registry.example.com, *.example.com, each with an optional :port. Where the sandbox cannot open single hosts, they stay shut."),
  models: key(z.array(z.string().min(1)), "all-of", [], "Models that runs may use. Empty: any."),
  "limits.hours": key(positive, "minimum", null, "Hours of work; waiting for people, outages and sleep do not count."),
  "limits.usd": key(positive, "minimum", null, "US dollars a run may spend on the model."),
  "limits.tokens": key(positive, "minimum", null, "Tokens a run may use, input and output together."),
  "limits.files": key(positive, "minimum", null, "Files a run may change."),
  "limits.lines": key(positive, "minimum", null, "Lines a run may change."),
  "limits.steps": key(positive, "minimum", null, "Tool calls a run may make."),
  "limits.gates": key(positive, "minimum", null, "Approvals a run may ask for."),
  "limits.checkMinutes": key(positive, "minimum", 30, "Minutes one check may take before it counts as could not run."),
  "limits.perDay.usd": key(positive, "minimum", null, "US dollars that all runs here may spend in a day."),
  requiredChecks: key(z.array(z.string().min(1)), "union", [], "Commands that must be green before anything lands."),
  owner: key(z.string().min(1), "base-only", null, "Who answers for runs here, as an e-mail address."),
  approvers: key(z.array(approverRule), "union", [], "Whose approval a path needs."),
  secondPerson: key(z.boolean(), "or", false, "Whoever started the run may not be the one who approves it."),
  escalation: key(z.array(z.object({ afterMinutes: positive, to: z.string(), notify: z.string().optional() }).strict()), "base-only", [], "Whom to tell when an approval waits."),
  unanswered: key(z.object({ low: unansweredSchema, medium: unansweredSchema, high: unansweredSchema }).strict(), "strictest-answer", { low: "wait", medium: "wait", high: "wait" }, "What happens to an approval that nobody answers, by risk."),
  speculate: key(whole, "minimum", 10, "How many unapproved decisions may stack up at gated-write."),
  "abandon.attempts": key(positive, "minimum", 5, "Failed attempts after which a goal is abandoned."),
  "abandon.minutes": key(positive, "minimum", null, "Minutes after which a goal is abandoned."),
  "abandon.share": key(share, "minimum", 0.4, "Share of the budget after which a goal is abandoned."),
  "abandon.idleSteps": key(positive, "minimum", 40, "Steps without progress after which a goal is abandoned."),
  onAbandon: key(z.enum(["revert", "keep"]), "base-only", "revert", "What happens to an abandoned goal's changes."),
  "landing.branch": key(z.string().min(1), "base-only", null, "Where an autonomous run lands; checked out nowhere."),
  "landing.commits": key(z.enum(["decision", "one"]), "base-only", "decision", "One commit for each decision, or one for all."),
  "landing.requireAllDecided": key(z.boolean(), "or", false, "Nothing lands before every decision has a verdict."),
  "promotion.minRuns": key(whole, "maximum", 5, "Runs on record before the next stage opens."),
  "promotion.minDecisions": key(whole, "maximum", 20, "Decisions on record before the next stage opens."),
  "promotion.maxRejectedShare": key(share, "minimum", 0.1, "Largest share of rejected decisions."),
  "promotion.maxRevertedShare": key(share, "minimum", 0.05, "Largest share of landed decisions that were reverted."),
  "promotion.withinDays": key(positive, "minimum", 60, "How far back the record counts, in days."),
  "promotion.minReviewDepth": key(share, "maximum", 0.5, "Smallest share of decisions that were looked at, not accepted from the summary."),
  "promotion.waived": key(waiver, "base-only", null, "Opens a stage without a track record: who says so, and why."),
  "worktree.include": key(globs, "base-only", [], "Git-ignored files of the checkout that a run's worktree gets a copy of."),
  "worktree.setup": key(z.string().min(1), "base-only", null, "Command that prepares a worktree, run in the sandbox once for each state of the lock files."),
  "worktree.setupHosts": key(z.array(hostSchema), "base-only", [], "Hosts that the set-up command may reach besides networkHosts, while it runs."),
  "worktree.services": key(z.array(z.string().min(1)), "base-only", [], "Commands that must run beside the checks."),
  "worktree.history": key(whole, "base-only", 50, "How many commits of history the agent's own git sees."),
} as const satisfies Record<string, Key>;

export type PolicyKey = keyof typeof POLICY_KEYS;
export const POLICY_KEY_NAMES = Object.keys(POLICY_KEYS) as PolicyKey[];

type ValueOf<K extends PolicyKey> = z.infer<(typeof POLICY_KEYS)[K]["schema"]>;

/** A key without a value anywhere is undefined: no limit, no owner, no scope. Merged rules say which level they are of. */
export type PolicyValues = {
  readonly [K in PolicyKey]: K extends "paths"
    ? readonly MergedPathRule[]
    : (typeof POLICY_KEYS)[K]["fallback"] extends null
      ? ValueOf<K> | undefined
      : ValueOf<K>;
};

/** What one level says: only the keys it sets. */
export type PolicySettings = { readonly [K in PolicyKey]?: ValueOf<K> };

/** Where values come from, strictest first matters not: merging decides. `committed` is the base commit. */
export const LEVELS = ["committed", "checkout", "personal", "run"] as const;
export type Level = (typeof LEVELS)[number];

export const valueOrigin = z.object({
  /** The level that set the value; `default` where none did. */
  from: z.enum([...LEVELS, "default"]),
  /** The level that holds it down, with the one edit that opens it. */
  heldBy: z.string().optional(),
});
export type ValueOrigin = z.infer<typeof valueOrigin>;

const words = z.array(z.string().min(1));
/** Merged lists hold more than a settings file may: rules with their level, globs and hosts joined by "and". */
const MERGED_SHAPES: Partial<Record<PolicyKey, z.ZodType>> = { paths: z.array(mergedPathRule), scope: words, networkHosts: words, "worktree.setupHosts": words };

function mergedShape(name: PolicyKey): z.ZodType {
  const { fallback } = POLICY_KEYS[name];
  const schema: z.ZodType = MERGED_SHAPES[name] ?? POLICY_KEYS[name].schema;
  // A log of an older build lacks the keys that came later: their defaults held then as now.
  return fallback === null ? schema.optional() : schema.default(fallback);
}

// The table's keys and fallbacks are the type's definition, so the shape built from it parses to that type.
const policyValuesSchema = z.object(Object.fromEntries(POLICY_KEY_NAMES.map((name) => [name, mergedShape(name)]))) as unknown as z.ZodType<PolicyValues>;

/** The merged policy as it is written into `run.started`: every key's value and where it came from. */
export const effectivePolicySchema = z.object({
  values: policyValuesSchema,
  origins: z.record(z.string(), valueOrigin),
});
export interface EffectivePolicy {
  readonly values: PolicyValues;
  readonly origins: Readonly<Record<string, ValueOrigin>>;
}
