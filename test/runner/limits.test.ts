// Limits that hold in the middle of things, and settings that become stricter while a run works.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { all, begun, happens } from "./begun.js";
import { diffed, Lab, POLICY, ran, shown } from "./lab.js";
import { bash, begin, call, end, finish, turns, write } from "./scripts.js";

describe("limits", function () {
  this.timeout(120_000);
  let lab: Lab;
  afterEach(() => lab.close());

  function labWith(settings: Readonly<Record<string, unknown>>): void {
    lab = new Lab({ ...POLICY, ...settings });
  }

  it("asks a person in the middle of a reply when the steps are used up, and ends there when told no", async () => {
    labWith({ "vigil.policy.limits.steps": 3 });
    await lab.serve(turns([bash("echo 1"), bash("echo 2"), bash("echo 3"), bash("echo 4"), bash("echo 5")], [finish()]));
    const run = await lab.json(ran, "run", "Count", "--stage", "gated-write");
    assert.equal(run.state, "waiting");
    assert.deepEqual((await lab.json(shown, "show", run.id)).gates.map((gate) => [gate.kind, gate.target]), [["budget", "steps"]]);
    assert.equal((await lab.vigil("answer", run.id, "g1", "deny")).code, 0);
    const ended = await happens(lab, run.id, "run.ended");
    assert.deepEqual({ outcome: ended.outcome, why: ended.why }, { outcome: "stopped", why: "The limit of 3 steps is reached." });
    assert.deepEqual(all(lab, run.id, "step.finished").map((step) => step.outcome), ["ok", "ok", "ok", "skipped", "skipped"]);
  });

  it("asks before a decision takes the run past its files, and keeps it open when told no", async () => {
    labWith({ "vigil.policy.limits.files": 2 });
    await lab.serve(turns([begin("Three"), bash("for n in 1 2 3; do echo $n > src/n$n.js; done"), end()], [bash("rm src/n3.js"), end()], [finish()]));
    const run = await lab.json(ran, "run", "Three", "--stage", "bounded-write");
    assert.deepEqual((await lab.json(shown, "show", run.id)).gates.map((gate) => [gate.kind, gate.target]), [["budget", "files"]]);
    assert.equal((await lab.vigil("answer", run.id, "g1", "deny")).code, 0);
    const over = await lab.json(ran, "resume", run.id);
    assert.equal(over.state, "ready", lab.complaints(run.id));
    assert.deepEqual((await lab.json(diffed, "diff", run.id)).files.map((file) => file.path), ["src/n1.js", "src/n2.js"]);
  });

  it("asks no more questions than policy allows, and tells the agent to go on without", async () => {
    labWith({ "vigil.policy.limits.gates": 1 });
    const model = await lab.serve(turns([call("ask_human", { question: "One?" })], [call("ask_human", { question: "Two?" })], [finish()]));
    const run = await lab.json(ran, "run", "Ask", "--stage", "gated-write");
    assert.equal((await lab.vigil("answer", run.id, "g1", "allow")).code, 0);
    assert.equal((await lab.json(ran, "resume", run.id)).state, "ready");
    assert.equal(all(lab, run.id, "gate.raised").length, 1);
    assert.match(JSON.stringify(model.requests.at(-1)?.body), /asked as often as it may/);
  });

  it("counts what all runs of the day spent", async () => {
    labWith({ "vigil.policy.limits.perDay.usd": 0.24 });
    // Some ten thousand tokens, which is some twenty cents by the list.
    const model = await lab.serve(turns([{ say: "word ".repeat(8_000) }, finish()]));
    const one = await lab.json(ran, "run", "One", "--stage", "gated-write");
    assert.equal(one.state, "ready", lab.complaints(one.id));
    const asked = model.requests.length;
    const two = await lab.json(ran, "run", "Two", "--stage", "gated-write");
    assert.equal(two.state, "waiting");
    const { gates } = await lab.json(shown, "show", two.id);
    assert.deepEqual(gates.map((gate) => [gate.kind, gate.target]), [["budget", "perDay.usd"]]);
    assert.match(gates[0]?.why ?? "", /\$0\.24 a day for all runs .*\$0\.2\d spent today/);
    assert.equal(model.requests.length, asked);
    assert.equal((await lab.vigil("answer", two.id, "g1", "allow")).code, 0);
    assert.equal((await lab.json(ran, "resume", two.id)).state, "ready");
  });
});

describe("settings of the checkout that change while a run works", function () {
  this.timeout(120_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab({ ...POLICY, "vigil.policy.hidden": ["secrets/**"] }, { "src/a.js": "a\n", "src/token.txt": "CANARY\n", "test/all.js": "" });
  });
  afterEach(() => lab.close());

  const settings = (more: Readonly<Record<string, unknown>>): Record<string, string> => ({ ".vscode/settings.json": JSON.stringify({ ...POLICY, "vigil.policy.hidden": ["secrets/**"], ...more }) });

  it("narrow it: what was readable is hidden, the stage falls, and the agent is told", async () => {
    const model = await lab.serve(turns([bash("sleep 3; cat src/token.txt")], [bash("cat src/token.txt; true"), begin("One"), write("src/a.js", "b\n"), end()], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "step.intended");
    lab.write(settings({ "vigil.policy.hidden": ["src/token.txt"], "vigil.policy.maxStage": "gated-write", "vigil.policy.scope": ["**"] }));
    assert.equal((await said).code, 0);
    const narrowed = all(lab, id, "policy.narrowed");
    assert.deepEqual(narrowed.map(({ policy }) => [policy.values.maxStage, policy.values.hidden.includes("src/token.txt"), policy.values.hidden.includes("secrets/**"), policy.values.scope]), [["gated-write", true, true, ["src/**", "docs/**", "test/**"]]]);
    const show = await lab.json(shown, "show", id);
    assert.deepEqual({ stage: show.stage, gates: show.gates.map((gate) => gate.kind) }, { stage: "gated-write", gates: ["decision"] });
    const said2 = JSON.stringify(model.requests.at(-1)?.body);
    assert.deepEqual([said2.split("CANARY").length - 1, /became stricter/.test(said2)], [1, true]);
  });

  it("never widen it, and say once when they cannot be read", async () => {
    await lab.serve(turns([bash("sleep 3")], [bash("sleep 2")], [begin("One"), write("elsewhere.txt", "x\n")], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "step.intended");
    lab.write({ ".vscode/settings.json": "{ broken" });
    await happens(lab, id, "step.intended", (step) => step.step === 2);
    lab.write(settings({ "vigil.policy.scope": ["**"], "vigil.policy.limits.usd": 1_000 }));
    assert.equal((await said).code, 4);
    assert.deepEqual([all(lab, id, "policy.narrowed").length, all(lab, id, "note.added").filter((note) => note.text.includes("does not count")).length], [0, 1]);
    assert.deepEqual((await lab.json(shown, "show", id)).gates.map((gate) => gate.target), ["elsewhere.txt"]);
    assert.equal((await lab.vigil("stop", id)).code, 0);
  });

  it("are left alone when they do not change", async () => {
    await lab.serve(turns([begin("One"), write("src/a.js", "b\n"), end()], [finish()]));
    const run = await lab.json(ran, "run", "One", "--stage", "bounded-write");
    assert.deepEqual([run.state, all(lab, run.id, "policy.narrowed").length], ["ready", 0]);
    assert.equal(existsSync(join(lab.repo, "src/a.js")) && readFileSync(join(lab.repo, "src/a.js"), "utf8"), "a\n");
  });
});
