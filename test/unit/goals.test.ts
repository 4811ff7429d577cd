// The rules by which a goal is given up: each has a case in which it trips, and a near-miss in which it must not. Events go
// through the real fold and the real watch, as in a runner.
import assert from "node:assert/strict";
import { fallsWith, isAbandoned, isOver } from "../../src/core/goals/fall.js";
import { withAgentGoals } from "../../src/core/goals/merge.js";
import { goalProblem } from "../../src/core/goals/problem.js";
import { goalRows, goalSpend, goalStanding } from "../../src/core/goals/view.js";
import { nearing, tripped } from "../../src/core/goals/trip.js";
import { GoalWatch } from "../../src/core/goals/watch.js";
import type { EventOf, LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import type { Goal } from "../../src/core/log/goals.js";
import type { PolicyValues } from "../../src/core/policy/schema.js";
import { evolve } from "../../src/core/run/evolve.js";
import type { Run } from "../../src/core/run/run.js";
import type { Stage } from "../../src/core/stage.js";
import { file, OWNER, run, shaOf } from "./run-builder.js";

const BLOB = "b".repeat(64);

function goal(id: string, more: Partial<Goal> = {}): Goal {
  return { id, title: `Goal ${id}`, required: false, ifParentAbandoned: "stop", by: "agent", ...more };
}

/** A run that is told events one after the other, with its watch. */
class Played {
  run: Run;
  readonly watch = new GoalWatch();
  readonly events: LoggedEvent[] = [];
  #step = 0;
  #decisions = 0;
  #checks = 0;
  #seq = 10;

  constructor(policy: Partial<PolicyValues> = {}, goals: readonly Goal[] = [goal("g1"), goal("g2")], stage: Stage = "bounded-write") {
    const base = run();
    const { policy: merged } = base.spec;
    this.run = { ...base, stage, spec: { ...base.spec, stage, policy: { ...merged, values: { ...merged.values, ...policy } } } };
    this.tell({ kind: "worktree.created", path: "/w", tree: shaOf(0), ms: 1 }, { kind: "goals.set", by: "agent", goals: [...goals] });
  }

  tell(...events: readonly RunEvent[]): this {
    for (const event of events) {
      const logged: LoggedEvent = { ...event, seq: (this.#seq += 1), at: this.#seq };
      this.events.push(logged);
      this.run = evolve(this.run, logged);
      this.watch.add(logged, this.run.stage === "read-only");
    }
    return this;
  }

  begin(id?: string): this {
    const decision = `d${String((this.#decisions += 1))}`;
    return this.tell({ kind: "decision.opened", decision, reason: { title: "T", why: "W", insteadOf: [], ...(id === undefined ? {} : { goal: id }) }, before: this.run.tree ?? shaOf(0), step: this.#step });
  }

  end(changed = true): this {
    const decision = this.run.openDecision ?? "d0";
    return this.tell({ kind: "decision.ended", decision, outcome: changed ? "kept" : "empty", by: "agent", after: this.run.tree ?? shaOf(0), files: changed ? [file("a.ts")] : [], heldTo: this.run.stage, notes: [], claims: [], step: this.#step });
  }

  /** One call. `tree`: a digit for what the files are afterwards. `like`: it repeats the step before the last so many. */
  step(tool: string, more: { readonly outcome?: EventOf<"step.finished">["outcome"]; readonly tree?: number; readonly repeats?: number; readonly ms?: number; readonly about?: string } = {}): this {
    const step = (this.#step += 1);
    const { outcome = "ok", tree, repeats, ms = 1, about = `${tool} ${String(step)}` } = more;
    return this.tell(
      { kind: "step.intended", step, turn: 1, call: `c${String(step)}`, tool, about, verdict: { kind: outcome === "denied" ? "deny" : "allow", rule: outcome === "denied" ? "protected" : "inside" } },
      { kind: "step.finished", step, call: `c${String(step)}`, outcome, result: BLOB, changed: [], ms, masked: 0, ...(tree === undefined ? {} : { tree: shaOf(tree) }), ...(repeats === undefined ? {} : { repeats }) },
    );
  }

  /** The same call again with the same result, `times` in all. */
  again(tool: string, times: number, more: { readonly outcome?: "ok" | "error"; readonly about?: string } = {}): this {
    this.step(tool, more);
    for (let n = 1; n < times; n += 1) this.step(tool, { ...more, repeats: this.#step });
    return this;
  }

  check(id: string, outcome: "green" | "red" | "unable", on: "decision" | "worktree" = "decision"): this {
    return this.tell({ kind: "check.finished", id: `c${String((this.#checks += 1))}`, command: "npm test", source: "goal", goal: id, on: { kind: on, tree: this.run.tree ?? shaOf(0) }, outcome, exit: 1, output: BLOB, ms: 5 });
  }

  turn(usd: number, ms = 1): this {
    return this.tell({ kind: "turn.received", turn: 1, model: "m", stop: "tool_use", usage: { input: 10, output: 10, cacheRead: 0, cacheWrite: 0 }, cost: { kind: "known", usd }, reply: BLOB, calls: [], ms });
  }

  get trip(): string | undefined {
    const trip = tripped(this.run, this.watch);
    return trip === undefined ? undefined : `${trip.goal}: ${trip.rule}`;
  }

  get near(): string | undefined {
    const trip = nearing(this.run, this.watch);
    return trip === undefined ? undefined : `${trip.goal}: ${trip.rule}`;
  }
}

function times(n: number, act: (n: number) => void): void {
  for (let at = 1; at <= n; at += 1) act(at);
}

describe("a goal is given up by rule", () => {
  describe("when its check was red too often", () => {
    const red = (n: number): Played => {
      const played = new Played({ "abandon.attempts": 3 });
      times(n, () => played.begin("g1").step("edit", { tree: n }).end().check("g1", "red"));
      return played;
    };
    it("trips at the last attempt", () => { assert.equal(red(3).trip, "g1: attempts"); });
    it("not one before", () => { assert.equal(red(2).trip, undefined); });
    it("not for checks that could not run, nor for those of the run's end", () => {
      const played = red(2).check("g1", "unable").check("g1", "unable").check("g1", "red", "worktree");
      assert.equal(played.trip, undefined);
    });
    it("not once it was reached", () => {
      const played = red(2).check("g1", "green").tell({ kind: "goal.reached", goal: "g1", receipt: "c3" });
      assert.equal(played.trip, undefined);
      assert.equal(goalStanding(goalRows(played.run)[0] as never), "reached");
    });
    it("not for another goal's checks", () => { assert.equal(red(2).check("g2", "red").trip, undefined); });
  });

  describe("when steps go by without progress", () => {
    const idle = (): Played => new Played({ "abandon.idleSteps": 6 }).begin("g1");
    it("trips after so many", () => {
      const played = idle();
      times(6, () => played.step("bash"));
      assert.equal(played.trip, "g1: idle");
    });
    it("not one before, and warns once at the half", () => {
      const played = idle();
      times(3, () => played.step("bash"));
      assert.equal(played.near, "g1: idle");
      played.tell({ kind: "goal.warned", goal: "g1", rule: "idle", text: "" });
      times(2, () => played.step("bash"));
      assert.deepEqual([played.near, played.trip], [undefined, undefined]);
    });
    it("not when the last step changed a file", () => {
      const played = idle();
      times(5, () => played.step("bash"));
      played.step("edit", { tree: 1 });
      times(5, () => played.step("bash"));
      assert.equal(played.trip, undefined);
    });
    it("also where the files only come back to what they were before", () => {
      const played = idle().step("edit", { tree: 1 });
      times(6, (n) => played.step("edit", { tree: n % 2 }));
      assert.match(played.trip ?? "", /idle|circle/u);
    });
    it("not when a check turned green, a person spoke or answered", () => {
      for (const event of [
        { kind: "check.finished", id: "c1", command: "npm test", source: "claim", on: { kind: "decision", tree: shaOf(0) }, outcome: "green", exit: 0, output: BLOB, ms: 1 },
        { kind: "message.added", from: "person", text: BLOB },
        { kind: "gate.answered", gate: "g1", answer: "allow", forRun: false, by: OWNER, digest: "x", command: "y" },
      ] satisfies RunEvent[]) {
        const played = idle();
        times(5, () => played.step("bash"));
        played.tell(event);
        times(5, () => played.step("bash"));
        assert.equal(played.trip, undefined, event.kind);
      }
    });
    it("not for a check that was green before", () => {
      const played = idle().check("g2", "green");
      times(5, () => played.step("bash"));
      played.check("g2", "green").step("bash");
      assert.equal(played.trip, "g1: idle");
    });
    it("not for what was not run or was broken off", () => {
      const played = idle();
      times(20, () => played.step("bash", { outcome: "skipped" }).step("bash", { outcome: "interrupted" }));
      assert.equal(played.trip, undefined);
    });
    it("lets a run read on before its first decision, but not for ever", () => {
      const played = new Played({ "abandon.idleSteps": 6 });
      times(11, () => played.step("read"));
      assert.equal(played.trip, undefined);
      played.step("read");
      assert.equal(played.trip, "g1: idle");
    });
    it("counts what is new as progress at read-only, where nothing can be written", () => {
      const played = new Played({ "abandon.idleSteps": 6 }, [goal("g1")], "read-only");
      times(50, () => played.step("read"));
      assert.equal(played.trip, undefined);
      played.again("read", 8);
      assert.match(played.trip ?? "", /idle|repeats/u);
    });
    it("does not begin anew when the agent sets its goals again", () => {
      const played = idle();
      times(6, () => played.step("set_goals").tell({ kind: "goals.set", by: "agent", goals: [goal("g1"), goal("g2")] }));
      assert.equal(played.trip, "g1: idle");
    });
  });

  describe("when it goes in circles", () => {
    const circles = (n: number, away: (n: number) => number = () => 9): Played => {
      const played = new Played({ "abandon.attempts": 3, "abandon.idleSteps": 1_000 }).begin("g1");
      times(n, (at) => played.step("edit", { tree: away(at) }).step("edit", { tree: 0 }));
      return played;
    };
    it("trips when the files came back to the same state so often", () => { assert.equal(circles(3).trip, "g1: circle"); });
    it("trips whichever way it went in between", () => { assert.equal(circles(3, (n) => n).trip, "g1: circle"); });
    it("not one before", () => { assert.equal(circles(2).trip, undefined); });
    it("not when a decision was kept in between", () => {
      const played = circles(2).step("edit", { tree: 5 }).end().begin("g1").step("edit", { tree: 0 });
      assert.equal(played.trip, undefined);
    });
    it("not when the runner put the files back", () => {
      const played = new Played({ "abandon.attempts": 3 });
      times(5, (n) => played.begin("g1").step("edit", { tree: n }).tell({ kind: "decision.dropped", decisions: [`d${String(n)}`], because: "rejected", tree: shaOf(0) }));
      assert.equal(played.trip, undefined);
    });
  });

  describe("when the same thing fails the same way", () => {
    const failing = (): Played => new Played({ "abandon.attempts": 3 }).begin("g1");
    it("trips when it failed so often in a row with the same output", () => { assert.equal(failing().again("bash", 3, { outcome: "error" }).trip, "g1: same-failure"); });
    it("also with edits in between", () => {
      const played = failing().step("bash", { outcome: "error" }).step("edit", { tree: 1 }).step("bash", { outcome: "error", repeats: 1 }).step("edit", { tree: 2 }).step("bash", { outcome: "error", repeats: 3 });
      assert.equal(played.trip, "g1: same-failure");
    });
    it("not one before", () => { assert.equal(failing().again("bash", 2, { outcome: "error" }).trip, undefined); });
    it("not when it failed in another way in between", () => {
      const played = failing().again("bash", 2, { outcome: "error" }).step("bash", { outcome: "error" }).step("bash", { outcome: "error" });
      assert.equal(played.trip, undefined);
    });
    it("not over a person's word", () => {
      const played = failing().again("bash", 2, { outcome: "error" }).tell({ kind: "message.added", from: "person", text: BLOB }).step("bash", { outcome: "error", repeats: 2 });
      assert.equal(played.trip, undefined);
    });
  });

  describe("when it repeats a call", () => {
    const calls = (): Played => new Played({ "abandon.attempts": 3 }).begin("g1");
    it("trips when the same call gave the same result so often while no file changed", () => { assert.equal(calls().again("read", 3).trip, "g1: repeats"); });
    it("not one before", () => { assert.equal(calls().again("read", 2).trip, undefined); });
    it("not when a file changed in between", () => {
      const played = calls().again("read", 2).step("edit", { tree: 1 }).step("read", { repeats: 2 });
      assert.equal(played.trip, undefined);
    });
    it("not when the results differ", () => {
      const played = calls();
      times(8, () => played.step("bash", { about: "tail log" }));
      assert.equal(played.trip, undefined);
    });
  });

  describe("when it looks for a way around a refusal", () => {
    const refused = (n: number): Played => {
      const played = new Played({ "abandon.attempts": 3 }).begin("g1");
      times(n, () => played.step("write", { outcome: "denied" }));
      return played;
    };
    it("trips after so many refusals without progress", () => { assert.equal(refused(3).trip, "g1: refusals"); });
    it("not one before", () => { assert.equal(refused(2).trip, undefined); });
    it("not when something else went forward in between", () => { assert.equal(refused(2).step("edit", { tree: 1 }).step("write", { outcome: "denied" }).trip, undefined); });
  });

  describe("when what it may use is used up", () => {
    it("trips at its minutes, money and tokens, and not before", () => {
      for (const [when, rule] of [[{ minutes: 2 }, "minutes"], [{ usd: 1 }, "usd"], [{ tokens: 40 }, "tokens"]] as const) {
        const played = new Played({}, [goal("g1", { abandonWhen: when }), goal("g2")]).begin("g1").turn(0.5, 60_000);
        assert.equal(played.trip, undefined, rule);
        assert.equal(played.turn(0.5, 60_000).trip, `g1: ${rule}`);
      }
    });
    it("counts for a parent what its parts used", () => {
      const played = new Played({}, [goal("g1", { abandonWhen: { usd: 1 } }), goal("g2", { parent: "g1" }), goal("g3", { parent: "g1" })]).begin("g2").turn(0.6).end().begin("g3").turn(0.6);
      assert.equal(played.trip, "g1: usd");
      assert.equal(goalSpend(goalRows(played.run)[0] as never), "0 steps, 0 s, $1.20");
    });
    it("trips at its share while others wait, and gives what is left to the last", () => {
      const played = new Played({ "limits.usd": 10, "abandon.share": 0.4 }).begin("g1").turn(3.9);
      assert.equal(played.trip, undefined);
      assert.equal(played.near, "g1: share");
      assert.equal(played.turn(0.2).trip, "g1: share");
      const alone = new Played({ "limits.usd": 10, "abandon.share": 0.4 }, [goal("g1")]).begin("g1").turn(9);
      assert.equal(alone.trip, undefined);
      const rest = new Played({ "limits.usd": 10, "abandon.share": 0.4 }).begin("g2").tell({ kind: "goal.reached", goal: "g2", receipt: "c1" }).begin("g1").turn(9);
      assert.equal(rest.trip, undefined);
    });
    it("knows no share where the run has no limit", () => { assert.equal(new Played({ "abandon.share": 0.4 }).begin("g1").turn(1_000).trip, undefined); });
  });

  it("holds the whole task to the same rules where no goals are set", () => {
    const played = new Played({ "abandon.attempts": 3 }, []).begin().again("bash", 3, { outcome: "error" });
    assert.equal(played.trip, "task: same-failure");
  });

  it("is lifted by a person only, rule by rule", () => {
    const played = new Played({ "abandon.attempts": 3 }).begin("g1").again("read", 3);
    assert.equal(played.trip, "g1: repeats");
    played.tell({ kind: "goal.waived", goal: "g1", rules: ["repeats"], by: OWNER }).again("read", 5);
    assert.equal(played.trip, undefined);
    assert.equal(played.again("bash", 3, { outcome: "error" }).trip, "g1: same-failure");
  });

  it("counts on from the log alone, so that a crash resets nothing", () => {
    const played = new Played({ "abandon.attempts": 3, "abandon.idleSteps": 6 }).begin("g1");
    times(6, () => played.step("bash"));
    assert.equal(played.trip, "g1: idle");
    const again = new GoalWatch();
    for (const event of played.events.slice(0, -1)) again.add(event, false);
    assert.equal(tripped(played.run, again), undefined);
    again.add(played.events.at(-1) as LoggedEvent, false);
    assert.equal(tripped(played.run, again)?.rule, "idle");
  });
});

describe("criteria", () => {
  const when = (policy: Partial<PolicyValues>, own: Goal["abandonWhen"]): (string | undefined)[] =>
    [1, 2, 3, 4].map((n) => {
      const played = new Played(policy, [goal("g1", own === undefined ? {} : { abandonWhen: own }), goal("g2")]);
      times(n, () => played.begin("g1").end().check("g1", "red"));
      return played.trip;
    });
  it("are tightened by what the agent says", () => { assert.deepEqual(when({ "abandon.attempts": 4 }, { attempts: 2 }), [undefined, "g1: attempts", "g1: attempts", "g1: attempts"]); });
  it("are never loosened by it", () => { assert.deepEqual(when({ "abandon.attempts": 2 }, { attempts: 40 }), [undefined, "g1: attempts", "g1: attempts", "g1: attempts"]); });
  it("stay as tight as they were when the agent sets its goals again", () => {
    const played = new Played({ "abandon.attempts": 4 }, [goal("g1", { abandonWhen: { attempts: 2 } })]);
    const merged = withAgentGoals(played.run, [goal("g1", { abandonWhen: { attempts: 4, minutes: 5 } })]);
    assert.deepEqual(merged.kind === "merged" && merged.goals[0]?.abandonWhen, { attempts: 2, minutes: 5 });
  });
  it("of zero or below are refused", () => {
    assert.match(goalProblem([goal("g1", { abandonWhen: { attempts: 0 } })]) ?? "", /attempts of zero or below/u);
    assert.match(goalProblem([goal("g1", { abandonWhen: { minutes: -1 } })]) ?? "", /minutes of zero or below/u);
    assert.equal(goalProblem([goal("g1", { abandonWhen: { attempts: 1 } })]), undefined);
  });
});

describe("the agent's goals", () => {
  const person = goal("p1", { by: "person", required: true, doneWhen: "npm test", abandonWhen: { attempts: 3 } });
  const merged = (played: Played, ...asked: readonly Goal[]): readonly Goal[] => {
    const result = withAgentGoals(played.run, asked);
    if (result.kind === "refused") throw new Error(result.why);
    return result.goals;
  };
  it("change nothing of a person's but to make it stricter", () => {
    const played = new Played({}, [person]);
    assert.deepEqual(merged(played, goal("p1", { title: "Easier", required: false, doneWhen: "true", abandonWhen: { attempts: 9, minutes: 10 } }), goal("g1", { parent: "p1" })), [
      { ...person, abandonWhen: { attempts: 3, minutes: 10 } },
      goal("g1", { parent: "p1" }),
    ]);
  });
  it("cannot leave a person's out", () => { assert.deepEqual(merged(new Played({}, [person]), goal("g1")).map(({ id }) => id), ["p1", "g1"]); });
  it("cannot leave out what is on record", () => {
    const played = new Played({}, [goal("g1"), goal("g2")]).begin("g1").end();
    assert.deepEqual(merged(played, goal("g3")).map(({ id }) => id), ["g1", "g3"]);
  });
  it("keep the check that they had, and what was required", () => {
    const [first] = merged(new Played({}, [goal("g1", { doneWhen: "npm test", required: true })]), goal("g1"));
    assert.deepEqual([first?.doneWhen, first?.required], ["npm test", true]);
  });
  it("do not bring back under another name what was given up", () => {
    const played = new Played({}, [goal("g1", { title: "Port the parser", doneWhen: "npm test" }), goal("g2", { doneWhen: "npm test" })]);
    played.tell({ kind: "goal.abandoned", goal: "g1", by: "rule", rule: "attempts", why: "red", tried: [] });
    assert.equal(withAgentGoals(played.run, [goal("g9", { title: "port the Parser!" })]).kind, "refused");
    assert.equal(withAgentGoals(played.run, [goal("g9", { title: "Something", doneWhen: "npm test" })]).kind, "refused");
    assert.equal(withAgentGoals(played.run, [goal("g9", { title: "Something", doneWhen: "npm run docs" }), goal("g2", { doneWhen: "npm test" })]).kind, "merged");
  });
});

describe("what falls with a goal", () => {
  const falls = (goals: readonly Goal[], id: string): string[] => fallsWith(new Played({}, goals).run, id).map(({ goal: name, rule }) => `${name}${rule === undefined ? "" : ` ${rule}`}`);
  it("is the goal alone where it may be dropped", () => { assert.deepEqual(falls([goal("g1"), goal("g2")], "g1"), ["g1"]); });
  it("is what lies below it, but for what is worth finishing", () => {
    assert.deepEqual(falls([goal("g1"), goal("a", { parent: "g1" }), goal("b", { parent: "g1", ifParentAbandoned: "finish" }), goal("c", { parent: "a" })], "g1"), ["g1", "a parent", "c parent"]);
  });
  it("is what lies above where it is required, up to the run", () => {
    const goals = [goal("top", { required: true }), goal("a", { parent: "top", required: true }), goal("b", { parent: "top" }), goal("c", { parent: "top", ifParentAbandoned: "finish" }), goal("other"), goal("extra", { ifParentAbandoned: "finish" })];
    assert.deepEqual(falls(goals, "a").sort(), ["a", "b parent", "other parent", "top part"]);
  });
  it("is nothing that is reached", () => {
    const played = new Played({}, [goal("g1"), goal("a", { parent: "g1" })]).tell({ kind: "goal.reached", goal: "a", receipt: "c1" });
    assert.deepEqual(fallsWith(played.run, "g1").map(({ goal: id }) => id), ["g1"]);
  });
  it("ends the run once a required goal is gone and nothing else is open", () => {
    const played = new Played({}, [goal("g1", { required: true }), goal("g2", { ifParentAbandoned: "finish" })]);
    assert.deepEqual([isAbandoned(played.run), isOver(played.run)], [false, false]);
    played.tell({ kind: "goal.abandoned", goal: "g1", by: "rule", rule: "attempts", why: "red", tried: [] });
    assert.deepEqual([isAbandoned(played.run), isOver(played.run)], [true, false]);
    played.tell({ kind: "goal.reached", goal: "g2", receipt: "c1" });
    assert.deepEqual([isAbandoned(played.run), isOver(played.run)], [true, true]);
    played.tell({ kind: "goal.waived", goal: "g1", rules: ["attempts"], by: OWNER });
    assert.deepEqual([isAbandoned(played.run), isOver(played.run)], [false, false]);
  });
});

describe("a goal tree that cannot be followed", () => {
  it("is refused with the reason", () => {
    assert.match(goalProblem([goal("a", { parent: "b" }), goal("b", { parent: "a" })]) ?? "", /its own ancestor/u);
    assert.match(goalProblem([goal("a", { parent: "x" })]) ?? "", /parent x, which is not in the list/u);
    assert.match(goalProblem([goal("a"), goal("a")]) ?? "", /stands twice/u);
    assert.match(goalProblem(Array.from({ length: 61 }, (_, n) => goal(`g${String(n)}`))) ?? "", /at most 60/u);
  });
});
