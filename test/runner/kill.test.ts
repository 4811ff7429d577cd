// kill -9 of the runner anywhere, then `vigil resume`: nothing is lost, nothing runs twice by itself, the service accepts
// the conversation, and the tree ends the same.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { EventKind, LoggedEvent } from "../../src/core/log/event.js";
import { fileStore } from "../../src/store/file-store.js";
import { encodeHead } from "../../src/store/head.js";
import { gone, workerOf } from "./begun.js";
import { killProcess, Lab, ran, shown } from "./lab.js";
import { bash, begin, end, finish, TASK, turns } from "./scripts.js";

/** Killed as soon as the log holds the n-th event of this kind. */
const POINTS: readonly (readonly [EventKind, number])[] = [
  ["runner.started", 1],
  ["worktree.created", 1],
  ["check.finished", 1],
  ["turn.requested", 1],
  ["turn.received", 1],
  ["step.intended", 1],
  ["step.finished", 3],
  ["decision.opened", 1],
  ["step.intended", 6],
  ["turn.received", 3],
  ["decision.ended", 1],
  ["decision.opened", 2],
  ["step.intended", 9],
  ["decision.ended", 2],
  ["finish.claimed", 1],
  ["landing.intended", 1],
  ["landing.finished", 1],
];

describe("kill -9 of the runner", function () {
  this.timeout(240_000);
  let whole: { readonly tree: string; readonly landed: string };

  before(async () => {
    const lab = new Lab();
    try {
      await lab.serve(TASK);
      const run = await lab.json(ran, "run", "Make sum add");
      whole = { tree: finalTree(lab, run.id), landed: lab.git("rev-parse", "vigil/nightly^{tree}") };
    } finally {
      await lab.close();
    }
  });

  for (const [kind, nth] of POINTS) {
    it(`at the ${ordinal(nth)} ${kind} loses nothing and ends with the same tree`, async () => {
      const lab = new Lab();
      try {
        const model = await lab.serve(TASK);
        const { said } = lab.start("run", "Make sum add", "--json");
        const id = await lab.firstRun();
        await lab.event(id, (event) => event.kind === kind && count(lab.events(id), kind, event.seq) === nth);
        const pid = lab.events(id).findLast((event) => event.kind === "runner.started");
        if (pid?.kind === "runner.started") killProcess(pid.pid);
        await said;
        const before = readFileSync(`${lab.runFolder(id)}/log.jsonl`);
        const resumed = await lab.json(ran, "resume", id);
        assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "landed" }, lab.complaints(id));
        const events = lab.events(id);
        const whole2 = readFileSync(`${lab.runFolder(id)}/log.jsonl`);
        const kept = before.subarray(0, before.lastIndexOf(10) + 1);
        assert.ok(whole2.subarray(0, kept.length).equals(kept), "a line that was in the log is gone");
        assert.deepEqual(events.map((event) => event.seq), events.map((_, n) => n + 1));
        assert.deepEqual(model.requests.filter((request) => request.problem !== undefined).map((request) => request.problem), []);
        assert.deepEqual(repeated(events), []);
        assert.deepEqual(events.flatMap((event) => (event.kind === "run.ended" ? [event.outcome] : [])), ["landed"]);
        assert.equal(finalTree(lab, id), whole.tree);
        assert.equal(lab.git("rev-parse", "vigil/nightly^{tree}"), whole.landed);
        assert.equal((await lab.vigil("verify", id)).code, 0);
      } finally {
        await lab.close();
      }
    });
  }
});

/** A command that has written something and is killed with its runner before it ends. */
describe("kill -9 of the runner in the middle of a command", function () {
  this.timeout(120_000);

  it("takes out what the command had written, and the agent hears that it was interrupted", async () => {
    const lab = new Lab();
    try {
      // A script says an interrupted reply again; this one looks around first.
      const rules = [{ when: { lastContains: ["interrupted: the supervisor stopped"] }, turn: { blocks: [bash("ls src")] } }];
      const model = await lab.serve({ rules, ...turns([begin("Half of it")], [bash("echo half > src/half.js; sleep 100")], [], [end("nothing")], [finish()]) });
      const { said } = lab.start("run", "Half", "--stage", "bounded-write", "--json");
      const id = await lab.firstRun();
      await lab.event(id, (event) => event.kind === "step.intended" && event.tool === "bash");
      const half = join((await lab.json(shown, "show", id)).worktree, "src", "half.js");
      while (!existsSync(half)) await new Promise((done) => setTimeout(done, 20));
      const runner = lab.events(id).findLast((event) => event.kind === "runner.started");
      if (runner?.kind === "runner.started") killProcess(runner.pid);
      await said;
      const resumed = await lab.json(ran, "resume", id);
      assert.equal(resumed.state, "ready", lab.complaints(id));
      const heard = JSON.stringify(model.requests.at(-1)?.body).slice(-3_000);
      assert.match(heard, /interrupted: the supervisor stopped[\s\S]*greet\.js\\+nsum\.js/);
      assert.equal(existsSync(half), false);
    } finally {
      await lab.close();
    }
  });
});

