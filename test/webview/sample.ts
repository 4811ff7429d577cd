// Runs as the page is told of them: one of a dozen decisions in all their states, and ones as long as a night is.
import type { Goal } from "../../src/core/log/goals.js";
import type { Panel } from "../../src/core/panel/panel.js";
import { panel } from "../../src/core/panel/panel.js";
import type { Run, StepEntry } from "../../src/core/run/run.js";
import { decision, file, gate, receipt, run, step, verdict } from "../unit/run-builder.js";

const TITLES = [
  "Move the token refresh lock into AuthStore",
  "Delete the retry wrapper around login()",
  "Say in the docs which lock comes first",
  "Add a race detector to AuthStore",
  "Seed the clock in every auth test",
  "Raise the worker's memory to two gigabytes, because the longest of all test files needs it to end at all",
];

/** A finished run with an approval that waits, failures, a dropped attempt, and one verdict of each kind. */
export function sampleRun(): Run {
  const files = [
    [file("src/auth/store.ts", { added: 121, removed: 40 }), file("src/auth/refresh.ts", { added: 56, removed: 39 })],
    [file("src/auth/login.ts", { added: 4, removed: 18 })],
    [file("docs/locks.md", { added: 12, removed: 0 })],
    [file("src/auth/store.ts", { added: 103, removed: 34 })],
    [file("test/auth/clock.test.ts", { added: 20, removed: 3 })],
    [file("package.json", { added: 1, removed: 1 })],
  ];
  const decisions = TITLES.map((title, n) =>
    decision(n + 1, {
      reason: { title, why: `Refresh took the session lock before the store lock; ${String(n + 3)} of 400 runs deadlocked.`, insteadOf: n === 0 ? [{ option: "A retry around login()", whyNot: "it hides the race" }] : [], goal: n < 3 ? "g1" : "g2" },
      files: files[n] ?? [],
      steps: [n * 40 + 1, n * 40 + 40],
      ...(n === 3 ? { verdicts: { d4: verdict("accept") } } : {}),
      ...(n === 4 ? { verdicts: { d5: verdict("reject", { comment: "do not hide it" }) } } : {}),
    }),
  );
  return run({
    phase: { kind: "ended", outcome: "ready", why: "ready to review" },
    goals: [
      { id: "g1", title: "Make it deterministic", required: true, ifParentAbandoned: "stop" },
      { id: "g2", title: "Prove it", required: false, ifParentAbandoned: "stop" },
    ],
    decisions: [...decisions, decision(7, { state: "discarded", files: [], steps: [241, 260], reason: { title: "Try a global lock", why: "simplest", insteadOf: [] } })],
    steps: Array.from({ length: 260 }, (_, n) => step(n + 1, n % 7 === 0 ? "edit" : n % 5 === 0 ? "bash" : "read", n % 7 === 0 ? "src/auth/store.ts" : n % 5 === 0 ? "npm test -- auth" : `src/auth/file-${String(n)}.ts`, stepParts(n))),
    receipts: [receipt("r1", "npm test", { on: { kind: "decision", tree: "1".repeat(40), decision: "d1" } }), receipt("r2", "npm run lint", { outcome: "red", on: { kind: "decision", tree: "2".repeat(40), decision: "d2" } })],
    gates: [gate("g1", { type: "command", target: "psql -f migrations/backfill.sql", why: "Decision 6 needs the new column filled before its test can pass.", ifDenied: "The agent writes the migration and skips running it." })],
  });
}

function stepParts(n: number): Partial<StepEntry> {
  return { decision: `d${String(Math.floor(n / 40) + 1)}`, ...(n % 31 === 0 ? { outcome: "error" as const } : {}), ...(n % 7 === 0 ? { changed: ["src/auth/store.ts"] } : {}) };
}

export function samplePanel(of: Run = sampleRun(), trusted = true): Panel {
  return panel({ run: of, diff: undefined, summary: "Lock order fixed in AuthStore.", shown: new Map([["g1", "psql -f migrations/backfill.sql\nin the worktree"]]), trusted, scripted: false, interrupted: false });
}

/** The sample's run while it still works: a tree of goals in every state, an attempt left, and limits that are near and reached. */
export function plannedRun(): Run {
  const base = sampleRun();
  const goal = (id: string, title: string, parts: Partial<Goal> = {}): Goal => ({ id, title, required: false, ifParentAbandoned: "stop", ...parts });
  const work = (usd: number, steps: number, attempts = 0, reached?: string) => ({ usd, tokens: steps * 900, workedMs: steps * 2_500, steps, attempts, reached });
  const { values } = base.spec.policy;
  return {
    ...base,
    phase: { kind: "working" },
    spec: { ...base.spec, policy: { ...base.spec.policy, values: { ...values, "limits.usd": 10, "limits.hours": 8, "limits.steps": 250 } } },
    spent: { ...base.spent, usd: 8.62, workedMs: 9_300_000, steps: 260, turns: 90 },
    currentGoal: "g2",
    goals: [
      goal("main", "No test of the login fails by chance any more", { required: true, by: "person", doneWhen: "npm test -- auth --repeat 400" }),
      goal("g1", "Make it deterministic", { parent: "main", required: true }),
      goal("lock", "One lock for the refresh of tokens", { parent: "g1", required: true, by: "person", doneWhen: "npm run lint:locks" }),
      goal("clock", "Seed the clock of every test, also of those that start a browser of their own and wait for it", { parent: "g1" }),
      goal("g2", "Prove it", { parent: "main", doneWhen: "npm run race" }),
      goal("docs", "Say in the docs which lock comes first", { by: "person" }),
    ],
    goalWork: { lock: work(2.1, 90, 0, "r1"), clock: work(3.4, 120), g2: work(1.31, 50, 4) },
    abandoned: [{ goal: "clock", by: "rule", rule: "minutes", why: "2 h of work went into it, of 2 h that it may take.", tried: ["fake timers", "a clock of its own"], smallestUnblock: "Say whether the browser tests may be left out.", takenOut: ["d5"], kept: ["d3"], afterStep: 230 }],
    decisions: base.decisions.map((one, n) => ({ ...one, reason: { ...one.reason, goal: ["lock", "lock", "docs", "clock", "g2", "g2"][n] } })),
  };
}

/** As many steps as a long night has, in twenty decisions. */
export function longRun(steps: number): Run {
  const each = Math.floor(steps / 20);
  return run({
    phase: { kind: "ended", outcome: "ready", why: "ready to review" },
    decisions: Array.from({ length: 20 }, (_, n) => decision(n + 1, { files: [file(`src/part-${String(n)}.ts`, { added: 20, removed: 5 })], steps: [n * each + 1, (n + 1) * each] })),
    steps: Array.from({ length: steps }, (_, n) => step(n + 1, n % 3 === 0 ? "edit" : "read", `src/part-${String(n % 400)}.ts`, { decision: `d${String(Math.min(20, Math.floor(n / each) + 1))}` })),
  });
}
