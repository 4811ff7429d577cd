// Budgets in real runs: what is said when a limit is near, what is held back for wrapping up, and who may raise one. And
// questions that nobody answers: skipped, denied, or the end.
import assert from "node:assert/strict";
import { all, begun, happens } from "./begun.js";
import { diffed, Lab, POLICY, ran, shown } from "./lab.js";
import { bash, begin, call, end, finish, turns, write } from "./scripts.js";

describe("budgets", function () {
  this.timeout(120_000);
  let lab: Lab;
  afterEach(() => lab.close());

  const labWith = (settings: Readonly<Record<string, unknown>>): Lab => (lab = new Lab({ ...POLICY, ...settings }));

  it("are near at 80 and 90 %, said once each, and leave enough to end what is open and to finish", async () => {
    labWith({ "vigil.policy.limits.steps": 40, "vigil.policy.abandon.idleSteps": 200 });
    const look = (n: number) => bash(`echo ${String(n)} > src/n.js`);
    const many = Array.from({ length: 36 }, (_, n) => [look(n)]);
    const model = await lab.serve(turns([begin("One")], ...many, [end()], [begin("Too late")], [finish()]));
    const run = await lab.json(ran, "run", "Steps", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "limit.neared").map(({ limit, mark, used, of }) => [limit, mark, used, of]), [["steps", "80", 32, 40], ["steps", "reserve", 36, 40]]);
    assert.equal(all(lab, run.id, "gate.raised").length, 0);
    const late = all(lab, run.id, "decision.opened");
    assert.equal(late.length, 1);
    assert.match(JSON.stringify(model.requests.at(-1)?.body), /Too late for another decision: 38 of 40 steps/u);
    assert.equal((await lab.json(diffed, "diff", run.id)).files.length, 1);
  });

  it("are raised by a person only, ahead of the limit or at it, and the run goes on", async () => {
    labWith({ "vigil.policy.limits.steps": 3 });
    await lab.serve(turns([bash("echo 1"), bash("echo 2"), bash("echo 3"), bash("echo 4"), bash("echo 5")], [finish()]));
    const run = await lab.json(ran, "run", "Raise", "--stage", "gated-write");
    assert.equal(run.state, "waiting");
    const low = await lab.vigil("raise", run.id, "steps", "2");
    assert.notEqual(low.code, 0);
    assert.match(low.stderr, /only ever raised/u);
    for (const [args, said] of [[["steps", "none"], /is no amount/u], [["steps", "0"], /is no amount/u], [["stairs", "4"], /no limit "stairs"/u]] as const) {
      const bad = await lab.vigil("raise", run.id, ...args);
      assert.equal(bad.code, 2);
      assert.match(bad.stderr, said);
    }
    assert.equal((await lab.vigil("raise", run.id, "steps", "50")).code, 0);
    const done = await lab.json(ran, "resume", run.id);
    assert.equal(done.state, "ready", lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "step.finished").map((step) => step.outcome), Array.from({ length: 6 }, () => "ok"));
    assert.deepEqual(all(lab, run.id, "limit.raised").map(({ limit, to, by }) => [limit, to, by.name]), [["steps", 50, "Ada"]]);
  });

  it("of money cannot be kept for a model without a price: the run says so and takes one of tokens instead", async () => {
    labWith({ "vigil.policy.limits.usd": 5 });
    lab.env = { VIGIL_MODEL: "" };
    lab.write({ "../config/vigil/settings.json": JSON.stringify({ "vigil.model.name": "house-model-9" }) });
    await lab.serve(turns([bash("echo 1")], [finish()]));
    const run = await lab.json(ran, "run", "Unpriced", "--stage", "gated-write");
    assert.equal(run.state, "waiting", lab.complaints(run.id));
    const [gate] = (await lab.json(shown, "show", run.id)).gates;
    assert.deepEqual([gate?.kind, gate?.target], ["budget", "price"]);
    assert.match(gate?.why ?? "", /Nobody knows what the model house-model-9 costs.*limit of tokens/u);
    assert.equal((await lab.vigil("raise", run.id, "tokens", "500000")).code, 0);
    assert.equal((await lab.json(ran, "resume", run.id)).state, "ready", lab.complaints(run.id));
  });

  it("count what a killed process had spent, and what was raised before", async () => {
    labWith({ "vigil.policy.limits.steps": 4 });
    await lab.serve(turns([bash("echo 1"), bash("echo 2")], [bash("sleep 5")], [bash("echo 4"), bash("echo 5"), bash("echo 6")], [finish()]));
    const { id, said } = await begun(lab, "gated-write");
    await lab.event(id, (event) => event.kind === "step.intended" && event.about === "sleep 5");
    process.kill((await happens(lab, id, "runner.started")).pid, "SIGKILL");
    await said;
    const waits = await lab.json(ran, "resume", id);
    assert.equal(waits.state, "waiting", lab.complaints(id));
    assert.equal(all(lab, id, "step.intended").length, 4);
  });
});

