// Builds `Run` values for tests of what only reads them. It fills in what a test does not speak about, and nothing else.
import { mergedDefaults } from "./policy-defaults.js";
import { LOG_FORMAT } from "../../src/core/log/lifecycle.js";
import type { FileChange } from "../../src/core/log/parts.js";
import { begin } from "../../src/core/run/evolve.js";
import type { Decision, Gate, Receipt, Run, StepEntry, Verdict } from "../../src/core/run/run.js";

/** A git object id made of one repeated hex digit. */
export function shaOf(digit: number): string {
  return (digit % 16).toString(16).repeat(40);
}

export const OWNER = { name: "Ada Lovelace", email: "ada@team.example" };

export function run(parts: Partial<Run> = {}): Run {
  const started = begin({
    kind: "run.started",
    format: LOG_FORMAT,
    version: "0.0.0",
    run: "r-1",
    command: "start-1",
    seq: 1,
    at: 1_000_000,
    spec: {
      task: "Make the parser accept comments",
      repository: { root: "/repo", commonDir: "/repo/.git", branch: "main" },
      base: shaOf(0),
      stage: "gated-write",
      stageWhy: "the policy allows it",
      policy: mergedDefaults,
      policyDigest: "f".repeat(64),
      owner: OWNER,
      startedBy: OWNER,
      model: { name: "a-model" },
      prices: {},
      worktree: "/worktrees/r-1",
      notices: [],
    },
  });
  return { ...started, phase: { kind: "working" }, tree: shaOf(0), startTree: shaOf(0), commands: {}, course: (parts.abandoned ?? []).map((entry) => ({ kind: "goal.abandoned", ...entry })), ...parts };
}

/** A kept decision `d<n>`; steps and times follow from its number unless given. */
export function decision(n: number, parts: Partial<Decision> = {}): Decision {
  return {
    id: `d${String(n)}`,
    n,
    reason: { title: `Title ${String(n)}`, why: `why ${String(n)}`, insteadOf: [] },
    state: "kept",
    before: shaOf(n - 1),
    after: shaOf(n),
    checkpoint: shaOf(n),
    files: [],
    heldTo: "gated-write",
    endedBy: "agent",
    outcomeText: undefined,
    whyRevised: undefined,
    titleRevised: undefined,
    notes: [],
    claims: [],
    violations: [],
    steps: [n * 10, n * 10 + 5],
    openedAt: 1_000_000 + n * 10_000,
    endedAt: 1_000_000 + n * 10_000 + 5_000,
    verdicts: {},
    ...parts,
  };
}

export function file(path: string, parts: Partial<FileChange> = {}): FileChange {
  return { path, status: "modified", added: 1, removed: 1, binary: false, modes: ["100644", "100644"], ...parts };
}

export function verdict(kind: Verdict["verdict"], parts: Partial<Verdict> = {}): Verdict {
  return { verdict: kind, basis: "decision", comment: undefined, by: { kind: "person", person: OWNER }, at: 1, seq: 1, ...parts };
}

/** A step that went well, a second after the one before it. */
export function step(n: number, tool: string, about: string, parts: Partial<StepEntry> = {}): StepEntry {
  return {
    step: n,
    turn: n,
    call: `call-${String(n)}`,
    tool,
    about,
    verdict: { kind: "allow", rule: "confined" },
    decision: undefined,
    tree: undefined,
    outcome: "ok",
    changed: [],
    at: 1_000_000 + n * 1_000,
    ms: 10,
    ...parts,
  };
}

export function gate(id: string, parts: Partial<Gate> = {}): Gate {
  return {
    id,
    type: "command",
    target: "npm publish",
    why: "the release is part of the task",
    ifDenied: undefined,
    options: [],
    decision: undefined,
    call: undefined,
    digest: "d",
    shown: "a".repeat(64),
    raisedAt: 1_000_000,
    afterStep: 0,
    state: { kind: "open" },
    ...parts,
  };
}

export function receipt(id: string, command: string, parts: Partial<Receipt> = {}): Receipt {
  return {
    id,
    command,
    source: "policy",
    on: { kind: "decision", tree: shaOf(1), decision: "d1" },
    outcome: "green",
    exit: 0,
    output: "b".repeat(64),
    ms: 1_000,
    at: 1_000_000,
    afterStep: 0,
    ...parts,
  };
}
