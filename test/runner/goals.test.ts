// Goals in real runs: the runner's own checks, what is taken out again when a goal is given up, what falls with it, and what
// people may say about it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { all, begun, happens } from "./begun.js";
import { diffed, Lab, landed, POLICY, ran, shown } from "./lab.js";
import { bash, begin, call, end, finish, turns, write } from "./scripts.js";
import type { ScriptBlock } from "../../src/agent/scripted/script.js";

const rows = z.object({ goals: z.array(z.object({ id: z.string(), state: z.string(), attempts: z.number(), steps: z.number(), by: z.string() })) });

const goals = (...list: readonly Record<string, unknown>[]): ScriptBlock => call("set_goals", { goals: list });
const beginFor = (goal: string, title = `Work on ${goal}`): ScriptBlock => call("begin_decision", { title, why: `because ${title}`, goal });

describe("goals", function () {
  this.timeout(180_000);
  let lab: Lab;
  afterEach(() => lab.close());

  const labWith = (settings: Readonly<Record<string, unknown>> = {}): Lab => (lab = new Lab({ ...POLICY, ...settings }));
  const inWorktree = async (id: string, path: string): Promise<string | undefined> => {
    const file = join((await lab.json(shown, "show", id)).worktree, path);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  const lastSaid = (): string => JSON.stringify(lab.model?.requests.at(-1)?.body);

  it("are reached when the runner's own check is green, and given up with their changes when it was red too often", async () => {
    labWith({ "vigil.policy.abandon.attempts": 2 });
    await lab.serve(
      turns(
        [goals({ id: "good", title: "Say good", done_when: "grep -q good src/good.js" }, { id: "bad", title: "Never", done_when: "echo not yet; false" }, { id: "last", title: "Say last", done_when: "grep -q last src/last.js" })],
        [beginFor("good"), write("src/good.js", "good\n"), end()],
        [beginFor("bad"), write("src/bad1.js", "1\n"), end()],
        [beginFor("bad"), write("src/bad2.js", "2\n"), end()],
        [beginFor("bad"), write("src/bad3.js", "3\n")],
        [beginFor("last"), write("src/last.js", "last\n"), end()],
        [finish()],
      ),
    );
    const run = await lab.json(ran, "run", "Three goals", "--stage", "bounded-write");
    assert.deepEqual([run.state, run.exit], ["ready", 0], lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "goal.reached").map((event) => event.goal), ["good", "last"]);
    const [given, ...more] = all(lab, run.id, "goal.abandoned");
    assert.equal(more.length, 0);
    assert.deepEqual([given?.goal, given?.by, given?.rule, given?.takenOut], ["bad", "rule", "attempts", ["d2", "d3"]]);
    assert.match(given?.tried.join("\n") ?? "", /d2 "Work on bad": done\n.*d3.*\n.*last said: not yet/u);
    assert.match(given?.smallestUnblock ?? "", /green by hand/u);
    // What follows in the reply that named a goal given up is not run.
    assert.deepEqual(all(lab, run.id, "step.finished").filter((step) => step.outcome === "error").length, 1);
    const diff = await lab.json(diffed, "diff", run.id);
    assert.deepEqual(diff.files.map((file) => file.path), ["src/good.js", "src/last.js"]);
    assert.equal(diff.explained, diff.lines);
    assert.equal(await inWorktree(run.id, "src/bad1.js"), undefined);
    const { goals: told } = await lab.json(rows, "goals", run.id);
    assert.deepEqual(told.map(({ id, state, attempts }) => [id, state, attempts]), [["good", "reached", 0], ["bad", "abandoned", 2], ["last", "reached", 0]]);
    assert.match((await lab.vigil("report", run.id)).stdout, /Not done[\s\S]*Never/u);
  });

  it("keep their changes where policy says so", async () => {
    labWith({ "vigil.policy.abandon.attempts": 1, "vigil.policy.onAbandon": "keep" });
    await lab.serve(turns([goals({ id: "bad", title: "Never", done_when: "false" }, { id: "b", title: "Other" })], [beginFor("bad"), write("src/bad.js", "1\n"), end()], [finish()]));
    const run = await lab.json(ran, "run", "Keep", "--stage", "bounded-write");
    const [given] = all(lab, run.id, "goal.abandoned");
    assert.deepEqual([given?.takenOut, given?.kept], [undefined, ["d1"]]);
    assert.equal(await inWorktree(run.id, "src/bad.js"), "1\n");
  });

  it("take out what later decisions stand on by a decision of the runner's own, and leave what others need", async () => {
    labWith({ "vigil.policy.abandon.attempts": 2 });
    await lab.serve(
      turns(
        [goals({ id: "a", title: "A", done_when: "false" }, { id: "b", title: "B" })],
        [beginFor("a"), write("src/a.js", "a\n"), end()],
        [beginFor("b"), write("src/b.js", "b\n"), end()],
        [beginFor("a"), write("src/a2.js", "a2\n"), end()],
        [finish()],
      ),
    );
    const run = await lab.json(ran, "run", "Interleaved", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "goal.abandoned").map((event) => event.takenOut), [["d1", "d3"]]);
    const diff = await lab.json(diffed, "diff", run.id);
    assert.deepEqual(diff.files.map((file) => file.path), ["src/b.js"]);
    assert.equal(diff.explained, diff.lines);
    assert.equal((await lab.vigil("review", run.id, "--accept", "all")).code, 0);
    assert.equal((await lab.json(landed, "land", run.id, "--onto", "vigil/inter")).kind, "landed");
    assert.deepEqual(lab.git("diff", "--name-only", "main", "vigil/inter"), "src/b.js");
  });

  it("end the run as abandoned when a required one is given up, and let it say its last word", async () => {
    labWith({ "vigil.policy.abandon.attempts": 1 });
    await lab.serve(
      turns(
        [goals({ id: "top", title: "All", required: true }, { id: "part", title: "Part", parent: "top", required: true, done_when: "false" }, { id: "side", title: "Side", parent: "top" })],
        [beginFor("part"), write("src/part.js", "1\n"), end()],
        [finish("It cannot be done.")],
      ),
    );
    const run = await lab.json(ran, "run", "Required", "--stage", "bounded-write");
    assert.deepEqual([run.state, run.exit], ["abandoned", 3], lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "goal.abandoned").map(({ goal, rule }) => [goal, rule]).sort(), [["part", "attempts"], ["side", "parent"], ["top", "part"]]);
    assert.match(all(lab, run.id, "run.ended")[0]?.why ?? "", /goal part was given up: Its check "false" was red/u);
    assert.match((await lab.vigil("report", run.id)).stdout, /It cannot be done/u);
  });

  it("end a run without a word more where the agent goes on all the same", async () => {
    labWith({ "vigil.policy.abandon.attempts": 1 });
    await lab.serve(turns([goals({ id: "g", title: "G", required: true, done_when: "false" })], [beginFor("g"), write("src/g.js", "1\n"), end()], [bash("echo again"), bash("echo more")], [finish()]));
    const run = await lab.json(ran, "run", "Stubborn", "--stage", "bounded-write");
    assert.deepEqual([run.state, run.exit], ["abandoned", 3]);
    assert.equal(all(lab, run.id, "finish.claimed").length, 0);
  });

  it("give up a task without goals that loops, keeping what was decided for review", async () => {
    labWith({ "vigil.policy.abandon.attempts": 3 });
    const fails = bash("echo cannot connect to the database; exit 3");
    await lab.serve(turns([begin("One"), write("src/one.js", "1\n"), end()], [begin("Two"), write("src/two.js", "2\n")], [fails], [fails], [fails], [fails], [finish()]));
    const run = await lab.json(ran, "run", "Loop", "--stage", "bounded-write");
    assert.deepEqual([run.state, run.exit], ["abandoned", 3], lab.complaints(run.id));
    const [given] = all(lab, run.id, "goal.abandoned");
    assert.deepEqual([given?.goal, given?.rule, given?.takenOut], ["task", "same-failure", ["d2"]]);
    assert.deepEqual((await lab.json(diffed, "diff", run.id)).files.map((file) => file.path), ["src/one.js"]);
  });

  it("tell the same result by what it says, not by times in it, and a different one apart", async () => {
    labWith({ "vigil.policy.abandon.attempts": 3, "vigil.policy.abandon.idleSteps": 100 });
    const same = bash('echo "failed after 0.$RANDOM s at $(date -Is)"; exit 1');
    const other = bash('n=$(cat build/n 2>/dev/null || echo 0); mkdir -p build; echo $((n+1)) > build/n; echo "$n tests failed"; exit 1');
    await lab.serve(turns([goals({ id: "a", title: "A" }, { id: "b", title: "B" })], [beginFor("a")], [other], [other], [other], [other], [same], [same], [same], [finish()]));
    const run = await lab.json(ran, "run", "Times", "--stage", "bounded-write");
    const [given] = all(lab, run.id, "goal.abandoned");
    assert.equal(given?.rule, "same-failure", lab.complaints(run.id));
    assert.match(given?.why ?? "", /RANDOM/u);
  });

  it("are given up by the agent with its reasons, and their changes are taken out", async () => {
    labWith();
    await lab.serve(turns([goals({ id: "a", title: "A" }, { id: "b", title: "B" })], [beginFor("a"), write("src/a.js", "a\n")], [call("abandon_goal", { goal: "a", why: "no such interface", tried: ["reading"], smallest_unblock: "the interface" })], [beginFor("b"), write("src/b.js", "b\n"), end()], [finish()]));
    const run = await lab.json(ran, "run", "Agent", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    const [given] = all(lab, run.id, "goal.abandoned");
    assert.deepEqual([given?.by, given?.tried, given?.smallestUnblock, given?.takenOut], ["agent", ["reading"], "the interface", ["d1"]]);
    assert.deepEqual((await lab.json(diffed, "diff", run.id)).files.map((file) => file.path), ["src/b.js"]);
  });

  it("of a person's plan outrank the agent's, prove, and are all checked at the end", async () => {
    labWith();
    lab.write({ "../task.md": "# Goal\nSay hello\n\n# Done when\n- `grep -q hello src/hello.js`\n\n# Must not be dropped\n- hello: Say it (done when `grep -q hello src/hello.js`)\n\n# May be dropped\n- bye: Say goodbye (at most 30 minutes)\n\n# Stop if\n- 4 attempts failed\n- it needs a new dependency\n" });
    await lab.serve(turns([goals({ id: "hello", title: "Nothing", done_when: "true" }, { id: "own", title: "Own", parent: "hello" })], [beginFor("hello"), write("src/hello.js", "hello\n"), end()], [finish()]));
    const run = await lab.json(ran, "run", "--file", join(lab.home, "task.md"), "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    const { goals: told } = await lab.json(rows, "goals", run.id);
    assert.deepEqual(told.map(({ id, state, by }) => [id, state, by]), [["main", "reached", "person"], ["hello", "reached", "person"], ["own", "open", "agent"], ["bye", "open", "person"]]);
    assert.deepEqual(all(lab, run.id, "check.finished").filter((check) => check.goal !== undefined).map(({ goal, source, outcome }) => [goal, source, outcome]), [["hello", "plan", "green"], ["main", "plan", "green"]]);
    assert.match((await lab.vigil("show", run.id)).stdout, /enforced by nothing[\s\S]*new dependency/u);
  });

  it("count no check that could not run, and say so", async () => {
    labWith({ "vigil.policy.abandon.attempts": 1, "vigil.policy.limits.checkMinutes": 0.02 });
    await lab.serve(turns([goals({ id: "a", title: "A", done_when: "sleep 60" }, { id: "b", title: "B", done_when: "no-such-program" })], [beginFor("a"), write("src/a.js", "a\n"), end()], [beginFor("b"), write("src/b.js", "b\n"), end()], [finish()]));
    const run = await lab.json(ran, "run", "Unable", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "goal.abandoned"), []);
    assert.deepEqual([...new Set(all(lab, run.id, "check.finished").filter((check) => check.goal !== undefined).map(({ goal, outcome }) => `${String(goal)} ${outcome}`))], ["a unable", "b unable"]);
  });

  it("are given up, lifted and changed by people while the run works, and a run that ended over one goes on", async () => {
    labWith({ "vigil.policy.abandon.attempts": 1 });
    const attempt = [beginFor("a"), write("src/a.js", "a\n"), end()];
    await lab.serve(turns([goals({ id: "a", title: "A", required: true, done_when: "test -e src/b.js" })], attempt, [finish("no")], [beginFor("a"), write("src/b.js", "b\n"), end()], [finish("yes")]));
    const run = await lab.json(ran, "run", "Waive", "--stage", "bounded-write");
    assert.deepEqual([run.state, run.exit], ["abandoned", 3]);
    assert.equal((await lab.vigil("goals", run.id, "--waive", "nothing")).code === 0, false);
    assert.equal((await lab.vigil("goals", run.id, "--waive", "a", "--rule", "attempts")).code, 0);
    const again = await lab.json(ran, "resume", run.id);
    assert.deepEqual([again.state, again.exit], ["ready", 0], lab.complaints(run.id));
    assert.match(lastSaid(), /not to be given up by rule/u);
    assert.deepEqual((await lab.json(rows, "goals", run.id)).goals.map(({ id, state }) => [id, state]), [["a", "reached"]]);
  });

  it("are shown, changed and approved before anything is written, where the person wants the plan first", async () => {
    labWith();
    const model = await lab.serve(turns([begin("Too early")], [goals({ id: "a", title: "Agent's way" })], [goals({ id: "b", title: "Second try" })], [beginFor("mine"), write("src/a.js", "a\n"), end()], [finish()]));
    const run = await lab.json(ran, "run", "Plan", "--stage", "bounded-write", "--plan-first");
    assert.deepEqual([run.state, run.exit], ["waiting", 4]);
    const [gate] = (await lab.json(shown, "show", run.id)).gates;
    assert.equal(gate?.kind, "plan");
    assert.equal((await lab.vigil("answer", run.id, "g1", "deny", "--comment", "smaller")).code, 0);
    await happens(lab, run.id, "gate.raised", (event) => event.gate === "g2");
    assert.match(JSON.stringify(model.requests.at(-1)?.body), /not approved.*smaller/u);
    lab.write({ "../plan.md": "# Goal\nPlan\n\n# Must not be dropped\n- mine: My way (done when `test -e src/a.js`)\n" });
    assert.equal((await lab.vigil("goals", run.id, "--edit", join(lab.home, "plan.md"))).code, 0);
    const done = await lab.json(ran, "resume", run.id);
    assert.equal(done.state, "ready", lab.complaints(run.id));
    assert.deepEqual((await lab.json(rows, "goals", run.id)).goals.map(({ id, state }) => [id, state]), [["mine", "reached"]]);
    assert.equal(all(lab, run.id, "decision.opened").length, 1);
    const told = (await lab.vigil("timeline", run.id)).stdout.replace(/\s+/gu, " ");
    assert.match(told, /plan sent back by Ada: "smaller".*goals changed by Ada: 1 goal; added mine; removed b.*plan approved by Ada/u);
    assert.match((await lab.vigil("report", run.id)).stdout, /## Not done\n\n- None\.\n/u);
  });

  it("survive a kill in the middle: counts go on, and nothing is given up twice", async () => {
    labWith({ "vigil.policy.abandon.attempts": 3 });
    const fails = bash("sleep 1; echo cannot; exit 3");
    await lab.serve(turns([goals({ id: "a", title: "A" }, { id: "b", title: "B" })], [beginFor("a"), write("src/a.js", "a\n")], [fails], [fails], [fails], [beginFor("b"), write("src/b.js", "b\n"), end()], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await lab.event(id, (event) => event.kind === "step.finished" && event.repeats !== undefined);
    const worker = await happens(lab, id, "runner.started");
    process.kill(worker.pid, "SIGKILL");
    await said;
    const run = await lab.json(ran, "resume", id);
    assert.equal(run.state, "ready", lab.complaints(id));
    assert.deepEqual(all(lab, id, "goal.abandoned").map(({ goal, rule }) => [goal, rule]), [["a", "same-failure"]]);
    assert.deepEqual((await lab.json(diffed, "diff", id)).files.map((file) => file.path), ["src/b.js"]);
  });

  it("are given up by people also in the middle of a decision for another goal, once that has ended", async () => {
    labWith();
    await lab.serve(turns([goals({ id: "a", title: "A" }, { id: "b", title: "B" }, { id: "c", title: "C" })], [beginFor("a"), write("src/a.js", "a\n"), end()], [beginFor("b"), write("src/b.js", "b\n")], [bash("sleep 4")], [end()], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await lab.event(id, (event) => event.kind === "step.intended" && event.about === "sleep 4");
    assert.equal((await lab.vigil("goals", id, "--abandon", "a", "--why", "not this week")).code, 0);
    assert.equal(all(lab, id, "goal.abandoned").length, 0);
    assert.equal((await said).code, 0, lab.complaints(id));
    const [given] = all(lab, id, "goal.abandoned");
    assert.deepEqual([given?.goal, given?.by, given?.why, given?.takenOut], ["a", "person", "Ada: not this week", ["d1"]]);
    assert.deepEqual((await lab.json(diffed, "diff", id)).files.map((file) => file.path), ["src/b.js"]);
  });

  it("are no way around a rule for commands: a check that the agent chose is judged like its other commands", async () => {
    labWith({ "vigil.policy.commands": [{ match: "touch", decision: "deny", reason: "a test" }, { match: "cp", decision: "ask", reason: "a test" }] });
    const side = "build/made";
    await lab.serve(turns([goals({ id: "a", title: "A", done_when: `mkdir -p build && touch ${side}` }, { id: "b", title: "B", done_when: "test -e src/b.js" })], [beginFor("a"), write("src/a.js", "a\n"), end("done", { claims: [{ claim: "copied", command: "cp src/a.js build/c.js" }] })], [beginFor("b"), write("src/b.js", "b\n"), end()], [finish()]));
    const run = await lab.json(ran, "run", "Around", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    const checks = all(lab, run.id, "check.finished").filter((check) => check.source === "goal" || check.source === "claim");
    assert.deepEqual([...new Set(checks.map((check) => `${check.goal ?? check.source} ${check.outcome}${check.why === undefined ? "" : " by policy"}`))].sort(), ["a unable by policy", "b green", "claim unable by policy"]);
    for (const check of checks.filter((one) => one.outcome === "unable")) assert.match(check.why ?? "", /policy does not let the agent run it/u);
    assert.deepEqual(all(lab, run.id, "goal.reached").map((event) => event.goal), ["b"]);
  });
});
