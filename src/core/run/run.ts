// What a run is at one moment: the value that `evolve` folds the log into. Everything here is derived; nothing is stored.
import type { RunSpec } from "../log/lifecycle.js";
import type { Confirmation } from "../log/landing.js";
import type { DecisionReason } from "../log/decisions.js";
import type { EventOf } from "../log/event.js";
import type { AbandonRule, Goal } from "../log/goals.js";
import type { LimitName } from "../log/limits.js";
import type { Basis, BlobId, FileChange, Person, Sha, Usage, VerdictKind } from "../log/parts.js";
import type { Stage } from "../stage.js";
import type { StepDigest } from "./digest-schema.js";

export type RunId = string;
export type DecisionId = string;
export type GateId = string;

export type RunPhase =
  | { readonly kind: "preparing" }
  | { readonly kind: "working" }
  /** Nothing is done yet, or no more for now. `until`: when it starts, in epoch milliseconds; else it waits for a place. */
  | { readonly kind: "queued"; readonly why: string; readonly until: number | undefined; readonly behind: readonly RunId[] }
  | { readonly kind: "waiting"; readonly on: GateId }
  | { readonly kind: "outage"; readonly why: string; readonly retryAt: number }
  /** `on`: the question that is waited for besides. */
  | { readonly kind: "paused"; readonly why: string; readonly on?: GateId }
  | { readonly kind: "ended"; readonly outcome: EventOf<"run.ended">["outcome"]; readonly why: string };

/** `open` while the agent works in it; the other words as in `decision.ended`; `dropped` fell with a rejection. */
export type DecisionState = "open" | "kept" | "proposed" | "discarded" | "empty" | "dropped";

export interface Verdict {
  readonly verdict: VerdictKind;
  readonly basis: Basis;
  readonly comment: string | undefined;
  readonly by: EventOf<"verdict.given">["by"];
  readonly at: number;
  /** Its place in the log: what came later is told by this, because a clock may be set back. */
  readonly seq: number;
  /** The one on the same target that it replaced; it holds again once this one is taken back. */
  readonly before?: Verdict | undefined;
}

export interface Decision {
  readonly id: DecisionId;
  /** Counts from 1 in the order of opening; the id is `d<n>`. */
  readonly n: number;
  readonly reason: DecisionReason;
  readonly state: DecisionState;
  /** The worktree's tree at its start; at its end, once it ended. */
  readonly before: Sha;
  readonly after: Sha | undefined;
  readonly checkpoint: Sha | undefined;
  readonly files: readonly FileChange[];
  readonly heldTo: Stage | undefined;
  readonly endedBy: "agent" | "supervisor" | undefined;
  readonly outcomeText: string | undefined;
  readonly whyRevised: string | undefined;
  readonly titleRevised: string | undefined;
  readonly notes: readonly { readonly path: string; readonly why: string }[];
  readonly claims: readonly { readonly claim: string; readonly command: string; readonly receipt?: string | undefined }[];
  readonly violations: readonly string[];
  /** First and last step; the last grows while it is open. */
  readonly steps: readonly [number, number];
  readonly openedAt: number;
  readonly endedAt: number | undefined;
  /** The latest verdict by target id (d3, d3:path, d3:path#2). */
  readonly verdicts: Readonly<Record<string, Verdict>>;
}

export interface Gate {
  readonly id: GateId;
  readonly type: EventOf<"gate.raised">["type"];
  readonly target: string;
  readonly why: string;
  readonly ifDenied: string | undefined;
  readonly options: readonly string[];
  readonly decision: DecisionId | undefined;
  readonly call: string | undefined;
  readonly digest: string;
  readonly shown: BlobId;
  readonly raisedAt: number;
  /** The last step that had begun before; 0 for none. A clock may be set back, so places are told by this. */
  readonly afterStep: number;
  readonly state:
    | { readonly kind: "open" }
    | { readonly kind: "parked"; readonly why: string }
    | { readonly kind: "expired"; readonly why: string }
    | { readonly kind: "answered"; readonly answer: "allow" | "deny"; readonly forRun: boolean; readonly comment: string | undefined; readonly by: Person };
}

/** Proof that a check ran. */
export type Receipt = Omit<EventOf<"check.finished">, "kind"> & { readonly at: number; readonly afterStep: number };

export interface Permission {
  readonly gate: GateId;
  readonly type: "write" | "command" | "host";
  readonly target: string;
  readonly decision: DecisionId | undefined;
}

/** Connections to one host, told apart by how they ended and why. */
export interface HostContact {
  readonly host: string;
  /** 0 where it stands for several. */
  readonly port: number;
  readonly count: number;
  /** Why it was refused; undefined for a host that was reached. */
  readonly refused: string | undefined;
  /** The steps in which it was tried; undefined for checks and the set-up. */
  readonly steps: readonly [number, number] | undefined;
  /** As of a gate, when it was first tried. */
  readonly afterStep: number;
}

