// People's side of a run: approvals answered once, front ends that go away, several runs beside one another.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { diffed, Lab, landed, ran, shown } from "./lab.js";
import { begin, bash, call, end, finish, TASK, turns, write } from "./scripts.js";

describe("approvals and people", function () {
  this.timeout(120_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.close());

  it("takes the first of two answers to the same approval and tells the second", async () => {
    await lab.serve(TASK);
    const run = await lab.json(ran, "run", "Make sum add", "--stage", "gated-write");
    const [one, two] = await Promise.all([lab.vigil("answer", run.id, "g1", "allow"), lab.vigil("answer", run.id, "g1", "allow")]);
    assert.deepEqual([one.code, two.code].sort(), [0, 1], `${one.stderr}\n${two.stderr}`);
    assert.match(`${one.stderr}${two.stderr}`, /answered already/);
    assert.equal(lab.events(run.id).filter((event) => event.kind === "gate.answered").length, 1);
  });

  it("approves by answering, and lands what was approved with the approver's name", async () => {
    await lab.serve(TASK);
    const run = await lab.json(ran, "run", "Make sum add", "--stage", "gated-write");
    assert.equal((await lab.vigil("answer", run.id, "g1", "allow")).code, 0);
    assert.equal((await lab.vigil("review", run.id, "--accept", "d2")).code, 0);
    const land = await lab.json(landed, "land", run.id);
    assert.deepEqual({ kind: land.kind, branch: land.branch, commits: land.commits?.length }, { kind: "landed", branch: "vigil/make-sum-add", commits: 2 });
    assert.match(lab.git("log", "-1", "--format=%B", "vigil/make-sum-add"), /Vigil-Approved-By: Ada <ada@team\.example>/);
    assert.equal((await lab.vigil("unland", run.id)).code, 0);
    assert.equal(lab.git("branch", "--list", "vigil/*"), "");
  });

  it("asks a person for a path out of scope, waits, and goes on with the answer", async () => {
    await lab.serve(turns([begin("Readme"), write("README.md", "# Better\n")], [end()], [finish()]));
    const run = await lab.json(ran, "run", "Readme", "--stage", "bounded-write");
    assert.deepEqual({ code: run.code, state: run.state }, { code: 4, state: "waiting" });
    const show = await lab.json(shown, "show", run.id);
    assert.deepEqual(show.gates.map(({ kind, target }) => ({ kind, target })), [{ kind: "write", target: "README.md" }]);
    assert.equal(typeof show.pid, "number");
    assert.equal((await lab.vigil("answer", run.id, "g1", "allow")).code, 0);
    const resumed = await lab.json(ran, "resume", run.id);
    assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "ready" });
    assert.deepEqual((await lab.json(diffed, "diff", run.id)).files.map((file) => file.path), ["README.md"]);
  });

  it("goes on when the front end goes away, and can be followed again", async () => {
    await lab.serve({ turns: [...TASK.turns.map((turn) => ({ ...turn, slowMs: 20 }))] });
    const { child, said } = lab.start("run", "Make sum add", "--stage", "gated-write");
    const id = await new Promise<string>((resolve) => child.stdout?.once("data", (chunk: Buffer) => { resolve(chunk.toString("utf8").trim().split("\n")[0] ?? ""); }));
    child.kill("SIGKILL");
    await said;
    const followed = await lab.json(ran, "resume", id);
    assert.deepEqual({ code: followed.code, state: followed.state }, { code: 0, state: "ready" });
    assert.equal(lab.events(id).filter((event) => event.kind === "runner.started" && event.role === "worker").length, 1);
  });

  it("runs two tasks on one repository side by side, each in its own worktree", async () => {
    await lab.serve(TASK);
    const [one, two] = await Promise.all([lab.json(ran, "run", "Make sum add", "--stage", "gated-write"), lab.json(ran, "run", "Make sum add too", "--stage", "gated-write")]);
    assert.deepEqual([one.state, two.state], ["ready", "ready"]);
    assert.notEqual((await lab.json(shown, "show", one.id)).worktree, (await lab.json(shown, "show", two.id)).worktree);
  });

  it("drops a rejected decision and what stands on it while the run works, and says what fell", async () => {
    const model = await lab.serve(
      turns([begin("One"), write("src/one.js", "1\n"), end()], [begin("Two"), write("src/two.js", "2\n"), end()], [call("ask_human", { question: "Go on?" })], [bash("ls src")], [finish()]),
    );
    const run = await lab.json(ran, "run", "Stack", "--stage", "gated-write");
    assert.equal(run.code, 4);
    assert.equal((await lab.vigil("answer", run.id, "g1", "deny", "--comment", "not like this")).code, 0);
    await lab.event(run.id, (event) => event.kind === "gate.answered" && event.gate === "g1");
    assert.equal((await lab.vigil("answer", run.id, "g3", "allow", "--comment", "yes")).code, 0);
    const resumed = await lab.json(ran, "resume", run.id);
    assert.equal(resumed.state, "ready");
    const dropped = lab.events(run.id).find((event) => event.kind === "decision.dropped");
    assert.deepEqual(dropped?.kind === "decision.dropped" ? dropped.decisions : [], ["d1", "d2"]);
    assert.deepEqual((await lab.json(diffed, "diff", run.id)).files, []);
    assert.match(JSON.stringify(model.requests.at(-1)?.body), /not like this/);
    // What the agent then finds in its worktree, and what lies there.
    const listed = JSON.stringify(model.requests.at(-1)?.body);
    assert.match(listed, /greet\.js\\+nsum\.js/);
    assert.deepEqual(readdirSync(join((await lab.json(shown, "show", run.id)).worktree, "src")).sort(), ["greet.js", "sum.js"]);
  });

  it("stops at once, keeps what was done, and can be reviewed", async () => {
    await lab.serve(turns([begin("One"), write("src/one.js", "1\n"), end()], [bash("sleep 60")], [finish()]));
    const { said } = lab.start("run", "Sleep", "--stage", "bounded-write", "--json");
    const id = await newestRun(lab);
    await lab.event(id, (event) => event.kind === "step.intended" && event.tool === "bash");
    const stopped = await lab.vigil("stop", id);
    assert.equal(stopped.code, 0, stopped.stderr);
    assert.equal((await said).code, 4);
    assert.equal((await lab.json(shown, "show", id)).state, "stopped");
    assert.deepEqual((await lab.json(diffed, "diff", id)).files.map((file) => file.path), ["src/one.js"]);
  });

  it("pauses after the step, and resumes", async () => {
    await lab.serve(turns([bash("sleep 1")], [bash("echo on")], [finish()]));
    const { said } = lab.start("run", "Pause", "--stage", "gated-write", "--json");
    const id = await newestRun(lab);
    await lab.event(id, (event) => event.kind === "step.intended");
    assert.equal((await lab.vigil("pause", id)).code, 0);
    assert.equal((await said).code, 4);
    assert.equal((await lab.json(shown, "show", id)).state, "paused");
    const resumed = await lab.json(ran, "resume", id);
    assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "ready" });
  });

  it("hears a person's instruction at the next turn", async () => {
    const model = await lab.serve(turns([bash("sleep 1")], [bash("true")], [finish()]));
    const { said } = lab.start("run", "Listen", "--stage", "gated-write", "--json");
    const id = await newestRun(lab);
    await lab.event(id, (event) => event.kind === "step.intended");
    assert.equal((await lab.vigil("steer", id, "Leave the migrations alone")).code, 0);
    assert.equal((await said).code, 0);
    assert.match(JSON.stringify(model.requests.at(-1)?.body), /Leave the migrations alone/);
  });

  it("keeps read-only proposals out of the worktree and adopts the accepted ones without a model call", async () => {
    const model = await lab.serve(TASK);
    const run = await lab.json(ran, "run", "Make sum add", "--stage", "read-only");
    const asked = model.requests.length;
    assert.equal((await lab.vigil("review", run.id, "--accept", "d1", "--reject", "d2")).code, 0);
    const adopted = await lab.json(ran, "adopt", run.id);
    assert.deepEqual({ code: adopted.code, state: adopted.state }, { code: 0, state: "ready" });
    assert.equal(model.requests.length, asked);
    assert.deepEqual((await lab.json(diffed, "diff", adopted.id)).files.map((file) => file.path), ["src/sum.js"]);
    assert.equal((await lab.json(landed, "land", adopted.id)).kind, "landed");
  });
});

async function newestRun(lab: Lab): Promise<string> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    const said = await lab.vigil("runs", "--json");
    const found = /"id":\s*"([^"]+)"/.exec(said.stdout)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error("no run appeared");
}
