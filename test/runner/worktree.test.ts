// What a run's worktree holds besides the commit: dependency folders as layers, included files, what the set-up made,
// and what is hidden.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diffed, Lab, POLICY, ran, shown } from "./lab.js";
import { begin, bash, end, finish, turns } from "./scripts.js";

describe("what a worktree holds", function () {
  this.timeout(120_000);

  it("offers the checkout's dependency folders as layers that cannot be harmed", async () => {
    const lab = new Lab();
    try {
      lab.write({ "node_modules/left/index.js": "module.exports = 'left';\n" });
      const model = await lab.serve(turns([begin("Use it"), bash("node -p \"require('./node_modules/left')\" && echo harmed > node_modules/left/index.js && echo made > node_modules/new && cat node_modules/left/index.js"), end()], [bash("cat node_modules/left/index.js node_modules/new")], [finish()]));
      const run = await lab.json(ran, "run", "Use it", "--stage", "bounded-write");
      assert.equal(run.state, "ready", lab.complaints(run.id));
      assert.equal(readFileSync(join(lab.repo, "node_modules/left/index.js"), "utf8"), "module.exports = 'left';\n");
      assert.equal(existsSync(join(lab.repo, "node_modules/new")), false);
      assert.match(JSON.stringify(model.requests.at(-1)?.body), /left\\nharmed.*harmed\\nmade/);
      assert.deepEqual((await lab.json(diffed, "diff", run.id)).files, []);
    } finally {
      await lab.close();
    }
  });

  it("sets up once for each state of the lock files, and later runs use what that made", async () => {
    const settings = { ...POLICY, "vigil.policy.worktree.setup": "mkdir -p build && date +%s%N > build/stamp && echo set up", "vigil.policy.requiredChecks": ["test -f build/stamp"] };
    const lab = new Lab(settings);
    try {
      const script = turns([bash("cat build/stamp")], [begin("Touch"), bash("echo x > src/x.js"), end()], [finish()]);
      await lab.serve(script);
      const one = await lab.json(ran, "run", "First", "--stage", "bounded-write");
      const two = await lab.json(ran, "run", "Second", "--stage", "bounded-write");
      assert.deepEqual([one.state, two.state], ["ready", "ready"], lab.complaints(two.id));
      const stamps = [one, two].map((run) => stampOf(lab, run.id));
      assert.match(stamps[0] ?? "", /^\d+$/);
      assert.equal(stamps[0], stamps[1]);
      lab.write({ "package-lock.json": '{"lockfileVersion":3}\n' });
      lab.git("add", "-A");
      lab.git("commit", "-q", "-m", "lock");
      const three = await lab.json(ran, "run", "Third", "--stage", "bounded-write");
      assert.equal(three.state, "ready");
      assert.notEqual(stampOf(lab, three.id), stamps[0]);
    } finally {
      await lab.close();
    }
  });

  it("copies included files, hides what policy hides, and shows neither in the diff", async () => {
    const lab = new Lab({ ...POLICY, "vigil.policy.worktree.include": ["config.local.json"], "vigil.policy.hidden": ["secrets/**"] });
    try {
      lab.write({ ".gitignore": "build/\nnode_modules/\nconfig.local.json\n", "secrets/token.txt": "SECRET-CANARY\n" });
      lab.git("add", "-A");
      lab.git("commit", "-q", "-m", "more");
      lab.write({ "config.local.json": '{"local":true}\n' });
      const model = await lab.serve(turns([bash("cat config.local.json secrets/token.txt; true")], [begin("Look"), bash("cat secrets/token.txt > src/leak.txt; true"), end()], [finish()]));
      const run = await lab.json(ran, "run", "Look", "--stage", "bounded-write");
      assert.equal(run.state, "ready", lab.complaints(run.id));
      const seen = JSON.stringify(model.requests.map((request) => request.body));
      assert.deepEqual([seen.includes('local\\":true'), seen.includes("SECRET-CANARY")], [true, false]);
      const show = await lab.json(shown, "show", run.id);
      assert.equal(existsSync(join(show.worktree, "secrets/token.txt")), true);
    } finally {
      await lab.close();
    }
  });

  it("keeps a hidden file hidden when its folder is renamed", async () => {
    const lab = new Lab({ ...POLICY, "vigil.policy.scope": ["**"], "vigil.policy.hidden": ["secrets/**"] }, { "secrets/token.txt": "SECRET-CANARY\n", "src/sum.js": "exports.sum = 1;\n", "test/all.js": "" });
    try {
      const model = await lab.serve(turns([begin("Move"), bash("mv secrets open; cat open/token.txt"), bash("true")], [bash("cat open/token.txt secrets/token.txt"), end()], [end()], [bash("cat open/token.txt secrets/token.txt")], [finish()]));
      const run = await lab.json(ran, "run", "Move", "--stage", "bounded-write");
      assert.equal(run.state, "ready", lab.complaints(run.id));
      assert.equal(JSON.stringify(model.requests.map((request) => request.body)).includes("SECRET-CANARY"), false);
      assert.deepEqual((await lab.json(diffed, "diff", run.id)).files, []);
    } finally {
      await lab.close();
    }
  });

  it("leaves out what the user has not committed, and says so", async () => {
    const lab = new Lab();
    try {
      writeFileSync(join(lab.repo, "src/sum.js"), "uncommitted\n");
      mkdirSync(join(lab.repo, "notes"));
      writeFileSync(join(lab.repo, "notes/todo.txt"), "mine\n");
      await lab.serve(turns([finish()]));
      const said = await lab.vigil("run", "Nothing", "--stage", "gated-write");
      assert.equal(said.code, 0);
      assert.match(`${said.stdout}${said.stderr}`, /uncommitted|not committed/i);
      assert.match(`${said.stdout}${said.stderr}`, /src\/sum\.js/);
    } finally {
      await lab.close();
    }
  });
});

/** What the first command of the run printed, from its blob. */
function stampOf(lab: Lab, id: string): string {
  const event = lab.events(id).find((one) => one.kind === "step.finished");
  if (event?.kind !== "step.finished") return "";
  const blob = readFileSync(join(lab.runFolder(id), "blobs", event.result));
  return /\d{12,}/.exec(blob.subarray(16).toString("utf8"))?.[0] ?? "";
}
