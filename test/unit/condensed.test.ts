// A condensed log tells the same run as the log: for every recorded log that ended, for made ones, and going on from there.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import { eventSchema } from "../../src/core/log/event.js";
import { condense, condensedSchema, stepColumns, stepColumnsSchema, stepsOf } from "../../src/core/run/condensed.js";
import { strip } from "../../src/core/panel/strip.js";
import { Folder, replay } from "../../src/core/run/replay.js";
import type { StepEntry } from "../../src/core/run/run.js";
import { timeline } from "../../src/core/run/timeline.js";
import { longRun } from "../bench/long-run.js";
import { step } from "./run-builder.js";

const golden = new URL("../../../test/unit/golden/", import.meta.url);
const ENDED: RunEvent = { kind: "run.ended", outcome: "ready", why: "done", cost: { kind: "known", usd: 1 } };

/** Through JSON, which a log is read from. */
const logged = (events: readonly RunEvent[]): readonly LoggedEvent[] => events.map((event, n) => ({ ...(JSON.parse(JSON.stringify(event)) as RunEvent), seq: n + 1, at: 1_700_000_000_000 + n * 10 }));

/** Through JSON, as a file holds it. */
function rested(events: readonly LoggedEvent[]): Folder {
  const run = replay(events);
  assert.ok(run !== undefined);
  const condensed = condensedSchema.parse(JSON.parse(JSON.stringify(condense(events, run))));
  const columns = JSON.stringify(stepColumns(run.steps));
  return Folder.resting(condensed, () => stepsOf(stepColumnsSchema.parse(JSON.parse(columns))));
}

const logs: readonly (readonly [name: string, events: readonly LoggedEvent[]])[] = [
  ...readdirSync(golden)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => [name, readFileSync(new URL(name, golden), "utf8").trimEnd().split("\n").map((line) => {
      const { seq, at, ...event } = JSON.parse(line) as { seq: number; at: number };
      return { ...eventSchema.parse(event), seq, at };
    })] as const),
  ["a long one", logged([...longRun(3_000), ENDED])],
];