function finalTree(lab: Lab, id: string): string {
  const ended = lab.events(id).findLast((event) => event.kind === "decision.ended");
  return ended?.kind === "decision.ended" ? ended.after : "";
}

/** Calls that the runner began more than once. */
function repeated(events: readonly LoggedEvent[]): string[] {
  const calls = events.flatMap((event) => (event.kind === "step.intended" ? [`${String(event.turn)}/${event.call}`] : []));
  return calls.filter((call, n) => calls.indexOf(call) !== n);
}

function count(events: readonly LoggedEvent[], kind: string, upTo: number): number {
  return events.filter((event) => event.kind === kind && event.seq <= upTo).length;
}

function ordinal(n: number): string {
  return n === 1 ? "first" : n === 2 ? "second" : n === 3 ? "third" : `${String(n)}th`;
}

describe("a run that nobody began", function () {
  this.timeout(120_000);

  it("is begun by resuming it, because its start was posted", async () => {
    const lab = new Lab();
    try {
      await lab.serve(TASK);
      const first = await lab.json(ran, "run", "Make sum add", "--stage", "gated-write");
      const [start] = lab.events(first.id);
      assert.ok(start?.kind === "run.started");
      const id = "20990101-000000-abcdef";
      const log = await fileStore(dirname(lab.runFolder(id))).create(id);
      assert.match((await lab.vigil("show", id)).stderr, /has not begun.*vigil resume 20990101-000000-abcdef/);
      assert.match((await lab.vigil("resume", id)).stderr, /no start in its inbox/);
      await log.post({ kind: "start", spec: { ...start.spec, worktree: start.spec.worktree.replace(first.id, id) } });
      const resumed = await lab.json(ran, "resume", id);
      assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "ready" }, lab.complaints(id));
    } finally {
      await lab.close();
    }
  });
});

describe("a run killed between its last event and the note that it is durable", function () {
  this.timeout(120_000);

  it("is found to be over by resuming it, not taken up again and again", async () => {
    const lab = new Lab();
    try {
      const model = await lab.serve(TASK);
      const { id } = await lab.json(ran, "run", "Make sum add");
      // Its last words come after the end, and must not be written over what is made here.
      await gone(await workerOf(lab, id));
      const end = lab.events(id).findIndex((event) => event.kind === "run.ended");
      const lines = readFileSync(join(lab.runFolder(id), "log.jsonl"), "utf8").split("\n").slice(0, end + 1);
      writeFileSync(join(lab.runFolder(id), "log.jsonl"), `${lines.join("\n")}\n`);
      const { seq, prev } = z.object({ seq: z.number(), prev: z.string() }).parse(JSON.parse(lines.at(-1) ?? ""));
      const durable = Buffer.byteLength(`${lines.slice(0, -1).join("\n")}\n`);
      writeFileSync(join(lab.runFolder(id), "head"), encodeHead({ seq: seq - 1, bytes: durable, hash: prev }));
      const { state } = await lab.json(shown, "show", id);
      assert.equal(state, "interrupted");
      const asked = model.requests.length;
      const resumed = await lab.json(ran, "resume", id);
      assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "landed" }, lab.complaints(id));
      assert.equal(model.requests.length, asked);
      assert.equal(lab.events(id).filter((event) => event.kind === "runner.started").length, 2);
    } finally {
      await lab.close();
    }
  });
});

/** Where a read-only run's work lies in a layer until it is logged as a proposal. */
const READ_ONLY_POINTS: readonly (readonly [EventKind, number])[] = [
  ["decision.opened", 1],
  ["step.intended", 8],
  ["decision.ended", 1],
  ["step.intended", 11],
  ["decision.ended", 2],
];

describe("kill -9 of a runner at read-only", function () {
  this.timeout(240_000);

  for (const [kind, nth] of READ_ONLY_POINTS) {
    it(`at the ${ordinal(nth)} ${kind} loses no proposal`, async () => {
      const lab = new Lab();
      try {
        await lab.serve(TASK);
        const { said } = lab.start("run", "Make sum add", "--stage", "read-only", "--json");
        const id = await lab.firstRun();
        await lab.event(id, (event) => event.kind === kind && count(lab.events(id), kind, event.seq) === nth);
        const pid = lab.events(id).findLast((event) => event.kind === "runner.started");
        if (pid?.kind === "runner.started") killProcess(pid.pid);
        await said;
        const resumed = await lab.json(ran, "resume", id);
        assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "proposed" }, lab.complaints(id));
        const ended = lab.events(id).filter((event) => event.kind === "decision.ended");
        assert.deepEqual(ended.map((event) => event.files.map((file) => file.path)), [["src/sum.js"], ["docs/guide.md", "docs/more.md"]]);
        assert.deepEqual(repeated(lab.events(id)), []);
      } finally {
        await lab.close();
      }
    });
  }
});
