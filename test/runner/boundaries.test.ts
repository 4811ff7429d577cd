// What a plan says must not be touched holds in a real run, against the tools and against the shell, also where policy
// would let the agent do as it likes; and the person is told what holds and what does not.
import assert from "node:assert/strict";
import { Lab, POLICY, ran, shown } from "./lab.js";
import { bash, begin, end, finish, turns, write } from "./scripts.js";

const PLAN = "# Goal\nTidy up\n\n# Do not touch\n- the migrations\n- the public names\n";

describe("boundaries of a plan in a run", function () {
  this.timeout(120_000);
  let lab: Lab;
  before(() => {
    lab = new Lab({ ...POLICY, "vigil.policy.scope": ["**"], "vigil.policy.requiredChecks": [] });
    lab.write({ "db/migrations/1.sql": "create table a;\n", "plan.md": PLAN });
    lab.git("add", "-A");
    lab.git("commit", "-q", "-m", "migrations");
  });
  after(() => lab.close());

  it("are enforced where they name a folder, told where they do not, and lost in no new conversation", async () => {
    const model = await lab.serve(
      turns([begin("Tidy")], [write("db/migrations/1.sql", "drop table a;\n")], [bash("echo 'drop table a;' > db/migrations/2.sql; echo ok > src/ok.js")], [end()], [finish()]),
    );
    const run = await lab.json(ran, "run", "--file", "plan.md", "--stage", "bounded-write");
    assert.equal(run.state, "waiting", lab.complaints(run.id));
    assert.deepEqual((await lab.json(shown, "show", run.id)).gates.map(({ kind, target }) => [kind, target]), [["write", "db/migrations/1.sql"]]);
    assert.equal((await lab.vigil("answer", run.id, "g1", "deny")).code, 0);
    assert.equal((await lab.json(ran, "resume", run.id)).state, "ready", lab.complaints(run.id));
    const events = lab.events(run.id);
    assert.deepEqual(events.flatMap((event) => (event.kind === "violation.found" ? event.paths : [])), ["db/migrations/2.sql"]);
    const ended = events.find((event) => event.kind === "decision.ended");
    assert.deepEqual(ended?.kind === "decision.ended" ? ended.files.map((file) => file.path) : [], ["src/ok.js"]);
    const first = JSON.stringify(model.requests[0]?.body);
    assert.match(first, /# What the person said must not be touched[^"]*db\/migrations\/\*\*: only after an approval[^"]*the public names \(Nothing enforces this one/);
    const screen = (await lab.vigil("show", run.id)).stdout.replaceAll(/\s+/gu, " ");
    assert.match(screen, /From your plan, changed only after you allow exactly that: db\/migrations, db\/migrations\/\*\*/);
    assert.match(screen, /enforced by nothing, because it names no path: "the public names"/);
    assert.match((await lab.vigil("report", run.id)).stdout.replaceAll(/\s+/gu, " "), /Not to be touched, says the plan.*`db\/migrations\/\*\*`: held by policy/);
  });
});
