// What a program finds that runs inside the walls, and what becomes of a workshop that lies or does not answer.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HumanError } from "../../src/core/error.js";
import { bubblewrapSandbox } from "../../src/sandbox/bubblewrap.js";
import { runConfined } from "../../src/sandbox/run-command.js";
import { startWorkshop } from "../../src/sandbox/start-workshop.js";
import { makeFixture, type Fixture } from "./fixture.js";

describe("inside the walls", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  before(() => {
    fixture = makeFixture();
  });
  after(() => fixture.remove());

  async function said(command: string): Promise<string> {
    const result = await runConfined(fixture.sandbox, fixture.walls, command, { timeoutMs: 20_000 });
    return new TextDecoder().decode(result.output).trim();
  }

  it("a program has a session of its own, whose leader it can see", async () => {
    assert.match(await said("cut -d' ' -f6 /proc/self/stat"), /^[1-9]\d*$/);
  });

  it("no program leaves a core behind", async () => assert.equal(await said("ulimit -Hc"), "0"));

  it("a tree that may only be read stays as it is, also behind masks", async () => {
    const walls = { ...fixture.walls, tree: { kind: "read" }, hidden: [join(fixture.root, "package.json")] } as const;
    await runConfined(fixture.sandbox, walls, "echo x > new; echo x >> src/a.js", { timeoutMs: 20_000 });
    assert.deepEqual([readdirSync(fixture.root).sort(), readFileSync(join(fixture.root, "src/a.js"), "utf8")], [["package.json", "src", "sub"], "console.log(1)\n"]);
  });

  it("the agent's git directory is a folder, or nothing starts", async () => {
    const file = join(fixture.base, "no-folder");
    writeFileSync(file, "");
    await assert.rejects(() => fixture.sandbox.spawn({ ...fixture.walls, git: { dir: file, borrows: [] } }, ["true"]), (error) => error instanceof HumanError && /is not a folder/.test(error.message));
  });

  it("nothing starts where the self-test fails", async () => {
    const liar = join(fixture.base, "liar");
    mkdirSync(liar, { recursive: true });
    // A Node that is none: one probe of the self-test fails, and nothing else would stop a start.
    const node = join(liar, "node");
    writeFileSync(node, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const sandbox = bubblewrapSandbox({ home: fixture.home, layersFolder: fixture.base, node });
    assert.equal((await sandbox.selfTest()).passed, false);
    await assert.rejects(() => sandbox.spawn(fixture.walls, ["true"]), HumanError);
  });

  async function liar(answers: string): Promise<Awaited<ReturnType<typeof startWorkshop>>> {
    const script = join(fixture.base, "liar.mjs");
    writeFileSync(script, `import { createInterface } from "node:readline";\nconst say = (value) => console.log(JSON.stringify(value));\ncreateInterface({ input: process.stdin }).on("line", (line) => { const asked = JSON.parse(line); if (asked.kind === "open") say({ kind: "open" }); else { ${answers} } });\n`);
    return startWorkshop(fixture.sandbox, fixture.walls, { script, node: process.execPath });
  }

  it("a workshop that says too much is cut", async () => {
    const workshop = await liar('say({ kind: "result", n: asked.n, ok: true, text: "x".repeat(600_000) });');
    const result = await workshop.call({ id: "1", tool: "read", input: {}, timeoutMs: 10_000 });
    await workshop.kill();
    assert.ok(result.kind === "ok" && result.text.length < 300_000 && /cut here/.test(result.text));
  });

  it("a workshop that answers another question is given up", async () => {
    const workshop = await liar('say({ kind: "result", n: asked.n + 1, ok: true, text: "" });');
    assert.equal((await workshop.call({ id: "1", tool: "read", input: {}, timeoutMs: 10_000 })).kind, "lost");
  });

  it("a workshop that does not answer is ended", async () => {
    const workshop = await liar("");
    const answered = await Promise.race([workshop.call({ id: "1", tool: "read", input: {}, timeoutMs: 100 }), new Promise((resolve) => setTimeout(resolve, 30_000, "nothing").unref())]);
    await workshop.kill();
    assert.deepEqual(answered, { kind: "lost", why: "it did not answer within 5.1 s" });
  });
});
