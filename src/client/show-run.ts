// One run's state, in the shape that other programs rely on.
import { HumanError } from "../core/error.js";
import { changesAsked } from "../core/review/asked.js";
import { goalRows, type GoalRow } from "../core/goals/view.js";
import { changedPaths, type Overlap } from "../core/review/overlap.js";
import { usd } from "../core/run/amounts.js";
import { usedLimits, type UsedLimit } from "../core/run/limits.js";
import type { Gate, GateId, RunId } from "../core/run/run.js";
import type { GateKind, Usage } from "../core/log/parts.js";
import type { Stage } from "../core/stage.js";
import { selection, undecided } from "../core/review/verdict.js";
import type { Store } from "../store/store.js";
import { listRuns } from "./list-runs.js";
import type { RunView } from "./read-run.js";
import type { RunState } from "./state-of.js";
import { worktreeOf } from "./worktree-of.js";

export interface ShownGate {
  readonly id: GateId;
  readonly kind: GateKind;
  readonly target: string;
  readonly why: string;
  readonly state: "open" | "parked";
  /** Exactly what an answer is about; null where its text is gone. */
  readonly shown: string | null;
  readonly ifDenied: string | null;
  readonly options: readonly string[];
  /** Epoch milliseconds. */
  readonly raisedAt: number;
}

export interface Shown {
  readonly id: RunId;
  readonly task: string;
  readonly state: RunState;
  readonly why: string;
  readonly stage: Stage;
  readonly stageWhy: string;
  readonly base: string;
  /** The folder that the agent's files are in. */
  readonly worktree: string;
  /** The living runner, or null. */
  readonly pid: number | null;
  /** Approvals that wait for a person: open, or skipped for now. */
  readonly gates: readonly ShownGate[];
  readonly landed: { readonly branch: string; readonly commits: readonly string[] } | null;
  readonly decisions: number;
  readonly undecided: number;
  /** Decisions of which something is accepted. */
  readonly accepted: number;
  /** Changes that were asked for after the agent had left; it makes them when the run is resumed. */
  readonly asked: number;
  readonly usd: number | null;
  /** Tokens: of those that were sent, `cacheRead` came from the service's cache. */
  readonly tokens: Usage;
  readonly steps: number;
  readonly workedMs: number;
  readonly startedAt: number;
  readonly owner: string;
  readonly notices: readonly string[];
  /** Files that another run has changed too. */
  readonly overlaps: readonly Overlap[];
  readonly goals: readonly GoalRow[];
  readonly limits: readonly UsedLimit[];
  /** Hosts that commands reached or were refused: `refused` says why, or is null. */
  readonly hosts: readonly { readonly host: string; readonly port: number; readonly count: number; readonly refused: string | null }[];
}

/** `overlaps`: what it shares with the other runs: see `overlapsOf`. */
export async function showRun(view: RunView, overlaps: readonly Overlap[]): Promise<Shown> {
  const { run } = view;
  const counted = run.decisions.filter((decision) => decision.state === "kept" || decision.state === "proposed");
  return {
    id: run.id,
    task: run.spec.task,
    state: view.state,
    why: whyOf(view),
    stage: run.stage,
    stageWhy: run.spec.stageWhy,
    base: run.spec.base,
    worktree: worktreeOf(view).root,
    pid: view.holder?.pid ?? null,
    gates: await Promise.all(run.gates.flatMap((gate) => (gate.state.kind === "open" || gate.state.kind === "parked" ? [shownGate(view, gate, gate.state.kind)] : []))),
    landed: run.landing?.state === "landed" ? { branch: run.landing.intended.branch, commits: run.landing.intended.commits.map((one) => one.commit) } : null,
    decisions: counted.length,
    undecided: undecided(run).length,
    accepted: selection(run).length,
    asked: changesAsked(run).length,
    usd: usd(run.spent),
    tokens: run.spent.usage,
    steps: run.spent.steps,
    workedMs: run.spent.workedMs,
    startedAt: run.startedAt,
    owner: run.spec.owner.email,
    notices: run.spec.notices,
    goals: goalRows(run),
    limits: usedLimits(run),
    overlaps,
    hosts: run.hosts.map(({ host, port, count, refused }) => ({ host, port, count, refused: refused ?? null })),
  };
}

/** What it shares with other runs of the repository. The others are read only where it changed something itself. */
export async function overlapsOf(store: Store, { run }: RunView): Promise<readonly Overlap[]> {
  if (changedPaths(run).length === 0) return [];
  return (await listRuns(store)).find(({ id }) => id === run.id)?.overlaps ?? [];
}

async function shownGate(view: RunView, gate: Gate, state: ShownGate["state"]): Promise<ShownGate> {
  const { id, target, why, options, raisedAt } = gate;
  return { id, kind: gate.type, target, why, state, shown: await shownOf(view.log, gate.shown), ifDenied: gate.ifDenied ?? null, options, raisedAt };
}

/** What a question showed; null where the text is missing or damaged: that must not hide the rest, and `vigil verify` names it. */
export async function shownOf(log: RunView["log"], shown: Gate["shown"]): Promise<string | null> {
  return log.blobs.text(shown).catch((error: unknown) => {
    if (error instanceof HumanError) return null;
    throw error;
  });
}

function whyOf(view: RunView): string {
  const { phase, id } = view.run;
  if (view.state === "interrupted") return `Its process is gone; nothing goes on by itself. "vigil resume ${id}" does.`;
  switch (phase.kind) {
    case "preparing":
    case "working":
      return "";
    case "waiting":
      return `It waits for an answer to ${phase.on}.`;
    case "queued":
    case "outage":
    case "paused":
    case "ended":
      return phase.why;
  }
}
