// The same task at each of the four stages: what it may do by itself differs, and the user's checkout is untouched until
// something lands.
import assert from "node:assert/strict";

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { STAGES, type Stage } from "../../src/core/stage.js";
import { diffed, Lab, POLICY, ran, shown, timed } from "./lab.js";
import { bash, begin, end, finish, TASK, turns, write } from "./scripts.js";

describe("one task at four stages", function () {
  this.timeout(120_000);
  const expected: Readonly<Record<Stage, { state: string; decisions: readonly string[]; gates: readonly string[] }>> = {
    "read-only": { state: "proposed", decisions: ["proposed", "proposed"], gates: [] },
    "gated-write": { state: "ready", decisions: ["kept", "kept"], gates: ["decision", "decision"] },
    "bounded-write": { state: "ready", decisions: ["kept", "kept"], gates: [] },
    "autonomous-with-summary": { state: "landed", decisions: ["kept", "kept"], gates: [] },
  };
  for (const stage of STAGES) {
    it(`works at ${stage} and leaves the user's checkout as it was`, async () => {
      const lab = new Lab();
      try {
        await lab.serve(TASK);
        const before = lab.fingerprint();
        const run = await lab.json(ran, "run", "Make sum add", "--stage", stage);
        assert.deepEqual({ code: run.code, state: run.state, exit: run.exit }, { code: 0, state: expected[stage].state, exit: 0 }, lab.complaints(run.id));
        const timeline = await lab.json(timed, "timeline", run.id);
        assert.deepEqual(timeline.decisions.map((decision) => decision.state), expected[stage].decisions);
        const show = await lab.json(shown, "show", run.id);
        assert.deepEqual({ stage: show.stage, pid: show.pid, gates: show.gates.map((gate) => gate.kind) }, { stage, pid: null, gates: expected[stage].gates });
        const diff = await lab.json(diffed, "diff", run.id);
        assert.deepEqual(diff.files.map((file) => [file.path, file.hunks.map((hunk) => hunk.decisions)]), [
          ["docs/guide.md", [["d2"]]],
          ["docs/more.md", [["d2"]]],
          ["src/sum.js", [["d1"]]],
        ]);
        assert.equal(diff.lines, diff.explained);
        assert.equal(readFileSync(join(show.worktree, "src/sum.js"), "utf8").includes("a + b"), stage !== "read-only");
        const after = lab.fingerprint();
        if (stage === "autonomous-with-summary") {
          assert.equal(lab.git("show", "vigil/nightly:src/sum.js"), "exports.sum = (a, b) => a + b;");
          assert.deepEqual(withoutLanded(after), before);
        } else assert.deepEqual(after, before);
      } finally {
        await lab.close();
      }
    });
  }

  it("lands by policy with trailers that name the run, the decision, the stage and the owner, and nobody's approval", async () => {
    const lab = new Lab();
    try {
      await lab.serve(TASK);
      const run = await lab.json(ran, "run", "Make sum add");
      const message = lab.git("log", "-1", "--format=%B", "vigil/nightly~1");
      const trailers: Record<string, string | undefined> = Object.fromEntries(message.split("\n").filter((line) => /^(Vigil-|Co-)/.test(line)).map((line): [string, string] => { const [name = "", value = ""] = line.split(": ", 2); return [name, value]; }));
      assert.deepEqual(
        { run: trailers["Vigil-Run"], decision: trailers["Vigil-Decision"], stage: trailers["Vigil-Stage"], approval: trailers["Vigil-Approval"], by: trailers["Vigil-Approved-By"], agent: trailers["Co-authored-by"] !== undefined },
        { run: run.id, decision: "d1", stage: "autonomous-with-summary", approval: "policy", by: undefined, agent: true },
      );
      assert.match(lab.git("log", "-1", "--format=%an <%ae>", "vigil/nightly"), /<ada@team\.example>/);
      assert.equal(lab.git("fsck", "--full", "--no-dangling"), "");
    } finally {
      await lab.close();
    }
  });

  it("keeps a path out of scope for a person at bounded-write, and takes out what the shell wrote there", async () => {
    const lab = new Lab();
    try {
      await lab.serve(turns([begin("Sneak"), bash("echo x > elsewhere.txt; echo y > src/here.js")], [end()], [finish()]));
      const run = await lab.json(ran, "run", "Sneak", "--stage", "bounded-write");
      const diff = await lab.json(diffed, "diff", run.id);
      assert.deepEqual(diff.files.map((file) => file.path), ["src/here.js"]);
      const violation = lab.events(run.id).find((event) => event.kind === "violation.found");
      assert.deepEqual(violation?.kind === "violation.found" ? violation.paths : [], ["elsewhere.txt"]);
      const show = await lab.json(shown, "show", run.id);
      assert.equal(existsSync(join(show.worktree, "elsewhere.txt")), false);
    } finally {
      await lab.close();
    }
  });

  it("discards what is changed outside a decision and tells the agent", async () => {
    const lab = new Lab();
    try {
      const model = await lab.serve(turns([bash("echo lost > src/lost.js && mkdir -p build && echo kept > build/cache"), begin("Keep one")], [bash("cat build/cache; ls src"), write("src/kept.js", "kept\n"), end()], [finish()]));
      const run = await lab.json(ran, "run", "Keep one", "--stage", "bounded-write");
      const diff = await lab.json(diffed, "diff", run.id);
      assert.deepEqual(diff.files.map((file) => file.path), ["src/kept.js"]);
      const told = JSON.stringify(model.requests.at(-1)?.body);
      assert.match(told, /src\/lost\.js/);
      assert.match(told, /begin_decision to keep changes/);
      const listing = lab.events(run.id).find((event) => event.kind === "layer.discarded");
      assert.deepEqual(listing?.kind === "layer.discarded" ? listing.paths : [], ["src/lost.js"]);
    } finally {
      await lab.close();
    }
  });

  it("takes a decision that the agent dropped out of the worktree, and logs each call before it is made", async () => {
    const lab = new Lab();
    try {
      const model = await lab.serve(turns([begin("Try it")], [write("src/other.js", "x\n"), end("it was no good", { discard: "it was no good" })], [bash("ls src")], [finish()]));
      const run = await lab.json(ran, "run", "Try", "--stage", "bounded-write");
      assert.equal(run.state, "ready", lab.complaints(run.id));
      assert.match(JSON.stringify(model.requests.at(-1)?.body), /greet\.js\\+nsum\.js/);
      assert.equal(existsSync(join((await lab.json(shown, "show", run.id)).worktree, "src", "other.js")), false);
      const begun = new Set<number>();
      for (const event of lab.events(run.id)) {
        if (event.kind === "step.intended") begun.add(event.step);
        if (event.kind === "step.finished") assert.ok(begun.has(event.step), `step ${String(event.step)} ended and had not begun`);
      }
      assert.ok(begun.size >= 5);
    } finally {
      await lab.close();
    }
  });

  it("opens the upper stages only by a committed waiver, and names the one edit otherwise", async () => {
    const { "vigil.policy.promotion.waived": _waived, ...policy } = POLICY;
    const lab = new Lab(policy);
    try {
      await lab.serve(TASK);
      const refused = await lab.vigil("run", "Make sum add", "--stage", "bounded-write");
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /vigil\.policy\.promotion\.waived/);
      assert.equal(existsSync(join(lab.repo, ".git", "vigil", "runs")) && lab.events("x").length > 0, false);
      const run = await lab.json(ran, "run", "Make sum add");
      assert.equal((await lab.json(shown, "show", run.id)).stage, "gated-write");
    } finally {
      await lab.close();
    }
  });
});

/** A landing adds its branch and that branch's reflog, and nothing else. */
function withoutLanded(files: Record<string, string>): Record<string, string> {
  const rest = Object.entries(files).filter(([name]) => !/^\.git\/(logs\/)?refs\/heads\/vigil\/nightly$/.test(name));
  return Object.fromEntries(rest.map(([name, value]) => [name, name === "(refs)" ? value.split("\n").filter((line) => !line.endsWith("refs/heads/vigil/nightly")).join("\n") : value]));
}
