// What runs of one repository say of one another: files that both changed, and what a new one may come to.
import assert from "node:assert/strict";
import { z } from "zod";
import { happens } from "./begun.js";
import { Lab, ran } from "./lab.js";
import { bash, begin, end, finish, turns, write } from "./scripts.js";

const overlap = z.array(z.object({ run: z.string(), files: z.array(z.string()) }));
const rows = z.array(z.object({ id: z.string(), state: z.string(), overlaps: overlap }));

describe("runs beside one another", function () {
  this.timeout(180_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.close());

  const PART = turns([begin("One")], [write("src/sum.js", "exports.sum = (a, b) => a + b;\n"), write("docs/own.md", "mine\n"), end()], [finish()]);

  it("name the files of both while one works in an open decision, and none once one of them is gone or landed", async () => {
    await lab.serve(PART);
    const first = await lab.json(ran, "run", "First", "--stage", "bounded-write");
    assert.equal(first.state, "ready");
    await lab.serve(turns([begin("Other")], [write("src/sum.js", "exports.sum = (a, b) => b + a;\n"), bash("sleep 60")], [end(), finish()]));
    const { said } = lab.start("run", "Second", "--stage", "bounded-write", "--json");
    let second: string | undefined;
    for (const deadline = Date.now() + 30_000; second === undefined && Date.now() < deadline; ) second = rows.parse(JSON.parse((await lab.vigil("runs", "--json")).stdout)).find(({ id }) => id !== first.id)?.id;
    assert.ok(second !== undefined);
    await lab.event(second, (event) => event.kind === "step.finished" && event.changed.includes("src/sum.js"));
    const listed = await lab.json(z.object({ overlaps: overlap }), "show", first.id);
    assert.deepEqual(listed.overlaps, [{ run: second, files: ["src/sum.js"] }]);
    assert.deepEqual((await lab.json(z.object({ overlaps: overlap }), "show", second)).overlaps, [{ run: first.id, files: ["src/sum.js"] }]);
    const text = (await lab.vigil("runs")).stdout;
    assert.ok(text.includes(`Also changed by the run ${first.id}: src/sum.js`) && text.includes(`Also changed by the run ${second}: src/sum.js`), text);
    assert.ok((await lab.vigil("show", first.id)).stdout.replace(/\s+/gu, " ").includes(`Also changed by the run ${second}: src/sum.js`));
    assert.equal((await lab.vigil("stop", second)).code, 0);
    await said;
    await lab.vigil("review", first.id, "--accept", "all");
    const land = await lab.vigil("land", first.id);
    assert.equal(land.code, 0, land.stderr);
    assert.deepEqual(rows.parse(JSON.parse((await lab.vigil("runs", "--json")).stdout)).flatMap(({ overlaps }) => overlaps), []);
  });

  it("say what the next one may come to from the third on, to a person and not to a program", async () => {
    await lab.serve(PART);
    for (const n of [1, 2, 3]) {
      const said = await lab.vigil("run", `Run ${String(n)}`, "--stage", "gated-write");
      assert.ok(!said.stderr.includes("came to"), said.stderr);
    }
    // Those of another stage count only while there are too few of the same.
    await lab.serve(turns([bash("echo 1")], [finish()]));
    for (const n of [1, 2, 3]) assert.equal((await lab.json(ran, "run", `Look ${String(n)}`, "--stage", "read-only")).state, "ready");
    const fourth = await lab.vigil("run", "Look again", "--stage", "read-only");
    assert.match(fourth.stderr, /The last 3 runs here at read-only came to, in the middle: .*of work, up to .*; 2 steps, up to 2 steps\./u);
    const json = await lab.vigil("run", "And again", "--stage", "read-only", "--json");
    assert.ok(!json.stderr.includes("came to") && !json.stdout.includes("came to"));
    const id = ran.parse(JSON.parse(json.stdout)).id;
    await happens(lab, id, "run.ended");
  });
});
