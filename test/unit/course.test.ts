import assert from "node:assert/strict";
import type { RunEvent } from "../../src/core/log/event.js";
import { ABANDON_RULES, type Goal } from "../../src/core/log/goals.js";
import { report } from "../../src/core/review/report.js";
import { momentText } from "../../src/core/run/moment-text.js";
import { replayOn } from "../../src/core/run/replay.js";
import { timeline } from "../../src/core/run/timeline.js";
import { OWNER, run } from "./run-builder.js";

const goal = (id: string, parts: Partial<Goal> = {}): Goal => ({ id, title: `Goal ${id}`, required: false, ifParentAbandoned: "stop", ...parts });
const set = (by: "agent" | "person", ...goals: readonly Goal[]): RunEvent => ({ kind: "goals.set", by, goals: [...goals], ...(by === "person" ? { person: OWNER } : {}) });
const givenUp: RunEvent = { kind: "goal.abandoned", goal: "g1", by: "rule", rule: "attempts", why: "red 3 times", tried: ["a mock"], smallestUnblock: "Say which port", takenOut: ["d2"], kept: ["d1"] };

/** Everything that the timeline tells of such a run, as sentences. */
function check(events: readonly RunEvent[], expected: readonly string[]): void {
  assert.deepEqual(timeline(replayOn(run(), events)).moments.map(momentText), expected);
}

describe("what turned a run on its way", () => {
  it("tells of a goal given up by which rule, what was taken out and what stays", () => {
    check([set("agent", goal("g1")), givenUp], ['goal abandoned by a rule (its check was red too often): Goal g1. Why: "red 3 times". Tried: "a mock". Would unblock it: "Say which port". Taken out again: d2. Stays: d1.']);
  });

  it("still tells that a goal was given up once a person let it be tried again, and the report does not count it", () => {
    const events: readonly RunEvent[] = [set("agent", goal("g1")), givenUp, { kind: "goal.waived", goal: "g1", rules: [...ABANDON_RULES], by: OWNER }];
    const texts = timeline(replayOn(run(), events)).moments.map(momentText);
    assert.match(texts[0] ?? "", /^goal abandoned by a rule .* It is open again since\.$/u);
    assert.equal(texts[1], "goal let be tried again by Ada Lovelace, and not given up by rule any more: Goal g1");
    assert.deepEqual(report(replayOn(run(), events)).abandoned, []);
  });

  it("tells of a goal given up a second time after it was tried again", () => {
    const again: RunEvent = { ...givenUp, why: "red 3 more times" };
    const told = report(replayOn(run(), [set("agent", goal("g1")), givenUp, { kind: "goal.waived", goal: "g1", rules: ["attempts"], by: OWNER }, again])).abandoned;
    assert.deepEqual(told.map((entry) => entry.why), ["red 3 more times"]);
  });

  it("names the rules that were lifted where not all were", () => {
    check([set("agent", goal("g1")), { kind: "goal.waived", goal: "g1", rules: ["attempts", "idle"], by: OWNER }], ["goal let be tried again by Ada Lovelace, and not given up by the rules attempts, idle any more: Goal g1"]);
  });

  it("tells of limits that came near, and of who raised them to what", () => {
    check(
      [
        { kind: "limit.neared", limit: "usd", mark: "80", used: 8, of: 10 },
        { kind: "limit.neared", limit: "usd", mark: "reserve", used: 9.7, of: 10 },
        { kind: "limit.raised", limit: "usd", to: 20, by: OWNER },
        { kind: "limit.raised", limit: "steps", to: 1500, by: OWNER },
      ],
      [
        "limit near: money, $8.00 of $10.00 (80 %)",
        "limit near, what is left is for wrapping up: money, $9.70 of $10.00 (97 %)",
        "limit raised by Ada Lovelace: money, now $20.00",
        "limit raised by Ada Lovelace: steps, now 1,500 steps",
      ],
    );
  });

  it("says of goals set anew who changed which, and nothing of the agent's first or of a list that is the same", () => {
    check(
      [
        set("agent", goal("g1"), goal("g2")),
        set("agent", goal("g1"), goal("g2")),
        set("agent", goal("g1", { title: "Another" }), goal("g3")),
        set("person", goal("g3", { by: "person" })),
      ],
      ["goals changed by the agent: 2 goals; added g3; removed g2; changed g1", "goals changed by Ada Lovelace: 1 goal; removed g1"],
    );
  });

  it("says of a plan that waited who approved it, or sent it back with which word", () => {
    const raised = (gate: string): RunEvent => ({ kind: "gate.raised", gate, type: "plan", target: "2 goals", why: "You asked.", options: [], digest: "d", shown: "a".repeat(64) });
    const answered = (gate: string, answer: "allow" | "deny", comment?: string): RunEvent => ({ kind: "gate.answered", gate, answer, forRun: false, by: OWNER, digest: "d", command: "c", ...(comment === undefined ? {} : { comment }) });
    check([raised("g1"), answered("g1", "deny", "smaller"), raised("g2"), answered("g2", "allow")], ['plan sent back by Ada Lovelace: "smaller"', "plan approved by Ada Lovelace"]);
  });

  it("gives the state of each goal, and keeps the older word for it", () => {
    const events: readonly RunEvent[] = [set("agent", goal("g1"), goal("g2"), goal("g3")), givenUp, { kind: "goal.reached", goal: "g2", receipt: "c1" }];
    assert.deepEqual(timeline(replayOn(run(), events)).goals.map(({ id, state, abandoned }) => [id, state, abandoned]), [["g1", "abandoned", true], ["g2", "reached", false], ["g3", "open", false]]);
  });
});
