// The built command line by itself: what it says, to which stream, and with which exit code.
import assert from "node:assert/strict";
import { z } from "zod";
import { VERBS } from "../../src/cli/verbs.js";
import { Lab } from "../runner/lab.js";

describe("the command line", function () {
  this.timeout(60_000);
  let lab: Lab;
  before(() => {
    lab = new Lab();
  });
  after(() => lab.close());

  async function check(line: readonly string[], expected: { code: number; stdout?: RegExp; stderr?: RegExp }): Promise<void> {
    const said = await lab.vigil(...line);
    assert.equal(said.code, expected.code, said.stderr);
    assert.match(said.stdout, expected.stdout ?? /^$/);
    assert.match(said.stderr, expected.stderr ?? /^$/);
  }

  it("says without a verb how to begin", () => check([], { code: 0, stdout: /vigil rehearse[^]*People's side:[^]*vigil help VERB/ }));
  it("wants a verb from a program", () => check(["--json"], { code: 2, stdout: /^\{"error":"There is no verb[^\n]*"exit":2\}\n$/, stderr: /There is no verb/ }));
  it("explains itself when asked", () => check(["--help"], { code: 0, stdout: /Exit codes/ }));
  it("says its version", () => check(["--version"], { code: 0, stdout: /^vigil \d+\.\d+\.\d+\n$/ }));
  it("knows no other verbs, on stderr", () => check(["rusn"], { code: 2, stderr: /^vigil: There is no verb "rusn"\. Did you mean "vigil run/ }));

  it("explains itself to a program as JSON", async () => {
    for (const line of [["help"], ["help", "run"], ["run", "--help"], ["--help"]]) assert.match((await lab.json(z.strictObject({ help: z.string() }), ...line)).help, /Starts a run/);
  });

  it("explains every verb with its usage and an example", async () => {
    for (const verb of VERBS) {
      const said = await lab.vigil("help", verb.name);
      assert.deepEqual({ code: said.code, usage: said.stdout.split("\n")[0], examples: said.stdout.includes("Examples\n  vigil ") }, { code: 0, usage: `vigil ${verb.usage}`, examples: true });
    }
  });

  it("answers a program's mistakes with JSON on stdout and the sentence on stderr", async () => {
    for (const line of [["rusn", "--json"], ["show", "nowhere", "--json"], ["run", "--json"], ["--json", "--repo", "/nonexistent", "runs"]]) {
      const said = await lab.vigil(...line);
      const error = z.strictObject({ error: z.string().min(10), exit: z.literal(2) }).parse(JSON.parse(said.stdout));
      assert.deepEqual({ code: said.code, stderr: said.stderr }, { code: error.exit, stderr: `vigil: ${error.error}\n` });
    }
  });

  it("prints the policy in the shape that programs rely on", async () => {
    const policy = await lab.json(z.object({ stage: z.string(), keys: z.record(z.string(), z.object({ value: z.unknown(), from: z.string(), heldBy: z.string().optional() })) }), "policy");
    assert.deepEqual(
      { stage: policy.stage, owner: policy.keys["owner"], usd: policy.keys["limits.usd"], hours: policy.keys["limits.hours"], code: policy.code },
      { stage: "autonomous-with-summary", owner: { value: "ada@team.example", from: "committed" }, usd: { value: 10, from: "committed" }, hours: { value: null, from: "default" }, code: 0 },
    );
  });

  it("writes a first policy that counts once it is committed", async () => {
    const fresh = new Lab({}, { "package.json": '{"scripts":{"test":"node --test"}}\n' });
    try {
      const stageNow = async (): Promise<unknown> => (await fresh.json(z.object({ keys: z.object({ requiredChecks: z.object({ value: z.unknown() }) }), unconfirmed: z.boolean() }), "policy")).keys.requiredChecks.value;
      assert.deepEqual((await fresh.vigil("policy", "init")).code, 0);
      fresh.git("add", "-A");
      fresh.git("commit", "-q", "-m", "policy");
      assert.deepEqual(await stageNow(), ["npm test"]);
      const again = await fresh.vigil("policy", "init");
      assert.equal(again.code, 1);
      assert.match(again.stderr, /already, so nothing was changed/);
    } finally {
      await fresh.close();
    }
  });

  it("lets a stranger's branch open nothing before the person confirmed it", async () => {
    const strange = new Lab({ "vigil.policy.maxStage": "read-only" });
    try {
      strange.git("checkout", "-q", "-b", "strange");
      strange.write({ ".vscode/settings.json": '{ "vigil.policy.maxStage": "gated-write" }' });
      strange.git("commit", "-qam", "open it");
      const shape = z.object({ stage: z.string(), unconfirmed: z.boolean() });
      const { stage, unconfirmed } = await strange.json(shape, "policy");
      assert.deepEqual({ stage, unconfirmed }, { stage: "read-only", unconfirmed: true });
      assert.equal((await strange.json(shape, "policy", "--confirm")).stage, "gated-write");
    } finally {
      await strange.close();
    }
  });

  it("says what this machine can enforce, with a remedy for each lack", async () => {
    const said = await lab.json(z.object({ ok: z.boolean(), stages: z.array(z.string()), findings: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })) }), "doctor");
    assert.deepEqual(
      said.findings.filter((finding) => ["repository", "git identity", "locks", "policy", "model key"].includes(finding.name)).map(({ name, ok }) => [name, ok]),
      [["model key", true], ["repository", true], ["git identity", true], ["locks", true], ["policy", true]],
    );
    assert.equal(said.code, said.ok ? 0 : 1);
  });
});
