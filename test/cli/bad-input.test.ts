// Everything that can be wrong before or at the start of a run: a clear sentence with the remedy, exit 1 or 2, and nothing
// left behind.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunSpec } from "../../src/core/log/lifecycle.js";
import { fileStore } from "../../src/store/file-store.js";
import { Lab, POLICY, ran, shown, type Said } from "../runner/lab.js";
import { bash, begin, end, finish, TASK, turns } from "../runner/scripts.js";

const vigil = fileURLToPath(new URL("../../../dist/vigil.mjs", import.meta.url));

describe("bad input", function () {
  this.timeout(60_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.close());

  /** `fit` spoils what the lab holds; the run must be refused so, and leave no run behind. */
  async function refuses(code: 1 | 2, says: RegExp, fit: (lab: Lab) => void, ...line: readonly string[]): Promise<void> {
    await lab.serve(TASK);
    fit(lab);
    const said = await lab.vigil(...(line.length === 0 ? ["run", "Make sum add"] : line));
    assert.deepEqual({ code: said.code, stdout: said.stdout }, { code, stdout: "" }, said.stderr);
    assert.match(said.stderr, says);
    assert.doesNotMatch(said.stderr, /bug in Vigil/);
    const runs = join(lab.repo, ".git", "vigil", "runs");
    assert.deepEqual(existsSync(runs) ? readdirSync(runs) : [], []);
    assert.equal(existsSync(join(lab.home, "data", "vigil", "worktrees")), false);
  }

  const settings = (text: string) => (of: Lab) => {
    of.write({ ".vscode/settings.json": text });
    of.git("commit", "-qam", "settings");
  };
  const without = (name: string) => (of: Lab) => {
    of.env[name] = undefined;
  };

  it("names a folder that is no repository", () => refuses(2, /not inside a git repository.*git init/, () => undefined, "--repo", "/", "run", "x"));
  it("names a folder that does not exist", () => refuses(2, /cannot be opened/, () => undefined, "--repo", "/nonexistent", "run", "x"));
  it("wants a first commit", () => refuses(2, /no commit yet.*git commit/, (of) => { of.git("checkout", "-q", "--orphan", "new"); }));
  it("cannot work in a bare repository", () =>
    refuses(2, /bare repository/, (of) => { of.git("clone", "-q", "--bare", of.repo, join(of.home, "bare")); }, "--repo", ".git/../../bare", "run", "x"));
  it("needs an identity", () => refuses(1, /git config --global user\.email/, (of) => { of.git("config", "--unset", "user.email"); }));
  it("needs a key and names the rehearsal", () => refuses(1, /ANTHROPIC_API_KEY.*any text will do.*vigil rehearse/, without("ANTHROPIC_API_KEY")));
  it("needs an address that is one", () => refuses(2, /ANTHROPIC_BASE_URL is "localhost:8080".*http/, (of) => { of.env["ANTHROPIC_BASE_URL"] = "localhost:8080"; }));
  it("names what is no JSON, with its line", () => refuses(2, /settings\.json:3: .*JSON/, settings('{\n  "a": 1,\n  "vigil.policy.owner" "x"\n}')));
  it("names an unknown key, with the nearest", () => refuses(2, /settings\.json:2: .*vigil\.policy\.maxStge.*vigil\.policy\.maxStage/, settings('{\n  "vigil.policy.maxStge": "gated-write"\n}')));
  it("names a wrong value, with the accepted ones", () => refuses(2, /settings\.json:2: .*maxStage.*gated-write/, settings('{\n  "vigil.policy.maxStage": "yolo"\n}')));
  it("names all mistakes at once", () => refuses(2, /:2: [^]*:3: /, settings('{\n  "vigil.policy.maxStage": "yolo",\n  "vigil.policy.speculate": "many"\n}')));
  it("waits for no pipe in the place of the settings", () =>
    refuses(2, /settings\.json is not a file.*Remove it/, (of) => {
      rmSync(join(of.repo, ".vscode", "settings.json"));
      execFileSync("mkfifo", [join(of.repo, ".vscode", "settings.json")]);
    }));
  it("names a mistake in the person's own settings", () =>
    refuses(2, /config\/vigil\/settings\.json:1: .*vigil\.model\.nmae/, (of) => {
      mkdirSync(join(of.home, "config", "vigil"), { recursive: true });
      writeFileSync(join(of.home, "config", "vigil", "settings.json"), '{ "vigil.model.nmae": "x" }');
    }));
  it("keeps to the models that policy allows", () => refuses(2, /not among those that "vigil\.policy\.models" allows here: only-this/, settings(JSON.stringify({ ...POLICY, "vigil.policy.models": ["only-this"] }))));
  it("names a stage that is none", () => refuses(2, /no stage.*bounded-write/, () => undefined, "run", "x", "--stage", "bounded"));
  it("opens no stage beyond policy", () => refuses(2, /cannot start here.*maxStage/, settings('{ "vigil.policy.maxStage": "read-only" }'), "run", "x", "--stage", "gated-write"));
  it("wants a task with words in it", () => refuses(2, /The task is empty/, () => undefined, "run", "  "));
  it("names a plan that is not there", () => refuses(2, /plan nowhere\.md cannot be read/, () => undefined, "run", "--file", "nowhere.md"));
  it("names a plan without a goal", () => refuses(2, /names no goal.*Must not be dropped/, (of) => { of.write({ "plan.md": "# Done when\n" }); }, "run", "--file", "plan.md"));
  it("lands on no branch that is checked out somewhere", () =>
    refuses(2, /vigil\/nightly.*checked out/, (of) => { of.git("checkout", "-q", "-b", "vigil/nightly"); of.git("branch", "-q", "-D", "main"); }, "run", "x", "--stage", "autonomous-with-summary"));
  it("names the runs there are", () => refuses(2, /no runs yet.*vigil run/, () => undefined, "show", "last"));

  it("offers no stage that it cannot enforce, and names the remedy", async () => {
    await lab.serve(TASK);
    const said = await mounted('mount --bind /dev/null "$(command -v bwrap)"');
    assert.equal(said.code, 2, said.stderr);
    assert.equal(said.stdout, "");
    assert.match(said.stderr, /cannot start here: Commands could not be confined.*vigil doctor/);
    assert.equal(existsSync(join(lab.repo, ".git", "vigil")), false);
  });

  it("says that the repository's git folder is read-only", async () => {
    await lab.serve(TASK);
    const said = await mounted("mount --bind .git .git && mount -o remount,ro,bind .git");
    assert.equal(said.code, 1, said.stderr);
    assert.match(said.stderr, /EROFS|read-only/i);
    assert.doesNotMatch(said.stderr, /bug in Vigil/);
  });

  it("says that the disk is full, and leaves nothing behind", async () => {
    await lab.serve(TASK);
    const said = await mounted("mkdir -p .git/vigil/runs && mount -t tmpfs -o size=8k tmpfs .git/vigil/runs");
    assert.equal(said.code, 1, said.stderr);
    assert.match(said.stderr, /ENOSPC|disk|space/i);
    assert.doesNotMatch(said.stderr, /bug in Vigil/);
  });

  it("says so too when git is the one that finds the disk full, in the middle of a run", async () => {
    await lab.serve(turns([begin("Large")], [bash("head -c 3000000 /dev/urandom > large.bin")], [end()], [finish()]));
    const said = await mounted("mkdir -p .git/vigil/runs && mount -t tmpfs -o size=2m tmpfs .git/vigil/runs");
    assert.equal(said.code, 1, said.stderr);
    assert.match(said.stdout, /Ended \(failed\): .*because the disk is full .*Free some space/);
  });

  it("reads no log of a newer version, and still lists it", async () => {
    const store = fileStore(join(lab.repo, ".git", "vigil", "runs"));
    const id = "20300101-000000-abcdef";
    await store.create(id);
    const taken = await store.write(id, () => 1);
    assert.equal(taken.kind, "writer");
    if (taken.kind !== "writer") return;
    const spec = { task: "x", repository: { root: "/r", commonDir: "/r/.git" }, base: "0".repeat(40), stage: "read-only", stageWhy: "", policy: { values: {}, origins: {} }, policyDigest: "", owner: { name: "a", email: "a" }, startedBy: { name: "a", email: "a" }, model: { name: "m" }, worktree: "/w" };
    // The policy's shape is not what this is about: a newer version may know other keys.
    await taken.writer.append({ kind: "run.started", format: 99, version: "9.9.9", run: id, command: "c", spec: spec as unknown as RunSpec });
    await taken.writer.close();
    const said = await lab.vigil("show", "last");
    assert.equal(said.code, 1, said.stderr);
    assert.match(said.stderr, /newer/);
    const rows = JSON.parse((await lab.vigil("runs", "--json")).stdout) as { state: string; problem: string }[];
    assert.deepEqual(rows.map((row) => [row.state, /newer/.test(row.problem)]), [["unreadable", true]]);
  });

  it("starts from a dirty checkout or a detached HEAD, and says what it leaves out", async () => {
    await lab.serve(TASK);
    lab.git("checkout", "-q", "--detach");
    lab.write({ "src/sum.js": "// mine\n" });
    const run = await lab.json(ran, "run", "Make sum add", "--stage", "gated-write");
    const said = await lab.vigil("show", run.id);
    assert.match(said.stdout, /uncommitted/);
    assert.match(said.stdout, /detached/);
    assert.equal(run.code, 0);
  });

  it("ends a run whose key is refused, with the remedy", async () => {
    await lab.serve(TASK, { key: "another" });
    const run = await lab.vigil("run", "Make sum add", "--stage", "gated-write");
    assert.equal(run.code, 1, run.stderr);
    assert.match(run.stdout, /ANTHROPIC_API_KEY/);
  });

  it("ends a run whose model does not exist, with the setting to change", async () => {
    await lab.serve(TASK, { models: ["another"] });
    const run = await lab.vigil("run", "Make sum add", "--stage", "gated-write");
    assert.equal(run.code, 1, run.stderr);
    assert.match(run.stdout, /vigil\.model\.name/);
  });

  it("waits for a service that cannot be reached, says so, and can be stopped", async () => {
    lab.env["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9";
    const { child, said } = lab.start("run", "Make sum add", "--stage", "gated-write");
    const id = await new Promise<string>((resolve) => {
      let text = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
        if (/cannot be reached/.test(text)) resolve(text.split("\n")[0] ?? "");
      });
    });
    assert.equal((await lab.json(shown, "show", id)).state, "outage");
    assert.equal((await lab.vigil("stop", id)).code, 0);
    assert.deepEqual((await said).code, 4);
  });

  /** Runs `vigil run` in a mount namespace of its own, after `prepare`. */
  async function mounted(prepare: string): Promise<Said> {
    const line = `${prepare} && exec "$0" "$1" run "Make sum add" --stage gated-write`;
    const child = spawn("unshare", ["-rm", "sh", "-c", line, process.execPath, vigil], { cwd: lab.repo, env: lab.environment(), stdio: ["ignore", "pipe", "pipe"] });
    const texts = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => { texts.stdout += chunk.toString("utf8"); });
    child.stderr.on("data", (chunk: Buffer) => { texts.stderr += chunk.toString("utf8"); });
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, ...texts };
  }
});
