// What goes on around the walls while they are put up: racing processes, foreign files, a workshop that lies, machines
// that lack something, and users who are not root.
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { HumanError } from "../../src/core/error.js";
import { bubblewrapSandbox } from "../../src/sandbox/bubblewrap.js";
import { LAUNCHER } from "../../src/sandbox/compose.js";
import { detectSandbox } from "../../src/sandbox/detect.js";
import { machineReport } from "../../src/sandbox/doctor.js";
import { noSandbox } from "../../src/sandbox/none.js";
import { runConfined } from "../../src/sandbox/run-command.js";
import type { Walls } from "../../src/sandbox/sandbox.js";
import { startWorkshop } from "../../src/sandbox/start-workshop.js";
import { CANARY, makeFixture, type Fixture } from "./fixture.js";

const SWAPPER = `
const fs = require("fs");
const [folder, link, spare] = process.argv.slice(1);
console.log("swapping");
for (;;) { try { fs.renameSync(folder, spare); fs.renameSync(link, folder); fs.renameSync(folder, link); fs.renameSync(spare, folder); } catch { } }
`;

describe("walls in a hostile place", function () {
  this.timeout(180_000);
  let fixture: Fixture;
  before(() => {
    fixture = makeFixture();
  });
  after(() => fixture.remove());

  const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

  it("either stand where they should or do not stand, while a folder is swapped for a link", async () => {
    const { root, out, base } = fixture;
    for (const name of ["race/deps", "race/still"]) mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, "race/secret.pem"), CANARY);
    for (const name of ["deps", "still"]) mkdirSync(join(out, name));
    writeFileSync(join(out, "secret.pem"), CANARY);
    const lower = join(base, "lower");
    mkdirSync(lower);
    const before = readdirSync(out, { recursive: true }).sort();
    // The link waits in the worktree, as an agent's would.
    await promiseOf("ln", ["-s", out, join(root, "waiting")]);
    const swapper = spawn(process.execPath, ["-e", SWAPPER, join(root, "race"), join(root, "waiting"), join(root, "spare")], { stdio: ["ignore", "pipe", "ignore"] });
    await once(swapper.stdout, "data");
    const outcomes = new Set<string>();
    try {
      for (let n = 0; n < 12; n += 1) {
        const layer = { at: join(root, "race/deps"), lower, upper: join(base, `race-${n}`, "upper"), work: join(base, `race-${n}`, "work") };
        const walls: Walls = { ...fixture.walls, layers: [layer], hidden: [join(root, "race/secret.pem")], readOnly: [join(root, "race/still")] };
        const command = `cat ${out}/* race/secret.pem waiting/secret.pem 2>/dev/null; [ -u /usr/bin/bwrap ]; ls /usr/bin/env`;
        const result = await runConfined(fixture.sandbox, walls, command, { timeoutMs: 20_000 });
        const output = textOf(result.output);
        // A mask that stands cannot be swapped away, but the racer may show the file under its other name before it stands.
        outcomes.add(result.notStarted === undefined ? (output.endsWith("/usr/bin/env\n") ? "stood" : output) : "refused");
      }
    } finally {
      const gone = once(swapper, "exit");
      swapper.kill("SIGKILL");
      await gone;
      for (const name of ["race", "waiting", "spare"]) rmSync(join(root, name), { recursive: true, force: true });
    }
    assert.deepEqual([...outcomes].filter((outcome) => outcome !== "stood" && outcome !== "refused"), []);
    assert.deepEqual(readdirSync(out, { recursive: true }).sort(), before);
  });

  it("stand nowhere where a link took the place of a folder or a file at the last moment", () => {
    const { root, out } = fixture;
    symlinkSync(out, join(root, "swapped"));
    mkdirSync(join(root, "real"));
    writeFileSync(join(out, "inside"), "x");
    symlinkSync(join(out, "inside"), join(root, "real/file"));
    const before = readdirSync(out).sort();
    try {
      const composing = (...operations: readonly string[]): { readonly code: number | null; readonly said: string } => {
        const { status, stderr } = spawnSync("bwrap", ["--dev-bind", "/", "/", "--unshare-user", "--uid", "0", "--gid", "0", "--cap-add", "ALL", "--", "bash", "-c", LAUNCHER, "launcher", "open", "tree", root, ...operations, "--", "true"], { encoding: "utf8" });
        return { code: status, said: stderr };
      };
      assert.deepEqual(composing("hide-folder", "real"), { code: 0, said: "" });
      for (const operations of [["hide-folder", "swapped"], ["point", "swapped/deep"], ["hide-file", "/real", "file"], ["still-folder", "swapped"], ["put", "swapped", "/opt"]]) {
        const { code, said } = composing(...operations);
        assert.equal(code, 97, `${operations.join(" ")}: ${said}`);
        assert.match(said, /is not a real f(?:older|ile): a link/);
      }
      assert.deepEqual(readdirSync(out).sort(), before);
    } finally {
      for (const path of [join(root, "swapped"), join(root, "real"), join(out, "inside")]) rmSync(path, { recursive: true, force: true });
    }
  });

  it("copy layers where no overlay can be had, once, and keep what lies below", async () => {
    const sandbox = bubblewrapSandbox({ home: fixture.home, layersFolder: fixture.base, copiesOnly: true });
    const folder = mkdtempSync(join(fixture.base, "copy-"));
    const lower = join(folder, "lower");
    mkdirSync(lower);
    writeFileSync(join(lower, "m"), "m\n");
    const walls: Walls = {
      ...fixture.walls,
      tree: { kind: "layer", upper: join(folder, "upper"), work: join(folder, "work") },
      layers: [{ at: join(fixture.root, "deps"), lower, upper: join(folder, "u"), work: join(folder, "w") }],
    };
    const run = async (command: string): Promise<string> => textOf((await runConfined(sandbox, walls, command, { timeoutMs: 20_000 })).output);
    assert.equal(await run("echo new > src/a.js; rm package.json; echo changed > deps/m; ls"), "deps\nsrc\nsub\n");
    assert.equal(await run("cat src/a.js deps/m; ls"), "new\nchanged\ndeps\nsrc\nsub\n");
    assert.deepEqual(
      [sandbox.layersAreOverlays, readFileSync(join(fixture.root, "src/a.js"), "utf8"), readFileSync(join(lower, "m"), "utf8"), readdirSync(fixture.root).sort()],
      [false, "console.log(1)\n", "m\n", ["package.json", "src", "sub"]],
    );
  });

  it("copy a dependency folder that holds another user's files, which an overlay could not change", async function () {
    if (process.getuid?.() !== 0) this.skip();
    const folder = mkdtempSync(join(fixture.base, "foreign-"));
    const lower = join(folder, "lower");
    mkdirSync(lower);
    writeFileSync(join(lower, "m"), "m\n", { mode: 0o666 });
    chownSync(join(lower, "m"), 4321, 4321);
    const layers = [{ at: join(fixture.root, "deps"), lower, upper: join(folder, "u"), work: join(folder, "w") }];
    const walls: Walls = { ...fixture.walls, tree: { kind: "layer", upper: join(folder, "upper"), work: join(folder, "work") }, layers };
    const result = await runConfined(fixture.sandbox, walls, "rm deps/m && echo x > deps/m && cat deps/m", { timeoutMs: 20_000 });
    assert.deepEqual([textOf(result.output), readFileSync(join(lower, "m"), "utf8")], ["x\n", "m\n"]);
  });

  const liars: readonly (readonly [string, string, RegExp])[] = [
    ["speaks no JSON", `console.log("hello")`, /broke the protocol/],
    ["never ends its line", `const a="x".repeat(1<<20); for(let n=0;n<4;n++) process.stdout.write(a)`, /longer than/],
    ["answers another kind", `console.log(JSON.stringify({kind:"result",n:1,ok:true,text:""}))`, /did not open/],
    ["ends at once", `process.exit(3)`, /exit code 3/],
  ];
  for (const [name, program, why] of liars) {
    it(`give up a workshop that ${name}`, async () => {
      const script = join(fixture.base, "liar.mjs");
      writeFileSync(script, `${program};\nprocess.stdin.resume();\nprocess.stdin.on("end", () => process.exit());\n`);
      await assert.rejects(
        () => startWorkshop(fixture.sandbox, fixture.walls, { script, node: process.execPath }),
        (error) => error instanceof HumanError && why.test(error.message),
      );
    });
  }

  it("give up a workshop that speaks without being asked", async () => {
    const script = join(fixture.base, "liar.mjs");
    writeFileSync(script, `const s=JSON.stringify({kind:"open"}); console.log(s+"\\n"+s); process.stdin.resume();\n`);
    const workshop = await startWorkshop(fixture.sandbox, fixture.walls, { script, node: process.execPath });
    await workshop.exited;
    const result = await workshop.call({ id: "1", tool: "read", input: {}, timeoutMs: 1000 });
    assert.deepEqual(result, { kind: "lost", why: "it broke the protocol (it spoke without being asked)" });
  });

  it("hold for a user who is not root", async function () {
    if (process.getuid?.() !== 0) this.skip();
    const folder = mkdtempSync(join(tmpdir(), "vigil-user-"));
    const compiled = resolve(dirname(fileURLToPath(import.meta.url)), "../../src");
    for (const part of ["core", "sandbox"]) cpSync(join(compiled, part), join(folder, "src", part), { recursive: true });
    cpSync(resolve("node_modules/zod"), join(folder, "node_modules/zod"), { recursive: true, dereference: true });
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const home = join(folder, "home");
    mkdirSync(home);
    chownSync(home, 65534, 65534);
    const entry = pathToFileURL(join(folder, "src/sandbox/bubblewrap.js")).href;
    const program = `const { bubblewrapSandbox } = await import(${JSON.stringify(entry)});
      const test = await bubblewrapSandbox({ home: ${JSON.stringify(home)}, layersFolder: ${JSON.stringify(join(home, "layers"))} }).selfTest();
      console.log(JSON.stringify({ passed: test.passed, remedy: test.remedy, failed: test.probes.filter((probe) => !probe.passed) }));`;
    writeFileSync(join(folder, "main.mjs"), program);
    await promiseOf("chmod", ["-R", "a+rX", folder]);
    const said = await promiseOf("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", process.execPath, join(folder, "main.mjs")], { HOME: home, PATH: "/usr/bin:/bin" });
    rmSync(folder, { recursive: true });
    assert.deepEqual(JSON.parse(said), { passed: true, failed: [] });
  });

  it("say what is missing where bubblewrap is not installed, and run nothing", async () => {
    const sandbox = noSandbox("Install bubblewrap.");
    assert.deepEqual(await sandbox.selfTest(), { backend: "none", passed: false, probes: [], ms: 0, remedy: "Install bubblewrap." });
    const result = await runConfined(sandbox, fixture.walls, "true", { timeoutMs: 1000 });
    assert.deepEqual([result.exit, result.notStarted], [null, "Install bubblewrap."]);
  });
  it("are found on this machine, and the report says what it can enforce", async () => {
    const sandbox = await detectSandbox({ home: fixture.home, layersFolder: fixture.base });
    const report = await machineReport(sandbox);
    assert.deepEqual(
      { name: sandbox.name, stages: report.stages, bad: report.findings.filter(({ ok }) => !ok).map(({ name }) => name) },
      { name: "bubblewrap", stages: ["read-only", "gated-write", "bounded-write", "autonomous-with-summary"], bad: [] },
    );
  });
});

function promiseOf(program: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return new Promise((done, fail) => {
    execFile(program, [...words], { env, timeout: 30_000 }, (error, stdout, stderr) => (error === null ? done(stdout) : fail(new Error(`${error.message}${stderr}`))));
  });
}
