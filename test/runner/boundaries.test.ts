// What a plan or a person says must not be touched holds in a real run, against the tools and against the shell, also where policy
// would let the agent do as it likes; and the person is told what holds and what does not.
import assert from "node:assert/strict";
import { begun } from "./begun.js";
import { Lab, POLICY, ran, shown } from "./lab.js";
import { bash, begin, end, finish, turns, write } from "./scripts.js";

const PLAN = "# Goal\nTidy up\n\n# Do not touch\n- the migrations\n- the public names\n";

describe("boundaries in a run", function () {
  this.timeout(120_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab({ ...POLICY, "vigil.policy.scope": ["**"], "vigil.policy.requiredChecks": [] });
    lab.write({ "db/migrations/1.sql": "create table a;\n", "plan.md": PLAN });
    lab.git("add", "-A");
    lab.git("commit", "-q", "-m", "migrations");
  });
  afterEach(() => lab.close());

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
    assert.match(screen, /Not to be touched, as you said, but after you allow exactly that: db\/migrations, db\/migrations\/\*\*/);
    assert.match(screen, /enforced by nothing, because it names no path: "the public names"/);
    assert.match((await lab.vigil("report", run.id)).stdout.replaceAll(/\s+/gu, " "), /Not to be touched, as people said.*`db\/migrations\/\*\*`: held by policy/);
  });

  it("are enforced from the moment at which somebody says them to a run that works, and said to be advice where they name nothing", async () => {
    await lab.serve(turns([begin("Tidy")], [bash("sleep 4")], [bash("echo 'drop table a;' > db/migrations/3.sql; echo ok > src/ok2.js")], [end()], [finish()]));
    const { id, said } = await begun(lab, "bounded-write", "Tidy up the sources");
    await lab.event(id, (event) => event.kind === "step.intended" && event.about === "sleep 4");
    const steered = await lab.vigil("steer", id, "Go on, but do not touch the migrations. Never change the public names.");
    assert.equal(steered.code, 0, steered.stderr);
    assert.equal((await said).code, 0, lab.complaints(id));
    const events = lab.events(id);
    assert.deepEqual(events.flatMap((event) => (event.kind === "boundary.stated" ? [event.enforced, event.advice] : [])), [["db/migrations", "db/migrations/**"], ["the public names"]]);
    assert.deepEqual(events.flatMap((event) => (event.kind === "violation.found" ? event.paths : [])), ["db/migrations/3.sql"]);
    assert.match((await lab.vigil("show", id)).stdout.replaceAll(/\s+/gu, " "), /enforced by nothing, because it names no path: "the public names"/);
  });
});