describe("a condensed log", () => {
  for (const [name, events] of logs) {
    const ended = replay(events)?.phase.kind === "ended";
    it(`${ended ? "tells the same run" : "is not made"}: ${name}`, () => {
      const run = replay(events);
      assert.ok(run !== undefined);
      if (ended) {
        const rest = rested(events).run;
        assert.deepEqual(rest, run);
        assert.deepEqual([timeline(rest), strip(rest)], [timeline(run), strip(run)]);
      }
      else assert.equal(condense(events, run), undefined);
    });
  }

  it("leaves out what there is most of", () => {
    const [, events] = logs.at(-1) ?? ["", []];
    const run = replay(events);
    assert.ok(run !== undefined);
    assert.ok((condense(events, run)?.events.length ?? 0) < events.length / 8);
  });

  it("goes on as the log itself does, also with the outcome of a step that had none", () => {
    const all = longRun(3_000);
    const before = logged([...all.slice(0, all.findLastIndex(({ kind }) => kind === "step.intended") + 1), ENDED]);
    const open = before.findLast((event) => event.kind === "step.intended");
    assert.ok(open?.kind === "step.intended");
    assert.equal(replay(before)?.steps.at(-1)?.outcome, undefined, "the log must end within a step");
    const more: readonly LoggedEvent[] = [
      { kind: "step.finished", step: open.step, call: open.call, outcome: "interrupted", result: "b".repeat(64), changed: [], ms: 5, masked: 0 },
      { kind: "run.unpaused", why: "a person resumed the run" },
      { kind: "step.intended", step: open.step + 1, turn: 9, call: "next", tool: "read", about: "a", verdict: { kind: "allow", rule: "r" } },
    ].map((event, n) => ({ ...(event as RunEvent), seq: before.length + n + 1, at: 1_800_000_000_000 + n }));
    const folder = rested(before);
    const early = folder.run;
    for (const event of more) folder.add(event);
    assert.deepEqual(folder.run, replay([...before, ...more]));
    assert.deepEqual(early, replay(before), "a run that was given out must not change");
  });

  it("is enough for the timeline and its strip, without one of the steps", () => {
    for (const [, events] of logs) {
      const run = replay(events);
      const condensed = run === undefined ? undefined : condense(events, run);
      if (run === undefined || condensed === undefined) continue;
      const rest = Folder.resting(condensed, () => assert.fail("the steps were read")).run;
      assert.ok(rest !== undefined);
      assert.deepEqual([timeline(rest), strip(rest)], [timeline(run), strip(run)]);
    }
  });

  it("says nothing of what was added to it: a step that came later is counted", () => {
    const [, events] = logs.at(-1) ?? ["", []];
    const folder = rested(events);
    const before = folder.run ?? assert.fail("no run");
    const { lastSeq, lastAt, lastStep } = before;
    assert.equal(timeline({ ...before }).steps, timeline(before).steps);
    folder.add({ kind: "run.unpaused", why: "a person resumed the run", seq: lastSeq + 1, at: lastAt });
    folder.add({ kind: "step.intended", step: lastStep + 1, turn: 9, call: "next", tool: "read", about: "a", verdict: { kind: "allow", rule: "r" }, seq: lastSeq + 2, at: lastAt });
    const after = folder.run ?? assert.fail("no run");
    assert.deepEqual([timeline(after).steps, after.lastStep], [timeline(before).steps + 1, lastStep + 1]);
  });

  it("keeps an instruction after the step that came before it, also where the clock was set back by a day between them", () => {
    const told: readonly RunEvent[] = [...longRun(400).slice(0, 200), { kind: "message.added", from: "person", text: "a".repeat(64) }, ...longRun(400).slice(200), ENDED];
    const steps = told.slice(0, 200).findLast((event) => event.kind === "step.intended");
    const events = logged(told).map((event) => (event.seq > 200 ? { ...event, at: event.at - 86_400_000 } : event));
    const rest = rested(events).run ?? assert.fail("no run");
    assert.deepEqual(rest.steering.map(({ afterStep }) => afterStep), [steps?.kind === "step.intended" ? steps.step : 0]);
    assert.deepEqual(rest, replay(events));
  });

  it("asks for the steps once, and only when somebody looks at them", () => {
    const [, events] = logs.at(-1) ?? ["", []];
    const run = replay(events);
    const condensed = run === undefined ? undefined : condense(events, run);
    assert.ok(run !== undefined && condensed !== undefined);
    let asked = 0;
    const folder = Folder.resting(condensed, () => {
      asked += 1;
      return run.steps;
    });
    assert.equal(folder.run?.decisions.length, run.decisions.length);
    assert.equal(asked, 0);
    assert.equal(folder.run.steps.length + folder.run.steps.length, 2 * run.steps.length);
    assert.equal(asked, 1);
  });

  it("keeps whatever a step's texts hold", () => {
    const steps: readonly StepEntry[] = ["plain", "two\nlines", "back\\slash", "\\n", "", "\\\\\n\\", "emoji 😀"].map((about, n) => step(n + 1, `tool ${about}`, about, { call: `c\n${about}`, ...(n % 2 === 0 ? { outcome: undefined, ms: undefined } : { changed: ["a\nb", about], decision: `d${String(n)}`, tree: "a".repeat(40) }) }));
    assert.deepEqual(stepsOf(stepColumnsSchema.parse(JSON.parse(JSON.stringify(stepColumns(steps))))), steps);
    assert.deepEqual(stepsOf(stepColumns([])), []);
  });

  it("refuses columns that do not belong together", () => {
    const columns = stepColumns([step(1, "bash", "a"), step(2, "read", "b")]);
    const broken: readonly unknown[] = [
      { ...columns, turn: [1] },
      { ...columns, about: "a" },
      { ...columns, tool: { values: ["bash"], runs: [0, 1, 7, 1] } },
      { ...columns, tool: { values: ["bash"], runs: [0, 1] } },
    ];
    for (const one of broken) assert.throws(() => stepsOf(stepColumnsSchema.parse(one)), /columns|column/);
    assert.equal(stepColumnsSchema.safeParse({ ...columns, at: [1, "2"] }).success, false);
  });
});
