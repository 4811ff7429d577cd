// A machine that can confine nothing: one thing is offered, read-only without commands. The agent reads and proposes by
// tools over git objects; no program of its choosing runs, and nothing that began with walls goes on without them.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { EventKind, LoggedEvent } from "../../src/core/log/event.js";
import { contents } from "../git/temp-repository.js";
import { diffed, killProcess, Lab, POLICY, ran, shown } from "./lab.js";
import { bash, begin, call, end, finish, turns, write } from "./scripts.js";

/** A mount namespace in which bubblewrap cannot be run. */
const UNCONFINED = ["unshare", "-rm", "sh", "-c", 'mount --bind /dev/null "$(command -v bwrap)" && exec "$@"', "sh"] as const;
const REMEDY = /Commands could not be confined.*vigil doctor/;
const FILES = {
  "src/sum.js": "exports.sum = (a, b) => a - b;\n",
  "docs/guide.md": "# Guide\n",
  "test/all.js": "process.exit(0);\n",
  ".env": "KEY=top-secret-value\n",
  ".gitignore": "build/\n",
} as const;
const SETTINGS = { ...POLICY, "vigil.policy.worktree.setup": "echo made > made.txt" };

/** Looks around, is refused what cannot be had, and proposes two decisions, with one tried and dropped in between. */
const TASK = turns(
  [call("read", { file_path: "src/sum.js" }), call("glob", { pattern: "**/*.js" }), call("grep", { pattern: "a - b" })],
  [bash("echo ran > /tmp/should-not-be && ls"), call("read", { file_path: "docs/guide.md" })],
  [call("request_permission", { kind: "command", target: "npm test", why: "to see", if_denied: "I go on" })],
  [call("read", { file_path: ".env" })],
  [write("src/early.js", "x\n")],
  [begin("Add instead of subtracting", "sum returned a difference")],
  [write("docs/more.md", "more\n"), call("edit", { file_path: "src/sum.js", old_string: "a - b", new_string: "a + b" })],
  [call("grep", { pattern: "a \\+ b" }), end("sum adds now", { claims: [{ claim: "the check is green", command: "node test/all.js" }] })],
  [begin("Try another")],
  [write("src/other.js", "x\n"), end("no", { discard: "it was no good" })],
  [begin("Say what sum does")],
  [call("edit", { file_path: "docs/more.md", old_string: "more", new_string: "sum adds" })],
  [end("said")],
  [finish("sum adds, and a page says so.")],
);

