// A finished run, read and landed by every verb: the shapes that programs rely on, and what a person sees.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { landed, Lab, POLICY, ran, shown, timed } from "../runner/lab.js";
import { bash, begin, end, finish, TASK, turns, write } from "../runner/scripts.js";

const vigil = fileURLToPath(new URL("../../../dist/vigil.mjs", import.meta.url));

describe("a finished run", function () {
  this.timeout(120_000);
  let lab: Lab;
  let id: string;
  before(async () => {
    lab = new Lab();
    await lab.serve(TASK);
    const said = await lab.vigil("run", "Make sum add", "--stage", "gated-write");
    assert.equal(said.code, 0, said.stderr);
    id = said.stdout.split("\n")[0] ?? "";
    progress = said.stdout;
  });
  let progress = "";
  after(() => lab.close());

  it("told its id first, then what a person cares about, without steering a terminal", () => {
    assert.match(id, /^\d{8}-\d{6}-[0-9a-f]{6}$/);
    assert.match(progress, /d1: "Add instead of subtracting" \(1 file, \+1 −1\)\n {2}the agent: "sum returned a difference"[^]*Approval g1[^]*Ended \(ready\)/);
    assert.doesNotMatch(progress, /[\u0000-\u0009\u000b-\u001f\u007f]/);
  });

  it("is listed newest first, in the shape that programs rely on", async () => {
    const said = await lab.vigil("runs", "--json");
    const rows = z.array(z.object({ id: z.string(), task: z.string(), state: z.string(), stage: z.string(), base: z.string(), decisions: z.number(), usd: z.number() })).parse(JSON.parse(said.stdout));
    assert.deepEqual(rows.map(({ usd, ...row }) => ({ ...row, paid: usd > 0 })), [{ id, task: "Make sum add", state: "ready", stage: "gated-write", base: lab.git("rev-parse", "HEAD"), decisions: 2, paid: true }]);
  });

  it("is found by a part of its id", async () => {
    for (const name of [id, id.slice(0, 11), id.slice(-6), "last"]) assert.equal((await lab.json(shown, "show", name)).id, id);
  });

  it("shows on one screen what waits, with what it is about and the commands that answer it", async () => {
    const said = await lab.vigil("show", "last");
    for (const sign of [/^Ready to review$/m, /^ {2}│ \+exports\.sum = \(a, b\) => a \+ b;$/m, new RegExp(`^ {2}Yes: {2}vigil answer ${id} g1 allow$`, "m"), /^ {2}d1 {2}no verdict yet .* "Add instead of subtracting"$/m, /^ {2}green {2}required, on the worktree {2}node test\/all\.js$/m, new RegExp(`^Next {2}vigil diff ${id}`, "m")]) assert.match(said.stdout, sign);
    const { gates } = await lab.json(z.object({ gates: z.array(z.object({ id: z.string(), shown: z.string(), ifDenied: z.string().nullable() })) }), "show", "last");
    assert.deepEqual(gates.map((gate) => [gate.id, gate.shown.split("\n")[0]]), [["g1", "d1: Add instead of subtracting"], ["g2", "d2: Say what sum does"]]);
  });

  it("shows the folder that the files are in", async () => {
    const { worktree, landed: on, pid } = await lab.json(shown, "show", "last");
    assert.deepEqual({ sum: readFileSync(join(worktree, "src/sum.js"), "utf8"), on, pid }, { sum: "exports.sum = (a, b) => a + b;\n", on: null, pid: null });
  });

  it("is exported as events, as a document and as traces, printed or into a file", async () => {
    assert.equal((await lab.vigil("export", "last")).stdout, (await lab.vigil("log", "last")).stdout);
    const file = join(lab.repo, "..", "night.otlp.jsonl");
    const said = await lab.vigil("export", "last", "--format", "otlp", "--to", file);
    assert.match(said.stdout, new RegExp(`The run ${id} was exported to .*night\\.otlp\\.jsonl`));
    const traces = z.object({ resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(z.object({ name: z.string(), traceId: z.string().regex(/^[0-9a-f]{32}$/) })) })) })) });
    const spans = readFileSync(file, "utf8").trimEnd().split("\n").flatMap((line) => traces.parse(JSON.parse(line)).resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
    for (const name of ["invoke_agent vigil", "decision d1", "execute_tool bash", "approval decision", "check"]) assert.ok(spans.some((span) => span.name === name), name);
    assert.match((await lab.vigil("export", "last", "--format", "md")).stdout, /^# [^]*Add instead of subtracting[^]*\n## Timeline\n/);
    assert.equal(z.object({ format: z.string(), text: z.string() }).parse(JSON.parse((await lab.vigil("export", "last", "--format", "md", "--json")).stdout)).format, "md");
  });

  it("leaves what lay there where an export cannot be written, and says why", async () => {
    const said = await lab.vigil("export", "last", "--to", join(lab.repo, "no-such-folder", "run.jsonl"));
    assert.equal(said.code, 1);
    assert.match(said.stderr, /could not be written to .*: its folder does not exist\. Nothing was changed there; name another file/);
    const folder = await lab.vigil("export", "last", "--to", join(lab.repo, "src"));
    assert.match(folder.stderr, /a folder has that name/);
    assert.deepEqual(readdirSync(lab.repo).filter((name) => name.endsWith(".new")), []);
    assert.equal((await lab.vigil("export", "last", "--format", "pdf")).code, 2);
  });

  it("prints its log as one event a line, also to a reader that leaves", async () => {
    const lines = (await lab.vigil("log", "last")).stdout.trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => z.object({ seq: z.number() }).parse(JSON.parse(line)).seq), lines.map((_, at) => at + 1));
    const child = spawn("sh", ["-c", `"$0" "$1" log last | head -1`, process.execPath, vigil], { cwd: lab.repo, env: lab.environment() });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => { stderr += chunk.toString("utf8"); });
    assert.deepEqual([await new Promise((resolve) => child.once("close", resolve)), stderr], [0, ""]);
  });

  it("tells its timeline, for people and for programs", async () => {
    const timeline = await lab.json(timed, "timeline", "last");
    assert.deepEqual(timeline.decisions.map((decision) => [decision.id, decision.title]), [["d1", "Add instead of subtracting"], ["d2", "Say what sum does"]]);
    assert.match((await lab.vigil("timeline", "last")).stdout, /the agent: "sum returned a difference"/);
    assert.match((await lab.vigil("timeline", "last", "--steps")).stdout, /git log --oneline/);
  });

  it("gives its diff with reasons, and as a patch that applies", async () => {
    assert.match((await lab.vigil("diff", "last")).stdout, /# d1 Add instead of subtracting: sum returned a difference\n@@/);
    const patch = (await lab.vigil("diff", "last", "--patch")).stdout;
    const child = spawn("git", ["apply", "--check"], { cwd: lab.repo });
    child.stdin.end(patch);
    assert.equal(await new Promise((resolve) => child.once("close", resolve)), 0);
  });

  it("writes its report in three forms and refuses a fourth", async () => {
    for (const [format, sign] of [["md", /^#/m], ["html", /<html/], ["pr", /d1/]] as const) assert.match((await lab.vigil("report", "last", "--format", format)).stdout, sign);
    assert.equal((await lab.vigil("report", "last", "--format", "pdf")).code, 2);
    assert.equal(typeof JSON.parse((await lab.vigil("report", "last", "--json")).stdout), "object");
  });

  it("keeps the key out of everything it wrote", () => {
    const folder = lab.runFolder(id);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.length > 5);
    assert.deepEqual(files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes("test-key")).map((entry) => entry.name), []);
  });

  it("refuses verdicts on what is not there, and unknown approvals", async () => {
    for (const line of [["review", "last", "--accept", "d9"], ["review", "last", "--accept", "d1", "--reject", "d1"], ["answer", "last", "g9", "allow"], ["answer", "last", "g1", "maybe"], ["land", "last", "--onto", "a..b"]]) {
      const said = await lab.vigil(...line);
      assert.equal(said.code, 2, `${line.join(" ")}: ${said.stderr}`);
    }
  });

  it("lands nothing that was not accepted", async () => {
    const { kind, code } = await lab.json(landed, "land", "last");
    assert.deepEqual({ kind, code }, { kind: "blocked", code: 1 });
  });

  it("takes verdicts back, the newest first, until none is left", async () => {
    const open = async (): Promise<string | undefined> => /^(\d+) decisions? without a verdict/m.exec((await lab.vigil("review", "last")).stdout)?.[1];
    assert.match((await lab.vigil("review", "last", "--ask", "d1", "--comment", "Name it add")).stdout, /^Asked for a change of d1\./);
    assert.equal((await lab.vigil("review", "last", "--ask", "d1")).code, 2);
    await lab.vigil("review", "last", "--accept", "d1,d2");
    assert.equal(await open(), undefined);
    assert.match((await lab.vigil("review", "last", "--undo")).stdout, /^Took back the verdict on d1, d2\./);
    assert.equal(await open(), "1");
    assert.match((await lab.vigil("review", "last", "--withdraw", "d1")).stdout, /^Took back the verdict on d1\./);
    assert.equal(await open(), "2");
    const none = await lab.vigil("review", "last", "--undo");
    assert.deepEqual([none.code, /no verdict of a person to take back/.test(none.stderr)], [1, true]);
    assert.equal((await lab.vigil("review", "last", "--undo", "--accept", "d1")).code, 2);
  });

  it("lands what was accepted, verifies, and takes it back", async () => {
    assert.match((await lab.vigil("review", "last", "--accept", "all")).stdout, /^Accepted d1, d2\.\nTo put what is accepted on a branch: vigil land /);
    const kept = await lab.vigil("remove", "last");
    assert.deepEqual([kept.code, /never landed: d1, d2\..*--discard/.test(kept.stderr)], [1, true]);
    const { kind, branch, commits, code } = await lab.json(landed, "land", "last");
    assert.deepEqual({ kind, branch, commits: commits?.length, code }, { kind: "landed", branch: "vigil/make-sum-add", commits: 2, code: 0 });
    assert.deepEqual((await lab.json(shown, "show", "last")).landed, { branch: "vigil/make-sum-add", commits: lab.git("rev-list", "--reverse", "main..vigil/make-sum-add").split("\n") });
    const verified = await lab.json(z.object({ ok: z.boolean(), problems: z.array(z.string()), proves: z.string() }), "verify", "last");
    assert.deepEqual({ ok: verified.ok, problems: verified.problems, code: verified.code, honest: /cannot be excluded/.test(verified.proves) }, { ok: true, problems: [], code: 0, honest: true });
    assert.match((await lab.vigil("review", "last", "--withdraw", "d1")).stderr, /d1 has landed, so its verdict stays.*vigil unland/);
    assert.match((await lab.vigil("review", "last", "--undo")).stderr, /it has landed\. First: vigil unland/);
    assert.equal((await lab.vigil("unland", "last")).code, 0);
    assert.equal((await lab.vigil("unland", "last")).code, 1);
    assert.equal((await lab.json(shown, "show", "last")).state, "ready");
  });

  it("has nothing to resume, and says so without failing", async () => {
    const { state, code } = await lab.json(ran, "resume", "last");
    assert.deepEqual({ state, code }, { state: "ready", code: 0 });
  });

  it("does not offer to land where nothing is accepted any more", async () => {
    assert.match((await lab.vigil("review", "last", "--reject", "d1,d2")).stdout, /\nNothing is accepted, so there is nothing to put on a branch\.$/m);
    const said = await lab.vigil("show", "last");
    assert.deepEqual([/vigil land/.test(said.stdout), /Next {2}vigil remove/.test(said.stdout)], [false, true]);
  });

  it("frees its disk and keeps its record", async () => {
    const { worktree } = await lab.json(shown, "show", "last");
    assert.equal((await lab.vigil("remove", "last")).code, 0);
    assert.deepEqual([existsSync(worktree), lab.git("for-each-ref", "refs/vigil")], [false, ""]);
    const gone = await lab.vigil("diff", "last");
    assert.deepEqual([gone.code, /freed/.test(gone.stderr)], [1, true]);
    const land = await lab.vigil("land", "last");
    assert.deepEqual([land.code, /freed.*nothing of it can land/.test(land.stderr)], [1, true]);
    assert.equal((await lab.vigil("timeline", "last")).code, 0);
    assert.equal((await lab.json(z.object({ ok: z.boolean() }), "verify", "last")).ok, true);
  });
});