/** What was spent. `usd` counts known prices only; `unpriced` says that some turns had none. */
export interface Spent {
  readonly usd: number;
  readonly unpriced: boolean;
  readonly estimated: boolean;
  readonly usage: Usage;
  readonly turns: number;
  readonly steps: number;
  readonly gates: number;
  /** Milliseconds in which a turn, step or check was in progress. */
  readonly workedMs: number;
}

/** In place of a goal's id, for work that belongs to no goal. */
export const OUTSIDE = "";

/** What went into one goal, without what lies below it. */
export interface GoalWork {
  readonly usd: number;
  readonly tokens: number;
  readonly workedMs: number;
  readonly steps: number;
  /** How often its check was red at the end of a decision. */
  readonly attempts: number;
  /** The receipt of its check, while that was green when it last ran. */
  readonly reached: string | undefined;
}

export interface StepEntry {
  readonly step: number;
  readonly turn: number;
  readonly call: string;
  readonly tool: string;
  readonly about: string;
  readonly verdict: EventOf<"step.intended">["verdict"];
  readonly decision: DecisionId | undefined;
  /** The worktree's tree before a step that may write. */
  readonly tree: Sha | undefined;
  readonly outcome: EventOf<"step.finished">["outcome"] | undefined;
  readonly changed: readonly string[];
  readonly at: number;
  readonly ms: number | undefined;
}

export interface Landing {
  readonly intended: Omit<EventOf<"landing.intended">, "kind">;
  readonly state: "intended" | "landed" | "undone";
  readonly at: number;
}

export interface LandingStop {
  readonly outcome: "conflict" | "confirm" | "blocked";
  readonly why: string;
  readonly paths: readonly string[];
  readonly confirm: readonly Confirmation[];
}

/** What turned the run on its way. */
export type Turn = EventOf<"goals.set"> | EventOf<"goal.warned"> | EventOf<"goal.abandoned"> | EventOf<"goal.waived"> | EventOf<"limit.neared"> | EventOf<"limit.raised">;

export interface Run {
  readonly id: RunId;
  /** As the run started, but with the policy in force: it may have been narrowed since. */
  readonly spec: RunSpec;
  readonly startedAt: number;
  /** The stage in force: the one it started with, or lower. */
  readonly stage: Stage;
  readonly phase: RunPhase;
  /** The worktree's tree now, as the runner last knew it. */
  readonly tree: Sha | undefined;
  /** The tree that the first decision starts from: the base, plus what the set-up changed. */
  readonly startTree: Sha | undefined;
  /** Tracked files that the set-up changed: no decision explains them. */
  readonly unexplained: readonly string[];
  readonly decisions: readonly Decision[];
  readonly openDecision: DecisionId | undefined;
  readonly goals: readonly Goal[];
  /** The goal that is worked on: that of the last decision, until it is reached or given up. */
  readonly currentGoal: string | undefined;
  /** By goal; under `OUTSIDE` what belongs to none. */
  readonly goalWork: Readonly<Record<string, GoalWork>>;
  /** Goals that are given up now. */
  readonly abandoned: readonly (Omit<EventOf<"goal.abandoned">, "kind"> & { readonly afterStep: number })[];
  /** By goal: the rules that a person lifted from it. */
  readonly waived: Readonly<Record<string, readonly AbandonRule[]>>;
  /** By limit: what a person raised it to, and when. */
  readonly raised: Readonly<Partial<Record<LimitName, { readonly to: number; readonly at: number }>>>;
  readonly neared: readonly Omit<EventOf<"limit.neared">, "kind">[];
  /** What became of its goals and limits, in order: also what does not hold any more. */
  readonly course: readonly (Turn & { readonly afterStep: number })[];
  readonly gates: readonly Gate[];
  readonly permissions: readonly Permission[];
  readonly receipts: readonly Receipt[];
  readonly violations: readonly Omit<EventOf<"violation.found">, "kind">[];
  readonly steps: readonly StepEntry[];
  /** What a condensed log holds in place of the steps, while nothing was added to it; not enumerable, so that no copy of a run carries it on. */
  readonly digest?: StepDigest;
  /** The number of the last step that began; 0 before the first. */
  readonly lastStep: number;
  readonly hosts: readonly HostContact[];
  readonly spent: Spent;
  /** Commands that the log holds, accepted or refused. */
  readonly commands: Readonly<Record<string, { readonly accepted: boolean; readonly why: string | undefined }>>;
  readonly steering: readonly { readonly text: BlobId; readonly at: number; readonly afterStep: number }[];
  readonly notes: readonly string[];
  readonly landing: Landing | undefined;
  readonly landingStop: LandingStop | undefined;
  readonly finish: { readonly summary: BlobId; readonly done: readonly string[]; readonly notDone: readonly string[]; readonly unsure: readonly string[] } | undefined;
  /** The event with which the agent left, by finishing or by the run's end; undefined while it works or before. */
  readonly unheardSince: number | undefined;
  readonly lastSeq: number;
  readonly lastAt: number;
}