describe("where nothing can be confined", function () {
  this.timeout(120_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab(SETTINGS, FILES);
  });
  afterEach(() => lab.close());

  it("a run takes read-only without commands, says why, and proposes what it would change", async () => {
    lab.through = UNCONFINED;
    const model = await lab.serve(TASK);
    const before = lab.fingerprint();
    const said = await lab.vigil("run", "Make sum add", "--json");
    assert.equal(said.code, 0, said.stderr);
    assert.match(said.stderr, REMEDY);
    assert.match(said.stderr, /Read-only without commands: /);
    const { id, state } = ran.parse(JSON.parse(said.stdout));
    assert.equal(state, "proposed", lab.complaints(id));
    const events = lab.events(id);
    assert.deepEqual(
      {
        tested: events.flatMap((event) => (event.kind === "sandbox.tested" ? [event.passed] : [])),
        checks: events.flatMap((event) => (event.kind === "check.finished" ? [[event.source, event.on.kind, event.outcome, event.why]] : [])),
        gates: events.filter((event) => event.kind === "gate.raised").length,
        setUp: events.filter((event) => event.kind === "setup.finished").length,
        violations: events.filter((event) => event.kind === "violation.found").length,
        decisions: events.flatMap((event) => (event.kind === "decision.ended" ? [[event.outcome, event.files.map((file) => file.path)]] : [])),
        refused: steps(events, "denied"),
        skipped: steps(events, "skipped"),
        notices: events.flatMap((event) => (event.kind === "run.started" ? event.spec.notices : [])).map((text) => [REMEDY.test(text), /no command, check or claim is run nor the set-up command "echo made > made\.txt"\./.test(text)]),
      },
      {
        tested: [false],
        checks: [
          ["policy", "base", "unable", "no sandbox on this machine, so no command is run"],
          ["claim", "decision", "unable", "no sandbox on this machine, so no command is run"],
        ],
        gates: 0,
        setUp: 0,
        violations: 0,
        decisions: [
          ["proposed", ["docs/more.md", "src/sum.js"]],
          ["discarded", []],
          ["proposed", ["docs/more.md"]],
        ],
        refused: [["bash", "no sandbox on this machine"], ["request_permission", "policy cannot be overruled"], ["read", 'vigil.policy.hidden ".env"'], ["write", "no open decision"]],
        skipped: [["read", "not run"]],
        notices: [[true, true]],
      },
    );
    const told = JSON.stringify(model.requests.at(-1)?.body);
    for (const sign of [/nothing can be confined on this machine, so bash is refused/, /commands cannot be confined on this machine, so none are run/, /src\/sum\.js:1:exports\.sum = \(a, b\) => a \+ b;/, /call begin_decision first/i, /\(no sandbox on this machine/]) assert.match(told, sign);
    assert.doesNotMatch(told, /top-secret-value/);
    assert.deepEqual(model.requests.filter((request) => request.problem !== undefined).map((request) => request.problem), []);

    const diff = await lab.json(diffed, "diff", id);
    assert.deepEqual([diff.lines, diff.files.map((file) => [file.path, file.hunks.map((hunk) => hunk.decisions)])], [diff.explained, [["docs/more.md", [["d3"]]], ["src/sum.js", [["d1"]]]]]);
    const show = await lab.json(shown, "show", id);
    assert.equal(show.stage, "read-only");
    for (const verb of ["show", "report"]) assert.match((await lab.vigil(verb, id)).stdout.replaceAll(/\s+/g, " "), /read-only without commands: .*could not be confined/);
    const settings = JSON.stringify(SETTINGS, null, 2);
    assert.deepEqual(contents(show.worktree), Object.fromEntries(Object.entries({ ...FILES, ".vscode/settings.json": settings }).map(([path, text]) => [path, `- ${text}`])));
    assert.equal(existsSync(join(show.worktree, "..", "proposals")), false);
    assert.deepEqual(lab.fingerprint(), before);
    assert.equal((await lab.vigil("verify", id)).code, 0);
  });

  it("what it proposed is reviewed there, and adopted and landed where commands can be confined", async () => {
    lab.through = UNCONFINED;
    await lab.serve(TASK);
    const { id } = await lab.json(ran, "run", "Make sum add");
    assert.equal((await lab.vigil("review", id, "--accept", "all")).code, 0);
    const refused = await lab.vigil("adopt", id);
    assert.deepEqual([refused.code, refused.stdout], [2, ""]);
    assert.match(refused.stderr, REMEDY);
    lab.through = [];
    const adopted = await lab.json(ran, "adopt", id);
    assert.deepEqual([adopted.code, adopted.state], [0, "ready"], lab.complaints(adopted.id));
    const landed = await lab.vigil("land", adopted.id, "--onto", "vigil/sum");
    assert.equal(landed.code, 0, landed.stderr);
    assert.deepEqual([lab.git("show", "vigil/sum:src/sum.js"), lab.git("show", "vigil/sum:docs/more.md")], ["exports.sum = (a, b) => a + b;", "sum adds"]);
  });

  for (const stage of ["gated-write", "bounded-write", "autonomous-with-summary"]) {
    it(`${stage} is refused with the remedy, and nothing is left behind`, async () => {
      lab.through = UNCONFINED;
      await lab.serve(TASK);
      const said = await lab.vigil("run", "Make sum add", "--stage", stage);
      assert.deepEqual([said.code, said.stdout], [2, ""]);
      assert.match(said.stderr, REMEDY);
      assert.equal(existsSync(join(lab.repo, ".git", "vigil")), false);
    });
  }

  it("the doctor says what is left", async () => {
    lab.through = UNCONFINED;
    const found = await lab.json(z.object({ ok: z.boolean(), stages: z.array(z.string()), commands: z.boolean() }), "doctor");
    assert.deepEqual([found.ok, found.stages, found.commands, found.code], [false, ["read-only"], false, 1]);
    assert.match((await lab.vigil("doctor")).stdout, /Stages this machine can enforce: read-only without commands/);
  });

  const POINTS: readonly (readonly [EventKind, number])[] = [
    ["check.finished", 1],
    ["step.intended", 10],
    ["step.finished", 10],
    ["step.finished", 11],
    ["decision.ended", 1],
  ];
  for (const [kind, nth] of POINTS) {
    it(`a kill -9 at ${kind} number ${String(nth)} loses no write that was answered`, async () => {
      lab.through = UNCONFINED;
      const model = await lab.serve(TASK);
      const { said } = lab.start("run", "Make sum add", "--json");
      const id = await lab.firstRun();
      await lab.event(id, (event) => event.kind === kind && lab.events(id).filter((other) => other.kind === kind && other.seq <= event.seq).length === nth);
      const pid = lab.events(id).findLast((event) => event.kind === "runner.started");
      if (pid?.kind === "runner.started") killProcess(pid.pid);
      await said;
      const resumed = await lab.json(ran, "resume", id);
      assert.deepEqual([resumed.code, resumed.state], [0, "proposed"], lab.complaints(id));
      const events = lab.events(id);
      assert.deepEqual(model.requests.filter((request) => request.problem !== undefined).map((request) => request.problem), []);
      assert.deepEqual(events.flatMap((event) => (event.kind === "decision.ended" ? [[event.outcome, event.files.map((file) => file.path)]] : [])).filter(([outcome]) => outcome === "proposed"), [
        ["proposed", ["docs/more.md", "src/sum.js"]],
        ["proposed", ["docs/more.md"]],
      ]);
      const diff = await lab.json(diffed, "diff", id);
      assert.deepEqual(diff.files.map((file) => file.path), ["docs/more.md", "src/sum.js"]);
      assert.equal((await lab.vigil("verify", id)).code, 0);
    });
  }

  it("a run that began without commands stays so when the sandbox is back", async () => {
    lab.through = UNCONFINED;
    await lab.serve(turns([call("read", { file_path: "src/sum.js" })], [bash("ls")], [finish()]));
    const id = await killedAt(lab, "turn.received");
    lab.through = [];
    const resumed = await lab.json(ran, "resume", id);
    assert.equal(resumed.code, 0, lab.complaints(id));
    assert.deepEqual(lab.events(id).flatMap((event) => (event.kind === "sandbox.tested" ? [event.passed] : [])), [false, true]);
    assert.deepEqual(steps(lab.events(id), "denied"), [["bash", "no sandbox on this machine"]]);
  });

  it("a run that began behind walls waits for them, also at read-only", async () => {
    await lab.serve(TASK);
    const id = await killedAt(lab, "turn.received", "--stage", "read-only");
    lab.through = UNCONFINED;
    const resumed = await lab.vigil("resume", id);
    assert.equal(resumed.code, 4, resumed.stderr);
    const show = await lab.json(z.object({ state: z.string(), why: z.string() }), "show", id);
    assert.equal(show.state, "paused");
    assert.match(show.why, REMEDY);
  });
});

async function killedAt(lab: Lab, kind: EventKind, ...options: readonly string[]): Promise<string> {
  const { said } = lab.start("run", "Make sum add", "--json", ...options);
  const id = await lab.firstRun();
  await lab.event(id, (event) => event.kind === kind);
  const pid = lab.events(id).findLast((event) => event.kind === "runner.started");
  if (pid?.kind === "runner.started") killProcess(pid.pid);
  await said;
  return id;
}

/** Tool and deciding rule of the steps with this outcome. */
function steps(events: readonly LoggedEvent[], outcome: string): readonly (readonly [string, string])[] {
  const calls = new Set(events.flatMap((event) => (event.kind === "step.finished" && event.outcome === outcome ? [event.step] : [])));
  return events.flatMap((event) => (event.kind === "step.intended" && calls.has(event.step) ? [[event.tool, event.verdict.rule] as const] : []));
}
