// Several runs of one repository at once: who works, who waits, and what becomes of the line when somebody is killed.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { all, gone, happens, workerOf } from "./begun.js";
import { killProcess, Lab, shown } from "./lab.js";
import { bash, finish, turns } from "./scripts.js";

const detached = z.object({ id: z.string() });
const rows = z.array(z.object({ id: z.string(), state: z.string() }));

describe("runs that take turns", function () {
  this.timeout(180_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.close());

  function own(settings: Readonly<Record<string, unknown>>): void {
    mkdirSync(join(lab.home, "config", "vigil"), { recursive: true });
    writeFileSync(join(lab.home, "config", "vigil", "settings.json"), JSON.stringify(settings));
  }

  async function detach(task: string, ...more: readonly string[]): Promise<string> {
    return (await lab.json(detached, "run", task, "--stage", "gated-write", "--detach", ...more)).id;
  }

  /** When the run worked, by its own record. */
  function span(id: string): readonly [from: number, to: number] {
    return [all(lab, id, "sandbox.tested")[0]?.at ?? NaN, all(lab, id, "run.ended")[0]?.at ?? NaN];
  }

  async function states(...ids: readonly string[]): Promise<readonly (string | undefined)[]> {
    const listed = rows.parse(JSON.parse((await lab.vigil("runs", "--json")).stdout));
    return ids.map((id) => listed.find((row) => row.id === id)?.state);
  }

  it("works one after the other, in the order of their start, where one may work at once", async () => {
    own({ "vigil.run.atOnce": 1 });
    await lab.serve(turns([bash("sleep 4")], [finish()]));
    const [one, two, three] = [await detach("one"), await detach("two"), await detach("three")];
    assert.deepEqual((await happens(lab, two, "run.queued")).behind, [one]);
    assert.deepEqual((await happens(lab, three, "run.queued")).behind, [one, two]);
    assert.equal((await lab.json(shown, "show", three)).state, "queued");
    assert.match((await lab.vigil("show", three)).stdout.replace(/\s+/gu, " "), new RegExp(`Queued: 1 run may work here at once .*2 runs are before this one: ${one}, ${two}`, "u"));
    assert.equal(existsSync((await lab.json(shown, "show", three)).worktree), false);
    for (const id of [one, two, three]) assert.equal((await happens(lab, id, "run.ended")).outcome, "ready");
    assert.ok(span(two)[0] >= span(one)[1], "the second began before the first had ended");
    assert.ok(span(three)[0] >= span(two)[1], "the third began before the second had ended");
    assert.equal(all(lab, one, "run.queued").length, 0);
    assert.equal(all(lab, three, "run.dequeued").length, 1);
  });

  it("gives the place of a killed run to the next one, and of a stopped one in line to nobody", async () => {
    own({ "vigil.run.atOnce": 1 });
    await lab.serve(turns([bash("sleep 60")], [finish()]));
    const [one, two, three] = [await detach("one"), await detach("two"), await detach("three")];
    await happens(lab, three, "run.queued");
    const stopped = await lab.vigil("stop", two);
    assert.equal(stopped.code, 0, stopped.stderr);
    assert.equal((await happens(lab, two, "run.ended")).outcome, "stopped");
    assert.equal(all(lab, two, "turn.requested").length + all(lab, two, "worktree.created").length, 0);
    killProcess(await workerOf(lab, one));
    await happens(lab, three, "run.dequeued");
    await happens(lab, three, "step.intended");
    assert.deepEqual(await states(one, two, three), ["interrupted", "stopped", "working"]);
    await lab.vigil("stop", three);
  });

  it("never lets more than may work at once, however many are started in the same moment", async () => {
    own({ "vigil.run.atOnce": 2 });
    await lab.serve(turns([bash("sleep 1")], [finish()]));
    const ids = await Promise.all(["a", "b", "c", "d"].map((task) => detach(task)));
    for (const id of ids) assert.equal((await happens(lab, id, "run.ended")).outcome, "ready");
    const spans = ids.map(span);
    for (const [from] of spans) assert.ok(spans.filter(([begun, ended]) => begun <= from && from < ended).length <= 2, JSON.stringify(spans));
    assert.ok(ids.filter((id) => all(lab, id, "run.queued").length > 0).length >= 2);
  });

  it("goes on waiting after its own process was killed in line and it was resumed", async () => {
    own({ "vigil.run.atOnce": 1 });
    await lab.serve(turns([bash("sleep 4")], [finish()]));
    const [one, two] = [await detach("one"), await detach("two")];
    await happens(lab, two, "run.queued");
    const worker = await workerOf(lab, two);
    killProcess(worker);
    await gone(worker);
    assert.deepEqual(await states(two), ["interrupted"]);
    const resumed = await lab.vigil("resume", two, "--json");
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal((await happens(lab, one, "run.ended")).outcome, "ready");
    assert.ok(span(two)[0] >= span(one)[1]);
  });

  it("starts at its time, is stopped before it at once, and refuses a time that cannot be", async () => {
    await lab.serve(turns([finish()]));
    const at = Math.ceil(Date.now() / 1_000) * 1_000 + 8_000;
    const run = await detach("later", "--at", new Date(at).toISOString().replace(".000", ""));
    assert.equal((await happens(lab, run, "run.queued")).until, at);
    assert.deepEqual(await states(run), ["queued"]);
    await happens(lab, run, "run.ended");
    assert.ok(span(run)[0] >= at, "it began before its time");
    const never = await detach("never", "--at", new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/u, ""));
    await happens(lab, never, "run.queued");
    assert.equal((await lab.vigil("stop", never)).code, 0);
    assert.deepEqual(await states(never), ["stopped"]);
    for (const [text, words] of [["yesterday", /no time that a run could start at/u], ["2020-01-01T10:00", /is past/u], ["2026-02-31T10:00", /no time/u], ["25:00", /no time/u], ["2999-01-01T00:00Z", /more than 30 days/u]] as const) {
      const said = await lab.vigil("run", "x", "--at", text);
      assert.equal(said.code, 2, said.stderr);
      assert.match(said.stderr, words);
    }
    own({ "vigil.run.atOnce": 0 });
    const zero = await lab.vigil("run", "x");
    assert.equal(zero.code, 2);
    assert.match(zero.stderr, /vigil\.run\.atOnce.*use at least 1/u);
  });
});
