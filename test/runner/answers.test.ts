// What an answer, a verdict and a landing by policy must not pass over: what was shown, who may say it, what needs a person.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Script } from "../../src/agent/scripted/script.js";
import { fileStore } from "../../src/store/file-store.js";
import { all, happens } from "./begun.js";
import { Lab, landed, POLICY, ran } from "./lab.js";
import { begin, bash, end, finish, turns, write } from "./scripts.js";

const ONE = turns([begin("One"), write("src/one.js", "1\n"), end()], [finish()]);
const ADA = { name: "Ada", email: "ada@team.example" };

describe("people's answers", function () {
  this.timeout(120_000);
  let lab: Lab | undefined;
  afterEach(() => lab?.close());

  async function waiting(more: Readonly<Record<string, unknown>> = {}): Promise<{ readonly lab: Lab; readonly id: string }> {
    lab = new Lab({ ...POLICY, ...more });
    await lab.serve(ONE);
    return { lab, id: (await lab.json(ran, "run", "One", "--stage", "gated-write")).id };
  }

  it("count only for what was shown", async () => {
    const { lab, id } = await waiting();
    await fileStore(`${lab.repo}/.git/vigil/runs`).open(id).post({ kind: "answer", gate: "g1", answer: "allow", digest: "0".repeat(64), forRun: false, by: ADA });
    // Any other command makes a clerk fold the inbox, in its order.
    await lab.vigil("land", id, "--onto", "topic");
    await happens(lab, id, "command.refused");
    assert.deepEqual(all(lab, id, "gate.answered"), []);
  });

  it("count once", async () => {
    const { lab, id } = await waiting();
    assert.equal((await lab.vigil("answer", id, "g1", "allow")).code, 0);
    assert.equal((await lab.vigil("answer", id, "g1", "deny")).code, 1);
    assert.equal(all(lab, id, "gate.answered").length, 1);
  });

  it("count once, also from somebody who writes into the inbox by hand", async () => {
    const { lab, id } = await waiting();
    assert.equal((await lab.vigil("answer", id, "g1", "allow")).code, 0);
    const raised = all(lab, id, "gate.raised").find((event) => event.gate === "g1");
    await fileStore(`${lab.repo}/.git/vigil/runs`).open(id).post({ kind: "answer", gate: "g1", answer: "deny", digest: raised?.digest ?? "", forRun: false, by: ADA });
    await lab.vigil("land", id, "--onto", "topic");
    await happens(lab, id, "command.refused");
    assert.deepEqual(all(lab, id, "gate.answered").map(({ answer }) => answer), ["allow"]);
  });

  it("count once, also where a command lies in the inbox again after it was taken", async () => {
    const { lab, id } = await waiting();
    await lab.vigil("stop", id);
    const inbox = join(lab.runFolder(id), "inbox");
    const posted = await fileStore(`${lab.repo}/.git/vigil/runs`).open(id).post({ kind: "review", verdicts: [{ targets: ["d1"], verdict: "later", basis: "decision" }], by: ADA });
    const name = readdirSync(inbox)[0] ?? assert.fail("nothing was posted");
    const bytes = readFileSync(join(inbox, name));
    for (let times = 0; times < 2; times += 1) {
      writeFileSync(join(inbox, name), bytes);
      await lab.vigil("land", id, "--onto", "topic");
      assert.deepEqual(readdirSync(inbox), []);
    }
    assert.equal(all(lab, id, "verdict.given").filter((event) => event.verdict === "later").length, 1);
    assert.equal(all(lab, id, "command.accepted").filter((event) => event.id === posted).length, 1);
  });

  it("count from those whom policy names", async () => {
    const { lab, id } = await waiting({ "vigil.policy.approvers": [{ glob: "src/**", people: ["eve@team.example"] }] });
    assert.equal((await lab.vigil("answer", id, "g1", "allow")).code, 1);
    assert.equal((await lab.vigil("review", id, "--accept", "d1")).code, 1);
  });

  it("count from a second person where policy asks for one", async () => {
    const { lab, id } = await waiting({ "vigil.policy.secondPerson": true });
    assert.equal((await lab.vigil("answer", id, "g1", "allow")).code, 1);
  });

  it("land nothing of a read-only run", async () => {
    lab = new Lab();
    await lab.serve(ONE);
    const { id } = await lab.json(ran, "run", "One", "--stage", "read-only");
    await lab.vigil("review", id, "--accept", "all");
    const land = await lab.json(landed, "land", id, "--onto", "topic");
    assert.equal(land.kind, "blocked");
    assert.match(land.why ?? "", /read-only run never lands/);
  });

  const doubtful: readonly (readonly [string, Script])[] = [
    ["a file that asks twice", turns([begin("Hook"), write(".husky/pre-commit", "true\n"), end()], [finish()])],
    ["a violation", turns([begin("Settings"), bash("echo '{}' > .vscode/settings.json; echo 1 > src/one.js"), end()], [finish()])],
    ["a changed test", turns([begin("Test"), write("test/all.js", "process.exit(0);\n"), end()], [finish()])],
  ];
  for (const [what, script] of doubtful) {
    it(`are asked for where policy would land ${what}`, async () => {
      lab = new Lab();
      await lab.serve(script);
      const { id } = await lab.json(ran, "run", "Doubt", "--stage", "autonomous-with-summary");
      assert.deepEqual(all(lab, id, "landing.finished"), []);
      assert.deepEqual(all(lab, id, "gate.raised").map((gate) => gate.type), ["landing"]);
    });
  }
});
