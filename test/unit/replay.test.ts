// Folding the log: what a person said last holds, whatever the machinery reports meanwhile; and a long log opens quickly.
import assert from "node:assert/strict";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import { begin, evolve } from "../../src/core/run/evolve.js";
import { Folder, replay } from "../../src/core/run/replay.js";
import type { Run } from "../../src/core/run/run.js";
import { run as builtRun, OWNER, shaOf } from "./run-builder.js";

const BLOB = "a".repeat(64);
const USAGE = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };

function logged(events: readonly RunEvent[]): LoggedEvent[] {
  return events.map((event, n) => ({ ...event, seq: n + 1, at: 1_000 + n }));
}

const STARTED: RunEvent = { kind: "run.started", format: 1, version: "1", run: "r-1", command: "0", spec: builtRun().spec };
const TURN: readonly RunEvent[] = [
  { kind: "turn.requested", turn: 1, model: "m", maxTokens: 10 },
  { kind: "turn.received", turn: 1, model: "m", stop: "end_turn", usage: USAGE, cost: { kind: "known", usd: 0 }, reply: BLOB, calls: [], ms: 1 },
];
const PAUSED: RunEvent = { kind: "run.paused", why: "Ada paused the run" };
const UNPAUSED: RunEvent = { kind: "run.unpaused", why: "Ada resumed the run" };
const ANSWERED: RunEvent = { kind: "gate.answered", gate: "g1", answer: "allow", forRun: false, by: OWNER, digest: "d", command: "1" };
const RAISED: RunEvent = { kind: "gate.raised", gate: "g1", type: "question", target: "?", why: "", options: [], digest: "d", shown: BLOB };
const AWAITED: RunEvent = { kind: "gate.awaited", gate: "g1" };
const OUTAGE: RunEvent = { kind: "turn.waiting", turn: 1, attempt: 1, why: "down", retryAt: 5 };

function steps(n: number): RunEvent[] {
  return Array.from({ length: n }, (_, index): RunEvent[] => [
    { kind: "step.intended", step: index + 1, turn: 1, call: `c${String(index)}`, tool: "bash", about: "ls", verdict: { kind: "allow", rule: "r" } },
    { kind: "step.finished", step: index + 1, call: `c${String(index)}`, outcome: "ok", result: BLOB, changed: [], ms: 1, masked: 0 },
  ]).flat();
}

describe("folding the log", () => {
  function check(events: readonly RunEvent[], phase: Run["phase"]): void {
    assert.deepEqual(replay(logged([STARTED, ...events]))?.phase, phase);
  }

  const paused = { kind: "paused", why: "Ada paused the run" } as const;
  it("stays paused when a turn that was under way arrives", () => { check([TURN[0] as RunEvent, PAUSED, TURN[1] as RunEvent], paused); });
  it("stays paused when the service is found to be down", () => { check([PAUSED, OUTAGE], paused); });
  it("stays paused when a question begins to be waited for, and waits for it once resumed", () => {
    check([RAISED, PAUSED, AWAITED], { ...paused, on: "g1" });
    check([RAISED, PAUSED, AWAITED, UNPAUSED], { kind: "waiting", on: "g1" });
  });
  it("waits on after a pause during a question", () => {
    check([RAISED, AWAITED, PAUSED], { ...paused, on: "g1" });
    check([RAISED, AWAITED, PAUSED, UNPAUSED], { kind: "waiting", on: "g1" });
    check([RAISED, AWAITED, PAUSED, ANSWERED, UNPAUSED], { kind: "working" });
  });
  it("does not begin to wait for a question that was answered in between", () => { check([RAISED, ANSWERED, AWAITED], { kind: "preparing" }); });
  it("has ended, whatever is answered or noted afterwards, until it is resumed", () => {
    const ended: RunEvent = { kind: "run.ended", outcome: "stopped", why: "stop", cost: { kind: "unknown" } };
    check([RAISED, AWAITED, ended, ANSWERED, PAUSED, { kind: "runner.ended", why: "done" }], { kind: "ended", outcome: "stopped", why: "stop" });
    check([RAISED, AWAITED, ended, UNPAUSED], { kind: "working" });
  });

  it("gives the same run event by event, all at once, and at every point in between", () => {
    const events = logged([STARTED, ...steps(20), RAISED, AWAITED, ...TURN, ANSWERED, ...steps(5).map((event) => ("step" in event ? { ...event, step: event.step + 20 } : event))]);
    const folder = new Folder();
    let run: Run | undefined;
    for (const event of events) {
      run = run === undefined ? (event.kind === "run.started" ? begin(event) : undefined) : evolve(run, event);
      folder.add(event);
      if (event.seq % 7 === 0) assert.deepEqual(folder.run, run);
    }
    assert.deepEqual(folder.run, run);
    assert.deepEqual(replay(events), run);
  });

  it("never changes a run that it gave out", () => {
    const events = logged([STARTED, ...steps(3)]);
    const folder = new Folder();
    for (const event of events.slice(0, 4)) folder.add(event);
    const early = folder.run;
    const copy = structuredClone(early);
    for (const event of events.slice(4)) folder.add(event);
    assert.deepEqual(early, copy);
    assert.equal(folder.run?.steps.length, 3);
  });

  it("folds a hundred thousand events in time that grows with their number only", () => {
    const events = logged([STARTED, ...steps(50_000), { kind: "worktree.created", path: "/w", tree: shaOf(1), ms: 1 }]);
    const before = performance.now();
    const run = replay(events);
    const ms = performance.now() - before;
    assert.equal(run?.steps.filter((step) => step.outcome === "ok").length, 50_000);
    // A third of a second on an idle machine; copying the steps for each event took twenty.
    assert.ok(ms < 2_500, `took ${ms.toFixed(0)} ms`);
  });
});
