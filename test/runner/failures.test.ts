// What breaks in the middle of a run: the workshop, the walls, the disk under the log, the worktree, the process itself.
// Nothing is done after the log cannot hold it, nothing is lost, and the reason stands where people look.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { all, begun, gone, happens, processesWith, workerOf } from "./begun.js";
import { diffed, killProcess, Lab, ran, shown } from "./lab.js";
import { bash, begin, end, finish, turns, write } from "./scripts.js";

describe("failures in the middle of a run", function () {
  this.timeout(120_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.close());

  it("answers the call as interrupted when its workshop dies, takes back what it half did, and goes on", async () => {
    await lab.serve({ ...turns([begin("Die"), bash("echo half > src/half.js; kill -9 $PPID; sleep 5")], [bash("ls src"), write("src/whole.js", "1\n"), end()], [finish()]), repeatInterrupted: false });
    const run = await lab.json(ran, "run", "Die", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "step.finished").map((step) => step.outcome), ["ok", "interrupted", "ok", "ok", "ok", "ok"]);
    assert.deepEqual((await lab.json(diffed, "diff", run.id)).files.map((file) => file.path), ["src/whole.js"]);
  });

  it("ends what a command left in the background when it broke a rule, so that no later decision gets its changes", async () => {
    await lab.serve(
      turns(
        [begin("Creep"), bash("(while :; do echo x >> src/creep.js; sleep 0.05; done) & sleep 0.2; echo bad > elsewhere.txt"), end()],
        [end()],
        [begin("Two"), bash("sleep 0.5; echo 2 > src/two.js"), end()],
        [bash("sleep 0.3; ls src"), finish()],
      ),
    );
    const run = await lab.json(ran, "run", "Creep", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    assert.deepEqual(all(lab, run.id, "decision.ended").map((decision) => decision.files.map((file) => file.path)), [["src/creep.js"], ["src/two.js"]]);
    const { worktree } = await lab.json(shown, "show", run.id);
    const tree = all(lab, run.id, "decision.ended").at(-1)?.after ?? "";
    const kept = execFileSync("git", ["--git-dir", join(lab.runFolder(run.id), "git"), "show", `${tree}:src/creep.js`], { encoding: "utf8" });
    assert.equal(readFileSync(join(worktree, "src/creep.js"), "utf8"), kept);
  });

  it("ends the run as failed, with the reason and its decisions kept, when the walls cannot be put up any more", async () => {
    await lab.serve(turns([begin("One"), write("src/one.js", "1\n"), end()], [bash("sleep 2; true")], [begin("Two"), bash("echo 2 > src/two.js"), end()], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "decision.ended");
    // The agent's git is made anew for every workshop; a file in place of its home makes that impossible.
    const { worktree } = await lab.json(shown, "show", id);
    await happens(lab, id, "step.intended", (step) => step.tool === "bash");
    const layers = join(worktree, "..", "layers");
    renameSync(layers, `${layers}.away`);
    execFileSync("touch", [layers]);
    assert.equal((await said).code, 1);
    const ended = all(lab, id, "run.ended").at(-1);
    assert.equal(ended?.outcome, "failed");
    assert.notEqual(ended?.why, "");
    assert.deepEqual((await lab.json(diffed, "diff", id)).files.map((file) => file.path), ["src/one.js"]);
    rmSync(layers);
    renameSync(`${layers}.away`, layers);
    const resumed = await lab.json(ran, "resume", id);
    assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "ready" }, lab.complaints(id));
    assert.deepEqual((await lab.json(diffed, "diff", id)).files.map((file) => file.path), ["src/one.js", "src/two.js"]);
  });

  it("kills the agent's command at once when the log cannot be written, says why, and loses nothing", async () => {
    await lab.serve(turns([begin("One"), bash("echo 1 > src/one.js; sleep 61.25"), end()], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "step.intended", (step) => step.tool === "bash");
    const pid = await workerOf(lab, id);
    while (processesWith("sleep 61.25").length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const log = join(lab.runFolder(id), "log.jsonl");
    const before = readFileSync(log);
    // As on a full disk: no file of this process may grow beyond what the log has now.
    execFileSync("prlimit", ["--pid", String(pid), `--fsize=${String(statSync(log).size)}`]);
    const steering = lab.start("steer", id, "Hurry up");
    await gone(pid);
    assert.deepEqual(processesWith("sleep 61.25"), []);
    assert.match(lab.complaints(id), /log\.jsonl, because the file would exceed the largest size allowed \(EFBIG\)/);
    assert.ok(readFileSync(log).subarray(0, before.length).equals(before));
    await steering.said;
    await said;
    const resumed = await lab.json(ran, "resume", id);
    assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "ready" }, lab.complaints(id));
    const events = lab.events(id);
    assert.deepEqual(events.map((event) => event.seq), events.map((_, n) => n + 1));
    assert.deepEqual(all(lab, id, "command.accepted").map((event) => event.command.kind), ["steer"]);
  });

  it("leaves at once when asked to, as after a crash, and never says that a person stopped it", async () => {
    await lab.serve(turns([begin("One"), bash("test -e src/again.js || { sleep 1.5; echo 1 > src/again.js; }"), end()], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "step.intended", (step) => step.tool === "bash");
    const pid = await workerOf(lab, id);
    process.kill(pid, "SIGTERM");
    await gone(pid);
    assert.equal((await said).code, 4);
    assert.deepEqual(lab.events(id).slice(-1).map((event) => (event.kind === "runner.ended" ? event.why : event.kind)), ["asked to leave"]);
    assert.deepEqual(all(lab, id, "run.ended"), []);
    assert.equal((await lab.json(shown, "show", id)).state, "interrupted");
    const resumed = await lab.json(ran, "resume", id);
    assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "ready" }, lab.complaints(id));
  });

  it("says that it leaves, and over what, when it meets a fault: only a killed process leaves without a word", async () => {
    await lab.serve(turns([begin("One"), bash("echo 1 > src/one.js; sleep 30"), end()], [finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "step.intended", (step) => step.tool === "bash");
    const pid = await workerOf(lab, id);
    killProcess(pid);
    await Promise.all([gone(pid), said]);
    // What the worktree held before the step cannot be read, so nothing can be put back.
    const objects = join(lab.runFolder(id), "git", "objects");
    renameSync(objects, `${objects}.away`);
    assert.equal((await lab.vigil("stop", id)).code, 1);
    const [, ...after] = lab.events(id).filter((event) => event.kind === "runner.started" || event.kind === "runner.ended");
    assert.notEqual(after.length, 0);
    assert.deepEqual(after.map((event) => event.kind), after.map((_, n) => (n % 2 === 0 ? "runner.started" : "runner.ended")), lab.complaints(id));
    assert.match(after.map((event) => (event.kind === "runner.ended" ? event.why : "")).join("\n"), /a fault: .*\w/);
    renameSync(`${objects}.away`, objects);
    // The first stop waits in the inbox still, so that this one may find the run stopped.
    await lab.vigil("stop", id);
    assert.equal((await lab.json(shown, "show", id)).state, "stopped", lab.complaints(id));
  });

  it("makes a worktree again that was deleted meanwhile, and says so", async () => {
    await lab.serve(turns([begin("One"), write("src/one.js", "1\n"), end()], [bash("sleep 30")], [bash("cat src/one.js"), finish()]));
    const { id, said } = await begun(lab, "bounded-write");
    await happens(lab, id, "step.intended", (step) => step.tool === "bash");
    assert.equal((await lab.vigil("stop", id)).code, 0);
    await said;
    const { worktree } = await lab.json(shown, "show", id);
    chmodSync(worktree, 0o700);
    rmSync(join(worktree, ".."), { recursive: true, force: true });
    await lab.serve({ turns: [], after: { blocks: [finish()] } });
    const resumed = await lab.json(ran, "resume", id);
    assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "ready" }, lab.complaints(id));
    assert.equal(readFileSync(join(worktree, "src/one.js"), "utf8"), "1\n");
    assert.equal(existsSync(join(worktree, "README.md")), true);
    assert.match(all(lab, id, "note.added").map((note) => note.text).join("\n"), /worktree was gone .* made again/);
  });
});