describe("a landing that policy left to a person", function () {
  this.timeout(60_000);
  async function allowed(answers: (lab: Lab, id: string) => Promise<void>, test: string): Promise<void> {
    const lab = new Lab({ ...POLICY, "vigil.policy.scope": ["**"] });
    try {
      await lab.serve(turns([begin("Loosen the test"), write("test/all.js", test), end()], [finish()]));
      const { id, state } = await lab.json(ran, "run", "Loosen");
      assert.equal(state, "ready");
      await answers(lab, id);
    } finally {
      await lab.close();
    }
  }

  it("is waited for when it is allowed, and told like any other", () =>
    allowed(async (lab, id) => {
      const said = await lab.vigil("answer", id, "g1", "allow");
      assert.equal(said.code, 0, said.stderr);
      assert.match(said.stdout, /^Allowed g1\. Landed 1 commit on vigil\/nightly\./);
      assert.match(lab.git("log", "-1", "--format=%B", "vigil/nightly"), /Vigil-Approved-By: Ada/);
    }, "process.exit(0);\n"));

  it("says why nothing landed, with the exit code of a landing", () =>
    allowed(async (lab, id) => {
      lab.git("checkout", "-q", "-b", "vigil/nightly");
      lab.write({ "test/all.js": "process.exit(1);\n" });
      lab.git("commit", "-qam", "something else there");
      const answered = await lab.json(z.object({ kind: z.string(), landing: z.object({ kind: z.string(), why: z.string() }) }), "answer", id, "g1", "allow");
      assert.deepEqual({ code: answered.code, kind: answered.kind, landing: answered.landing.kind }, { code: 1, kind: "accepted", landing: "conflict" });
    }, "process.exit(0);\n"));
});

