// Landing by a person: onto a branch that moved, onto the branch that is checked out, with files that ask twice, with a
// part rejected; and what is in the way changes nothing.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileStore } from "../../src/store/file-store.js";
import { killProcess, Lab, landed, POLICY, ran, shown } from "./lab.js";
import { begin, bash, end, finish, TASK, turns, write } from "./scripts.js";

describe("landing", function () {
  this.timeout(120_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.close());

  const reviewed = async (script = TASK): Promise<string> => {
    await lab.serve(script);
    const run = await lab.json(ran, "run", "Make sum add", "--stage", "bounded-write");
    assert.equal(run.state, "ready", lab.complaints(run.id));
    assert.equal((await lab.vigil("review", run.id, "--accept", "all")).code, 0);
    return run.id;
  };

  it("brings the checkout along when its branch is the target, and takes that back", async () => {
    const id = await reviewed();
    lab.write({ "README.md": "# Edited by hand\n" });
    const before = lab.git("rev-parse", "main");
    assert.equal((await lab.json(landed, "land", id, "--onto", "main")).kind, "landed");
    assert.equal(readFileSync(join(lab.repo, "src/sum.js"), "utf8"), "exports.sum = (a, b) => a + b;\n");
    assert.equal(lab.git("status", "--porcelain"), " M README.md");
    assert.equal((await lab.vigil("unland", id)).code, 0);
    assert.equal(lab.git("rev-parse", "main"), before);
    assert.equal(lab.git("status", "--porcelain"), " M README.md");
  });

  it("is taken back whole after the process that did it was killed", async () => {
    const id = await reviewed();
    lab.write({ "README.md": "# Edited by hand\n" });
    const before = lab.git("rev-parse", "main");
    assert.equal((await lab.json(landed, "land", id, "--onto", "main")).kind, "landed");
    const { said } = lab.start("unland", id);
    await lab.event(id, (event) => event.kind === "command.accepted" && event.command.kind === "unland");
    const clerk = lab.events(id).findLast((event) => event.kind === "runner.started");
    if (clerk?.kind === "runner.started") killProcess(clerk.pid);
    await said;
    // The next process heals first. If that was enough, there is nothing left to take back.
    const again = await lab.vigil("unland", id);
    assert.match(`${String(again.code)} ${again.stdout}${again.stderr}`, /^0 |nothing to take back/);
    assert.equal(lab.git("rev-parse", "main"), before);
    assert.equal(lab.git("status", "--porcelain"), " M README.md");
    assert.equal(lab.events(id).filter((event) => event.kind === "landing.undone").length, 1);
  });

  it("changes nothing when uncommitted changes are in the way", async () => {
    const id = await reviewed();
    lab.write({ "src/sum.js": "mine\n" });
    const before = lab.fingerprint();
    const land = await lab.json(landed, "land", id, "--onto", "main");
    assert.equal(land.kind, "blocked");
    assert.deepEqual(lab.fingerprint(), before);
  });

  it("merges onto a branch that moved, and says conflict where the same lines changed", async () => {
    const id = await reviewed();
    lab.write({ "src/other.js": "new\n" });
    lab.git("add", "-A");
    lab.git("commit", "-q", "-m", "meanwhile");
    assert.equal((await lab.json(landed, "land", id, "--onto", "main")).kind, "landed");
    assert.equal(lab.git("show", "main:src/other.js"), "new");
    assert.equal(lab.git("show", "main:src/sum.js"), "exports.sum = (a, b) => a + b;");
    assert.equal((await lab.vigil("unland", id)).code, 0);
    lab.write({ "src/sum.js": "exports.sum = (a, b) => a * b;\n" });
    lab.git("commit", "-q", "-am", "other");
    const land = await lab.json(landed, "land", id, "--onto", "main");
    assert.equal(land.kind, "conflict");
    assert.equal(land.code, 1);
    assert.equal(lab.git("show", "main:src/sum.js"), "exports.sum = (a, b) => a * b;");
  });

  it("lands without what was rejected and without what stands on it, which is said", async () => {
    const id = await reviewed(turns([begin("One"), write("src/new.js", "one\n"), end()], [begin("Two"), write("src/new.js", "one\ntwo\n"), end()], [begin("Three"), write("docs/three.md", "3\n"), end()], [finish()]));
    const rejected = await lab.vigil("review", id, "--reject", "d1");
    assert.match(`${rejected.stdout}${rejected.stderr}`, /d2/);
    const land = await lab.json(landed, "land", id);
    assert.deepEqual({ kind: land.kind, commits: land.commits?.length }, { kind: "landed", commits: 1 });
    assert.deepEqual(lab.git("diff", "--name-only", "main", land.branch ?? "").split("\n"), ["docs/three.md"]);
  });

  it("rejects one hunk of a file and lands the others", async () => {
    lab.write({ "src/long.js": Array.from({ length: 40 }, (_, n) => `line ${String(n)}\n`).join("") });
    lab.git("add", "-A");
    lab.git("commit", "-q", "-m", "long");
    const id = await reviewed(turns([begin("Two places"), bash("sed -i 's/^line 3$/LINE 3/; s/^line 30$/LINE 30/' src/long.js"), end()], [finish()]));
    assert.equal((await lab.vigil("review", id, "--reject", "d1:src/long.js#2")).code, 0);
    const land = await lab.json(landed, "land", id);
    assert.equal(land.kind, "landed");
    const text = lab.git("show", `${land.branch ?? ""}:src/long.js`);
    assert.deepEqual([/^LINE 3$/m.test(text), /^line 30$/m.test(text)], [true, true]);
    assert.match(lab.git("log", "-1", "--format=%B", land.branch ?? ""), /Vigil-Approval: hunk/);
  });

  it("lands once, also for somebody who writes into the inbox by hand", async () => {
    const id = await reviewed();
    assert.equal((await lab.json(landed, "land", id)).kind, "landed");
    await fileStore(`${lab.repo}/.git/vigil/runs`).open(id).post({ kind: "land", onto: "second", confirm: [], by: { name: "Ada", email: "ada@team.example" } });
    await lab.vigil("steer", id, "anything, so that a clerk comes");
    const of = (kind: string): number => lab.events(id).filter((event) => event.kind === kind).length;
    assert.deepEqual([of("landing.intended"), of("landing.finished"), of("landing.stopped")], [1, 1, 1]);
    assert.equal(lab.git("branch", "--list", "second"), "");
  });

  it("asks a second time about files that run code later", async () => {
    const id = await reviewed(turns([begin("Hook"), write("src/.envrc", "export X=1\n"), end()], [finish()]));
    const asked = await lab.json(landed, "land", id);
    assert.equal(asked.kind, "confirm");
    const land = await lab.json(landed, "land", id, "--confirm", "d1:src/.envrc");
    assert.equal(land.kind, "landed");
  });

  it("does not land what the required checks find red", async () => {
    const id = await reviewed(turns([begin("Break"), write("src/sum.js", "exports.sum = () => 'no';\n"), end()], [finish()]));
    const land = await lab.json(landed, "land", id);
    assert.equal(land.kind, "blocked");
    assert.equal(lab.git("branch", "--list", "vigil/*"), "");
  });
});

describe("landing by policy that a person must look at", function () {
  this.timeout(60_000);
  it("becomes an approval, and allowing it lands", async () => {
    const lab = new Lab({ ...POLICY, "vigil.policy.scope": ["**"] });
    try {
      await lab.serve(turns([begin("Loosen the test"), write("test/all.js", "process.exit(0);\n"), end()], [finish()]));
      const run = await lab.json(ran, "run", "Loosen");
      assert.equal(run.state, "ready");
      const gates = (await lab.json(shown, "show", run.id)).gates;
      assert.deepEqual(gates.map((gate) => [gate.kind, gate.target]), [["landing", "vigil/nightly"]]);
      assert.equal(lab.git("branch", "--list", "vigil/*"), "");
      assert.equal((await lab.vigil("answer", run.id, "g1", "allow")).code, 0);
      await lab.event(run.id, (event) => event.kind === "landing.finished" || event.kind === "landing.stopped");
      assert.match(lab.git("log", "-1", "--format=%B", "vigil/nightly"), /Vigil-Approved-By: Ada/);
    } finally {
      await lab.close();
    }
  });
});