describe("questions that nobody answers", function () {
  this.timeout(120_000);
  let lab: Lab;
  afterEach(() => lab.close());

  const labWith = (answer: string, more: Readonly<Record<string, unknown>> = {}): Lab =>
    (lab = new Lab({ ...POLICY, "vigil.policy.unanswered": { low: answer, medium: answer, high: answer }, "vigil.policy.commands": [{ match: "make release", decision: "ask", reason: "it is public" }], ...more }));

  it("are skipped: the rest goes on, the same attempt is known again, and it is asked once more before the end", async () => {
    labWith("park");
    const model = await lab.serve(
      turns(
        [bash("make release")],
        [bash("make   release")],
        [begin("Other"), write("src/other.js", "1\n"), end()],
        [finish()],
        [bash("make release")],
        [finish()],
      ),
    );
    const run = await lab.json(ran, "run", "Park", "--stage", "bounded-write");
    assert.deepEqual([run.state, run.exit], ["waiting", 4], lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "gate.raised").map(({ type, target }) => [type, target]), [["command", "make release"]]);
    assert.deepEqual(["gate.parked", "gate.reopened"].map((kind) => lab.events(run.id).filter((event) => event.kind === kind).length), [1, 1]);
    assert.match(JSON.stringify(model.requests.map((request) => request.body)), /Skipped for now \(g1\).*the same as g1/u);
    assert.equal(all(lab, run.id, "decision.ended").length, 1);
    assert.equal((await lab.vigil("answer", run.id, "g1", "allow")).code, 0);
    const done = await lab.json(ran, "resume", run.id);
    assert.equal(done.state, "ready", lab.complaints(run.id));
    // What was approved is what is executed: exactly this line ran, once, and nothing was asked again.
    const steps = all(lab, run.id, "step.intended").filter((step) => /release/u.test(step.about));
    assert.deepEqual(steps.map((step) => [step.about, step.verdict.kind]), [["make release", "ask"], ["make release", "ask"], ["make release", "allow"]]);
    assert.equal(all(lab, run.id, "gate.raised").length, 1);
  });

  it("are told to the agent when they are answered after all, while it works on other things", async () => {
    labWith("park");
    const model = await lab.serve(turns([bash("make release")], [bash("sleep 4")], [bash("echo go on")], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "gate.parked");
    assert.equal((await lab.vigil("answer", id, "g1", "deny", "--comment", "never on a Friday")).code, 0);
    assert.equal((await said).code, 0);
    assert.match(JSON.stringify(model.requests.at(-1)?.body), /g1 was denied by Ada.*never on a Friday/u);
    assert.equal(all(lab, id, "gate.reopened").length, 0);
  });

  it("are denied, or end the run, where policy says so", async () => {
    labWith("deny");
    await lab.serve(turns([bash("make release")], [call("ask_human", { question: "Which colour?" })], [finish()]));
    const run = await lab.json(ran, "run", "Deny", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "step.finished").map((step) => step.outcome), ["denied", "denied", "ok"]);
    await lab.close();
    labWith("stop");
    await lab.serve(turns([bash("make release")], [finish()]));
    const stopped = await lab.json(ran, "run", "Stop", "--stage", "bounded-write");
    assert.deepEqual([stopped.state, stopped.exit], ["stopped", 4]);
  });

  it("follow the risk: words are waited for where a command is skipped", async () => {
    labWith("wait", { "vigil.policy.unanswered": { low: "wait", medium: "park", high: "deny" } });
    await lab.serve(turns([bash("make release")], [call("request_permission", { kind: "write", target: ".vscode/tasks.json", why: "x", if_denied: "y" })], [call("ask_human", { question: "Which colour?" })], [finish()]));
    const run = await lab.json(ran, "run", "Risk", "--stage", "bounded-write");
    assert.equal(run.state, "waiting", lab.complaints(run.id));
    assert.deepEqual(lab.events(run.id).flatMap((event) => (event.kind === "gate.raised" ? [event.type] : event.kind === "gate.parked" ? ["parked"] : [])), ["command", "parked", "question"]);
  });
});

describe("work ahead of approvals", function () {
  this.timeout(120_000);
  let lab: Lab;
  afterEach(() => lab.close());

  it("goes only so far; a rejection drops the stack, says what fell, and tells the agent why", async () => {
    lab = new Lab({ ...POLICY, "vigil.policy.speculate": 1 });
    const model = await lab.serve(turns([begin("One"), write("src/one.js", "1\n"), end()], [begin("Two"), write("src/two.js", "2\n"), end()], [begin("Three"), write("src/three.js", "3\n"), end()], [begin("Four")], [end()], [finish()]));
    const run = await lab.json(ran, "run", "Ahead", "--stage", "gated-write");
    assert.equal(run.state, "waiting", lab.complaints(run.id));
    // One that is not approved, and one on top of it: the third waits before it begins.
    assert.deepEqual(all(lab, run.id, "decision.opened").map((event) => event.decision), ["d1", "d2"]);
    assert.equal((await lab.vigil("answer", run.id, "g1", "deny", "--comment", "not like this")).code, 0);
    const dropped = await happens(lab, run.id, "decision.dropped");
    assert.deepEqual([dropped.decisions, dropped.because], [["d1", "d2"], "Ada rejected d1: not like this"]);
    assert.equal((await lab.json(ran, "resume", run.id)).state, "ready", lab.complaints(run.id));
    assert.match(JSON.stringify(model.requests.at(-1)?.body), /rejected d1: not like this.*fell with it: d2/u);
    assert.deepEqual((await lab.json(diffed, "diff", run.id)).files.map((file) => file.path), ["src/three.js"]);
  });
});
