// A finished run of which a person asked changes goes on: the agent hears what was asked, what was rejected is gone from
// its worktree, and everything else stands as it was.
import assert from "node:assert/strict";
import { Lab, landed, ran, shown } from "./lab.js";
import { begin, call, end, finish, turns, write } from "./scripts.js";

const SCRIPT = turns(
  [begin("Add instead of subtracting", "sum returned a difference")],
  [call("edit", { file_path: "src/sum.js", old_string: "a - b", new_string: "a + b" }), end("sum adds now")],
  [begin("Say what sum does", "the guide was empty")],
  [write("docs/guide.md", "# Guide\n\nsum(a, b) adds.\n"), end("the guide speaks of sum")],
  [begin("Greet by first name", "short")],
  [call("edit", { file_path: "src/greet.js", old_string: "${name}", new_string: "${name.split(\" \")[0]}" }), end("greets by first name")],
  [finish("sum adds, and the guide says so.")],
  [begin("Give an example in the guide", "a reviewer asked for it")],
  [write("docs/guide.md", "# Guide\n\nsum(a, b) adds: sum(1, 2) is 3.\n"), end("the guide has an example")],
  [finish("The guide has an example.")],
);

describe("a run of which changes were asked", function () {
  this.timeout(300_000);
  let lab: Lab;
  beforeEach(async () => {
    lab = new Lab();
    await lab.serve(SCRIPT);
  });
  afterEach(async () => lab.close());

  async function reviewed(): Promise<string> {
    const run = await lab.json(ran, "run", "Make sum add", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    assert.equal((await lab.vigil("review", run.id, "--accept", "d1", "--reject", "d3")).code, 0);
    return run.id;
  }

  it("is told of them when it is resumed, without what was rejected, and lands with what it made of them", async () => {
    const id = await reviewed();
    const asked = await lab.vigil("review", id, "--ask", "d2", "--comment", "Give an example, too");
    assert.match(asked.stdout, new RegExp(`vigil resume ${id}`));
    assert.match((await lab.vigil("show", id)).stdout, /vigil resume .* # have the agent make the change you asked for/);
    const resumed = await lab.json(ran, "resume", id);
    assert.deepEqual({ code: resumed.code, state: resumed.state }, { code: 0, state: "ready" }, lab.complaints(id));
    const heard = lab.model?.requests.map(({ body }) => JSON.stringify(body)).findLast((body) => body.includes("Give an example, too")) ?? "";
    assert.match(heard, /Ada asks for a change of d2: Give an example, too/);
    assert.equal(lab.events(id).filter((event) => event.kind === "message.added" && event.from === "person").length, 1);
    assert.ok(lab.events(id).some((event) => event.kind === "decision.dropped" && event.decisions.includes("d3")));
    assert.equal((await lab.vigil("review", id, "--accept", "d2,d4")).code, 0);
    const land = await lab.json(landed, "land", id);
    assert.equal(land.kind, "landed");
    assert.match(lab.git("show", `${land.branch ?? ""}:docs/guide.md`), /sum\(1, 2\) is 3/);
    assert.match(lab.git("show", `${land.branch ?? ""}:src/sum.js`), /a \+ b/);
    assert.doesNotMatch(lab.git("show", `${land.branch ?? ""}:src/greet.js`), /split/);
  });

  it("is over where none was asked, or what was asked was taken back, and says how to ask", async () => {
    const id = await reviewed();
    const before = lab.events(id).filter((event) => event.kind === "turn.requested").length;
    assert.equal((await lab.vigil("review", id, "--ask", "d2:docs/guide.md", "--comment", "Give an example, too")).code, 0);
    assert.equal((await lab.vigil("review", id, "--undo")).code, 0);
    const resumed = await lab.vigil("resume", id);
    assert.match(resumed.stderr, /The run has ended; there is nothing to resume\..* ask for it first/);
    assert.equal(lab.events(id).filter((event) => event.kind === "turn.requested").length, before);
  });

  it("stays ended once it has landed", async () => {
    const id = await reviewed();
    assert.equal((await lab.vigil("review", id, "--ask", "d2", "--comment", "Give an example, too")).code, 0);
    assert.equal((await lab.json(landed, "land", id)).kind, "landed");
    assert.match((await lab.vigil("resume", id)).stderr, /The run has ended/);
    assert.equal((await lab.json(shown, "show", id)).state, "landed");
  });
});
