// Events about the run as a whole: its start, its processes, its walls, its end.
import { z } from "zod";
import { stageSchema } from "../stage.js";
import { goalSchema } from "./goals.js";
import { blobId, cost, person, repoPath, sha } from "./parts.js";
import { effectivePolicySchema } from "../policy/schema.js";

/** The newest format that this build reads and the only one it writes. */
export const LOG_FORMAT = 1;

export const runSpec = z.object({
  task: z.string().min(1),
  /** The person's own plan file, verbatim, when the task came from one. */
  plan: z.string().optional(),
  /** What the plan says must not be touched: patterns that the policy of this run protects, and words that nothing enforces. */
  boundaries: z.object({ enforced: z.array(z.string()), advice: z.array(z.string()) }).optional(),
  /** The person's own goals, read out of the plan. */
  goals: z.array(goalSchema).optional(),
  /** What the plan says under "Stop if" that no rule could be made of. */
  stopAdvice: z.array(z.string()).optional(),
  /** Nothing is changed before a person has approved the goals. */
  planFirst: z.boolean().optional(),
  repository: z.object({
    /** Top of the user's checkout. */
    root: z.string(),
    /** The git common directory. */
    commonDir: z.string(),
    /** Branch of the checkout at the start; undefined when HEAD is detached. */
    branch: z.string().optional(),
  }),
  base: sha,
  stage: stageSchema,
  /** Why this stage and not a higher one, as shown on the start card. */
  stageWhy: z.string(),
  policy: effectivePolicySchema,
  policyDigest: z.string(),
  owner: person,
  startedBy: person,
  model: z.object({ name: z.string(), baseUrl: z.string().optional() }),
  prices: z.record(z.string(), z.unknown()).default({}),
  worktree: z.string(),
  /** Sentences about what the run leaves out: uncommitted changes, submodules, LFS, hosts that stay shut. */
  notices: z.array(z.string()).default([]),
  /** Set when the run starts from the accepted proposals of another run and calls no model. */
  adopts: z.object({ run: z.string(), decisions: z.array(z.string()) }).optional(),
  /**
   * Set where the machine could confine nothing when the run started: why, with the remedy, as a sentence. The stage is
   * read-only then, the agent has file tools over git objects only, and no command is ever run.
   */
  withoutCommands: z.string().optional(),
  /** The run begins its work no earlier than this, in epoch milliseconds. */
  startAt: z.number().optional(),
  /** How many runs of the repository may work at once, as the person who started this one set it. */
  atOnce: z.number().int().positive().optional(),
  /** What the person who started it set about being told. The command is theirs: nothing that a repository holds gets here. */
  notify: z.object({ command: z.string().optional(), quietHours: z.string().optional(), desktop: z.boolean() }).optional(),
  /** The machine is kept from sleeping while the run works. */
  keepAwake: z.boolean().optional(),
});
export type RunSpec = z.infer<typeof runSpec>;

export const lifecycleEvents = [
  z.object({ kind: z.literal("run.started"), format: z.number().int(), version: z.string(), run: z.string(), command: z.string(), spec: runSpec }),
  z.object({
    kind: z.literal("runner.started"),
    role: z.enum(["worker", "clerk"]),
    pid: z.number().int(),
    host: z.string(),
    version: z.string(),
    /** Base URL in force for this process when the environment named one. */
    baseUrl: z.string().optional(),
  }),
  z.object({ kind: z.literal("runner.ended"), why: z.string() }),
  z.object({ kind: z.literal("log.repaired"), bytes: z.number().int(), aside: z.string() }),
  z.object({
    kind: z.literal("sandbox.tested"),
    backend: z.string(),
    passed: z.boolean(),
    probes: z.array(z.object({ name: z.string(), passed: z.boolean(), detail: z.string().optional() })),
    ms: z.number(),
  }),
  z.object({ kind: z.literal("worktree.created"), path: z.string(), tree: sha, ms: z.number() }),
  z.object({
    kind: z.literal("setup.finished"),
    command: z.string(),
    lockDigest: z.string(),
    exit: z.number().int().nullable(),
    output: blobId,
    /** Tracked files that the set-up changed: shown as "Unexplained changes". */
    changed: z.array(repoPath),
    tree: sha,
    ms: z.number(),
  }),
  z.object({
    kind: z.literal("check.finished"),
    id: z.string(),
    command: z.string(),
    /** `plan`: of a goal in the person's plan; `goal`: of a goal that the agent set. */
    source: z.enum(["policy", "plan", "claim", "goal"]),
    /** The goal that is reached where it is green. */
    goal: z.string().optional(),
    /** What it ran on. */
    on: z.object({ kind: z.enum(["base", "decision", "landing", "worktree"]), tree: sha, decision: z.string().optional() }),
    outcome: z.enum(["green", "red", "unable"]),
    exit: z.number().int().nullable(),
    /** Why a check could not run. */
    why: z.string().optional(),
    output: blobId,
    ms: z.number(),
  }),
  /** The live settings of the checkout became stricter while the run works: from here on this policy is in force. */
  z.object({ kind: z.literal("policy.narrowed"), policy: effectivePolicySchema, digest: z.string(), why: z.string() }),
  z.object({ kind: z.literal("stage.lowered"), to: stageSchema, by: z.string(), why: z.string() }),
  /** The run waits, without a worktree or a word to the model: for its time, `until`, or for a place, `behind` other runs. */
  z.object({ kind: z.literal("run.queued"), why: z.string(), until: z.number().optional(), behind: z.array(z.string()).default([]) }),
  z.object({ kind: z.literal("run.dequeued"), waitedMs: z.number() }),
  z.object({ kind: z.literal("run.paused"), why: z.string() }),
  z.object({ kind: z.literal("run.unpaused"), why: z.string() }),
  /** A fact the runner wants a reader to see once, such as a feature the server lacks. */
  z.object({ kind: z.literal("note.added"), text: z.string() }),
  z.object({
    kind: z.literal("run.ended"),
    outcome: z.enum(["ready", "landed", "proposed", "stopped", "failed", "abandoned"]),
    why: z.string(),
    cost,
  }),
] as const;
