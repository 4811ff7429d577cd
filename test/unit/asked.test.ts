// Changes that were asked for: heard at once by an agent that works, kept for one that has left.
import assert from "node:assert/strict";
import type { EventOf, RunEvent } from "../../src/core/log/event.js";
import { changesAsked, mayGoOn } from "../../src/core/review/asked.js";
import { evolve } from "../../src/core/run/evolve.js";
import type { Run } from "../../src/core/run/run.js";
import { decision, file, OWNER, run } from "./run-builder.js";

const ASKED = verdict("change", "d2", "use the helper");
const FINISHED: RunEvent = { kind: "finish.claimed", summary: "a".repeat(64), done: [], notDone: [], unsure: [] };
const ENDED: RunEvent = { kind: "run.ended", outcome: "ready", why: "ready to review", cost: { kind: "unknown" } };
const RESUMED: RunEvent = { kind: "run.unpaused", why: "a person asked for 1 change" };

function verdict(kind: EventOf<"verdict.given">["verdict"], target: string, comment?: string): RunEvent {
  return { kind: "verdict.given", targets: [target], verdict: kind, basis: "decision", by: { kind: "person", person: OWNER }, ...(comment === undefined ? {} : { comment }) };
}

function after(...events: readonly RunEvent[]): Run {
  const start = run({ decisions: [decision(1, { files: [file("a.ts")] }), decision(2, { files: [file("b.ts")] })] });
  return events.reduce((soFar, event, n) => evolve(soFar, { ...event, seq: 100 + n, at: 1 }), start);
}

const asked = (...events: readonly RunEvent[]): readonly string[] => changesAsked(after(...events)).map(({ target, comment }) => `${target}: ${comment}`);

describe("changes that were asked for", () => {
  it("are told at once while the agent works, and not again at the end", () => {
    assert.deepEqual(asked(ASKED), []);
    assert.deepEqual(asked(ASKED, FINISHED, ENDED), []);
  });

  it("wait once the agent has finished, also before its run has ended", () => {
    assert.deepEqual(asked(FINISHED, ASKED), ["d2: use the helper"]);
    assert.deepEqual(asked(FINISHED, ASKED, ENDED), ["d2: use the helper"]);
    assert.deepEqual(asked(FINISHED, ENDED, ASKED, verdict("change", "d1:a.ts", "shorter")), ["d1:a.ts: shorter", "d2: use the helper"]);
  });

  it("are told once", () => {
    assert.deepEqual(asked(FINISHED, ENDED, ASKED, RESUMED), []);
    assert.deepEqual(asked(FINISHED, ENDED, ASKED, RESUMED, FINISHED, ENDED), []);
    assert.deepEqual(asked(FINISHED, ENDED, ASKED, RESUMED, FINISHED, ENDED, verdict("change", "d1", "shorter")), ["d1: shorter"]);
  });

  it("fall with what replaces them, a verdict taken back, a rejection, a landing", () => {
    assert.deepEqual(asked(ENDED, ASKED, verdict("accept", "d2")), []);
    assert.deepEqual(asked(ENDED, ASKED, verdict("withdraw", "d2")), []);
    assert.deepEqual(asked(ENDED, ASKED, verdict("reject", "d2")), []);
    const intended: RunEvent = { kind: "landing.intended", branch: "vigil/x", from: null, to: "b".repeat(40), commits: [], checkout: false, by: { kind: "person", person: OWNER } };
    assert.deepEqual(asked(ENDED, ASKED, intended, { kind: "landing.finished", branch: "vigil/x", to: "b".repeat(40) }), []);
  });

  it("let a run go on that had ended well; an end by failure or by a stop does so anyway", () => {
    assert.deepEqual([mayGoOn(after(ENDED)), mayGoOn(after(ENDED, ASKED)), mayGoOn(after(ASKED))], [false, true, false]);
    assert.deepEqual((["failed", "stopped", "abandoned"] as const).map((outcome) => mayGoOn(after({ ...ENDED, outcome }))), [true, true, false]);
  });
});
