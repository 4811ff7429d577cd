// People who act at the wrong moment: while a run prepares, while the model speaks, while a question waits, while the last
// checks run. What was accepted takes effect, and nothing happens after it that it forbids.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { all, begun, gone, happens, processesWith, workerOf } from "./begun.js";
import { diffed, Lab, POLICY, ran, shown } from "./lab.js";
import { bash, begin, call, end, finish, TASK, turns, write } from "./scripts.js";

describe("people at the wrong moment", function () {
  this.timeout(120_000);
  let lab: Lab;
  afterEach(() => lab.close());

  function labWith(settings: Readonly<Record<string, unknown>> = {}): void {
    lab = new Lab({ ...POLICY, ...settings });
  }

  it("stops while the set-up runs, at once and as stopped, and a resumed run sets up again", async () => {
    labWith({ "vigil.policy.worktree.setup": "mkdir -p build; echo made >> build/made; sleep 47.5" });
    await lab.serve(turns([finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "worktree.created");
    while (processesWith("sleep 47.5").length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await lab.vigil("stop", id)).code, 0);
    const accepted = await happens(lab, id, "command.accepted");
    const ended = await happens(lab, id, "run.ended");
    assert.ok(ended.at - accepted.at < 3_000, `took ${String(ended.at - accepted.at)} ms`);
    assert.deepEqual({ outcome: ended.outcome, why: ended.why }, { outcome: "stopped", why: "Ada stopped the run" });
    assert.deepEqual([all(lab, id, "setup.finished").length, processesWith("sleep 47.5")], [0, []]);
    assert.equal((await said).code, 4);
    const again = lab.start("resume", id);
    while (processesWith("sleep 47.5").length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    // On a worktree made anew: what the first one had done is not done to it twice.
    assert.equal(readFileSync(join((await lab.json(shown, "show", id)).worktree, "build/made"), "utf8"), "made\n");
    assert.equal((await lab.vigil("stop", id)).code, 0);
    await again.said;
    assert.deepEqual(all(lab, id, "run.ended").map((event) => event.outcome), ["stopped", "stopped"]);
  });

  it("kills the command at once when the run is stopped", async () => {
    labWith();
    await lab.serve(turns([begin("One"), bash("echo 1 > src/one.js; sleep 48.5"), end()], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "step.intended", (step) => step.tool === "bash");
    while (processesWith("sleep 48.5").length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const stopping = lab.start("stop", id);
    const accepted = await happens(lab, id, "command.accepted");
    while (processesWith("sleep 48.5").length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // A fifth of a second, and what looking takes on a busy machine.
    const ms = Date.now() - accepted.at;
    assert.ok(ms < 600, `took ${String(ms)} ms`);
    await Promise.all([stopping.said, said]);
    assert.equal(all(lab, id, "run.ended").at(-1)?.outcome, "stopped");
  });

  it("lands nothing and ends as stopped when it is stopped during the last checks", async () => {
    labWith({ "vigil.policy.requiredChecks": ["test ! -e src/slow.js || sleep 49.5"] });
    await lab.serve(turns([begin("Slow"), write("src/slow.js", "1\n"), end()], [finish()]));
    const { id, said } = await begun(lab, "autonomous-with-summary");
    await happens(lab, id, "finish.claimed");
    while (processesWith("sleep 49.5").length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.match((await lab.vigil("steer", id, "One more thing")).stderr, /has finished its work/);
    assert.equal((await lab.vigil("stop", id)).code, 0);
    assert.equal((await said).code, 4);
    assert.deepEqual(all(lab, id, "run.ended").map((event) => event.outcome), ["stopped"]);
    assert.deepEqual(all(lab, id, "check.finished").map((check) => check.outcome), ["green"]);
    assert.equal(lab.git("branch", "--list", "vigil/*"), "");
  });

  it("lands nothing of what a person objects to while its landing is prepared", async () => {
    // Slow on exactly what would land: the branch has moved since the run began, and a file there makes the check wait.
    lab = new Lab({ ...POLICY }, { "src/sum.js": "exports.sum = (a, b) => a - b;\n", "test/all.js": 'if (require("node:fs").existsSync("slow.txt")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 12_000);\n' });
    lab.git("checkout", "-q", "-b", "vigil/nightly");
    lab.write({ "slow.txt": "slow\n" });
    lab.git("add", "-A");
    lab.git("commit", "-q", "-m", "meanwhile");
    lab.git("checkout", "-q", "main");
    await lab.serve(TASK);
    const { said } = lab.start("run", "Make sum add", "--stage", "autonomous-with-summary", "--json");
    const id = await lab.firstRun();
    // What policy accepts by itself it lands next.
    await lab.event(id, (event) => event.kind === "verdict.given" && event.by.kind === "policy");
    const before = lab.git("rev-parse", "vigil/nightly");
    assert.equal((await lab.vigil("review", id, "--ask", "d1", "--comment", "not yet")).code, 0, lab.complaints(id));
    await said;
    const of = (kind: string): number => lab.events(id).filter((event) => event.kind === kind).length;
    assert.deepEqual([of("landing.intended"), of("landing.stopped")], [0, 1]);
    const stopped = lab.events(id).find((event) => event.kind === "landing.stopped");
    assert.match(stopped?.kind === "landing.stopped" ? stopped.why : "", /somebody stopped the run, gave a verdict/);
    assert.equal(lab.git("rev-parse", "vigil/nightly"), before);
  });

  it("stays paused when the pause comes while the model speaks, and while it is down", async () => {
    labWith();
    const script = turns([bash("true")], [bash("echo next")], [finish()]);
    const model = await lab.serve({ turns: [{ blocks: [{ say: "word ".repeat(100) }, bash("true")], slowMs: 150 }, { ...script.turns[1], blocks: script.turns[1]?.blocks ?? [], troubles: [{ kind: "status", status: 529, times: 2 }] }, ...script.turns.slice(2)] });
    const { id, said } = await begun(lab, "gated-write");
    await happens(lab, id, "turn.requested");
    assert.equal((await lab.vigil("pause", id)).code, 0);
    assert.equal((await said).code, 4);
    await happens(lab, id, "turn.received");
    assert.equal((await lab.json(shown, "show", id)).state, "paused");
    // Not even the call of the reply that was under way.
    assert.deepEqual([all(lab, id, "step.intended").length, model.requests.length], [0, 1]);
    const resumed = lab.start("resume", id, "--json");
    await happens(lab, id, "turn.waiting");
    assert.equal((await lab.vigil("pause", id)).code, 0);
    assert.equal((await resumed.said).code, 4);
    const asked = model.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    assert.ok(model.requests.length <= asked + 1);
    assert.equal((await lab.json(shown, "show", id)).state, "paused");
    const over = await lab.json(ran, "resume", id);
    assert.deepEqual({ code: over.code, state: over.state }, { code: 0, state: "ready" }, lab.complaints(id));
  });

  it("leaves no process behind when a clerk takes a rejected stack out of an interrupted run's worktree", async () => {
    labWith();
    await lab.serve(turns([begin("One"), write("src/one.js", "1\n"), end()], [bash("sleep 46.5")], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "step.intended", (step) => step.tool === "bash");
    const worker = await workerOf(lab, id);
    process.kill(worker, "SIGKILL");
    await Promise.all([gone(worker), said]);
    assert.equal((await lab.vigil("review", id, "--reject", "d1")).code, 0);
    assert.equal((await lab.vigil("steer", id, "Otherwise, please")).code, 0);
    assert.equal(all(lab, id, "decision.dropped").length, 1);
    for (const { pid } of all(lab, id, "runner.started")) await gone(pid);
  });

  it("judges anew after a wait: a write that was allowed is not done when the stage was lowered meanwhile", async () => {
    labWith();
    await lab.serve(turns([begin("Readme"), write("src/in.js", "1\n"), write("README.md", "# Better\n")], [bash("cat README.md")], [finish()]));
    const run = await lab.json(ran, "run", "Readme", "--stage", "bounded-write");
    assert.equal(run.state, "waiting");
    assert.equal((await lab.vigil("lower", run.id, "read-only")).code, 0);
    assert.equal((await lab.vigil("answer", run.id, "g1", "allow")).code, 0);
    const over = await lab.json(ran, "resume", run.id);
    assert.equal(over.state, "proposed", lab.complaints(run.id));
    assert.deepEqual((await lab.json(diffed, "diff", run.id)).files.map((file) => file.path), ["src/in.js"]);
    const { worktree } = await lab.json(shown, "show", run.id);
    assert.deepEqual([existsSync(join(worktree, "src/in.js")), readFileSync(join(worktree, "README.md"), "utf8")], [false, "# Sample\n"]);
    assert.equal(all(lab, run.id, "step.finished").find((step) => step.outcome === "denied") !== undefined, true);
  });

  it("grants what was allowed between two decisions until the next one ends, not for the run", async () => {
    labWith();
    const ask = call("request_permission", { kind: "write", target: "README.md", why: "the title", if_denied: "leave it" });
    await lab.serve(turns([ask], [begin("One"), write("README.md", "# One\n"), end()], [begin("Two"), write("README.md", "# Two\n")], [end()], [finish()]));
    const run = await lab.json(ran, "run", "Readme", "--stage", "bounded-write");
    assert.equal((await lab.vigil("answer", run.id, "g1", "allow")).code, 0);
    const again = await lab.json(ran, "resume", run.id);
    assert.equal(again.state, "waiting");
    assert.deepEqual((await lab.json(shown, "show", run.id)).gates.map((gate) => [gate.id, gate.target]), [["g2", "README.md"]]);
    assert.equal((await lab.vigil("stop", run.id)).code, 0);
    await happens(lab, run.id, "run.ended");
    assert.deepEqual((await lab.json(shown, "show", run.id)).gates, []);
  });

  it("lets the agent hear what was said while it wrote its last words", async () => {
    labWith();
    const model = await lab.serve({ turns: [{ blocks: [{ say: "word ".repeat(40) }, finish()], slowMs: 100 }, { blocks: [finish("Heard.")] }] });
    const { id, said } = await begun(lab, "gated-write");
    await happens(lab, id, "turn.requested");
    assert.equal((await lab.vigil("steer", id, "Mind the tests")).code, 0);
    assert.equal((await said).code, 0);
    assert.match(JSON.stringify(model.requests.at(-1)?.body), /Mind the tests/);
    assert.deepEqual(all(lab, id, "step.finished").map((step) => step.outcome), ["error", "ok"]);
  });

  it("does not take a lowered stage for the reminder after a silence", async () => {
    labWith();
    await lab.serve({ turns: [{ blocks: [{ say: "word ".repeat(40) }], slowMs: 700 }, { blocks: [finish()] }] });
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "turn.requested");
    assert.equal((await lab.vigil("lower", id, "gated-write")).code, 0);
    assert.equal((await said).code, 0);
    assert.deepEqual([all(lab, id, "finish.claimed").length, all(lab, id, "message.added").filter((event) => event.nudge === true).length], [1, 1]);
  });
});