describe("a run that is detached", function () {
  this.timeout(60_000);
  it("gives its id at once, keeps the key from other processes' eyes, and can be resumed after a kill", async () => {
    const lab = new Lab();
    try {
      await lab.serve({ turns: TASK.turns.map((turn) => ({ ...turn, slowMs: 50 })) });
      const { id } = await lab.json(z.object({ id: z.string() }), "run", "Make sum add", "--detach", "--stage", "gated-write");
      const { pid } = await lab.json(shown, "show", id);
      assert.ok(pid !== null);
      assert.doesNotMatch(`${readFileSync(`/proc/${String(pid)}/environ`, "utf8")}${readFileSync(`/proc/${String(pid)}/cmdline`, "utf8")}`, /test-key|ANTHROPIC/);
      const refused = await lab.vigil("remove", id);
      assert.deepEqual([refused.code, /vigil stop/.test(refused.stderr)], [1, true]);
      process.kill(pid, "SIGKILL");
      const view = await lab.json(shown, "show", id);
      assert.deepEqual({ state: view.state, pid: view.pid }, { state: "interrupted", pid: null });
      const resumed = await lab.json(ran, "resume", id);
      assert.deepEqual({ state: resumed.state, code: resumed.code }, { state: "ready", code: 0 }, lab.complaints(id));
    } finally {
      await lab.close();
    }
  });
});

describe("a run that is stopped", function () {
  this.timeout(60_000);
  it("has ended when stop says so, and can be removed at once", async () => {
    const lab = new Lab();
    try {
      await lab.serve(turns([begin("Wait"), bash("sleep 60")]));
      const { id } = await lab.json(z.object({ id: z.string() }), "run", "Wait", "--detach", "--stage", "gated-write");
      await lab.event(id, (event) => event.kind === "step.intended" && event.tool === "bash");
      assert.match((await lab.vigil("stop", id)).stdout, /^Stopped\./);
      const { state, pid } = await lab.json(shown, "show", id);
      assert.deepEqual({ state, pid, removed: (await lab.vigil("remove", id)).code }, { state: "stopped", pid: null, removed: 0 });
    } finally {
      await lab.close();
    }
  });
});
