// What the backend of macOS does besides its walls, tried where no Mac is: copies in place of mounts, git that finds the
// agent's directory, paths that are named as the agent knows them, the warden's end, and a self-test that notices.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HumanError } from "../../src/core/error.js";
import { detectSandbox } from "../../src/sandbox/detect.js";
import { machineReport } from "../../src/sandbox/doctor.js";
import { gitInPlace } from "../../src/sandbox/macos/place.js";
import { wardenProgram } from "../../src/sandbox/macos/warden.js";
import { runConfined } from "../../src/sandbox/run-command.js";
import type { Confined, Sandbox, Walls } from "../../src/sandbox/sandbox.js";
import { startWorkshop } from "../../src/sandbox/start-workshop.js";
import { bundleWorkshop, makeFixture, type Fixture } from "./fixture.js";
import { standInSandbox } from "./macos-stand-in.js";

describe("the backend of macOS", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let sandbox: Sandbox;
  let below: string;
  before(async () => {
    // As a Mac's: its data folder is in "Application Support".
    below = realpathSync(mkdtempSync(join(tmpdir(), "vigil with a space ")));
    fixture = makeFixture(below);
    sandbox = await standInSandbox(fixture.base, "apart", false, { home: fixture.home, never: [fixture.repository], layersFolder: fixture.base });
  });
  after(async () => {
    await fixture.remove();
    rmSync(below, { recursive: true, force: true });
  });

  const place = (): string => mkdtempSync(join(fixture.base, "layer-"));
  const layerIn = (folder: string): Walls["tree"] => ({ kind: "layer", upper: join(folder, "upper"), work: join(folder, "work") });
  const run = async (walls: Walls, command: string): Promise<string> => {
    const { output, notStarted } = await runConfined(sandbox, walls, command, { timeoutMs: 20_000 });
    assert.equal(notStarted, undefined);
    return new TextDecoder().decode(output).trimEnd();
  };

  it("is what a Mac gets", async () => {
    const { name, mounts } = await detectSandbox({}, "darwin");
    assert.deepEqual({ name, mounts }, { name: "Seatbelt", mounts: false });
  });

  it("offers nothing where Apple's program is missing, and says so", async () => {
    const mac = await detectSandbox({ layersFolder: fixture.base }, "darwin");
    const { passed, remedy } = await mac.selfTest();
    assert.equal(passed, false);
    assert.match(remedy ?? "", /\/usr\/bin\/sandbox-exec is missing/);
    await assert.rejects(mac.spawn(fixture.walls, ["/bin/true"]), HumanError);
    const report = await machineReport(mac, process.env["PATH"], "darwin");
    assert.deepEqual(report.stages, ["read-only"]);
    assert.deepEqual(report.findings.find((finding) => finding.name === "macOS")?.detail, "never tried by us on a real Mac; the self-test decides what is offered");
    assert.equal(report.findings.some((finding) => /bubblewrap|namespaces|flock|system call/.test(finding.name)), false);
  });

  it("is not offered where its walls do not hold: the self-test names each that is missing", async () => {
    const open = await standInSandbox(fixture.base, "apart", true, { home: fixture.home, layersFolder: fixture.base });
    const { passed, probes, remedy } = await open.selfTest();
    assert.equal(passed, false);
    assert.match(remedy ?? "", /The sandbox does not hold on this Mac/);
    const failed = probes.filter((probe) => !probe.passed).map((probe) => probe.name);
    for (const wall of [
      "a file outside cannot be read", "the home folder cannot be listed", "a file outside is unchanged", "system folders cannot be written", "a read-only folder cannot be written",
      "no .git can be put into the worktree", "a hidden file shows nothing", "a hidden file cannot be carried away", "a read-only worktree cannot be written",
      "the host's loopback cannot be reached", "the host's listener heard nothing", "the host's sockets cannot be reached", "the host's socket heard nothing", "nothing can be listened at",
    ]) assert.ok(failed.includes(wall), `${wall}, among ${failed.join("; ")}`);
    // What it says of processes that were ended means nothing here, because a namespace numbers them anew.
    const held = probes.filter((probe) => probe.passed).map((probe) => probe.name);
    for (const useful of ["every attack was tried", "a process can signal those of its own sandbox", "node runs", "node can start programs", "npm runs", "git runs", "a dependency folder can be written", "no descriptor of the host is open", "no variable of the host is visible"]) {
      assert.ok(held.includes(useful), `${useful}: ${JSON.stringify(probes.find((probe) => probe.name === useful))}`);
    }
    await assert.rejects(open.spawn(fixture.walls, ["/bin/true"]), /does not hold on this Mac/);
  });

  it("kills nobody in its self-test where a confined process could signal others", async () => {
    const open = await standInSandbox(fixture.base, "open", true, { home: fixture.home, layersFolder: fixture.base });
    const bystander = spawn("sleep", ["300"], { stdio: "ignore" });
    try {
      const { passed, probes } = await open.selfTest();
      const failed = probes.filter((probe) => !probe.passed).map((probe) => probe.name);
      assert.deepEqual({ passed, failed, tried: probes.length }, { passed: false, failed: ["no process outside its own sandbox can be signalled"], tried: 3 });
      assert.deepEqual([bystander.exitCode, bystander.signalCode], [null, null]);
    } finally {
      bystander.kill("SIGKILL");
    }
  });

  it("shows a layer as a copy at another path, and names it as the agent knows it", async () => {
    const walls = { ...fixture.walls, tree: layerIn(place()) };
    assert.equal(await run(walls, `cat "${fixture.root}/src/a.js"; echo changed >src/a.js; cat "${fixture.root}/src/a.js"; pwd`), `console.log(1)\nchanged\n${fixture.root}`);
    assert.equal(readFileSync(join(fixture.root, "src/a.js"), "utf8"), "console.log(1)\n");
    assert.equal(await run(walls, "cat src/a.js"), "changed", "the layer lasts until its work folder is gone");
    rmSync(join(sandbox.rootInside(walls), "../work"), { recursive: true });
    assert.equal(await run(walls, "cat src/a.js"), "console.log(1)");
  });

  it("copies a dependency folder into the tree once, follows no link there, and leaves what it was copied from", async () => {
    const folder = place();
    const lower = join(folder, "lower");
    mkdirSync(lower);
    writeFileSync(join(lower, "m"), "module\n");
    const layer = (at: string): Walls["layers"][number] => ({ at: join(fixture.root, at), lower, upper: join(folder, at, "upper"), work: join(folder, at, "work") });
    const outside = join(folder, "outside");
    mkdirSync(outside);
    symlinkSync(outside, join(fixture.root, "linked"));
    for (const at of ["node_modules", "linked"]) mkdirSync(join(folder, at, "work"), { recursive: true });
    const walls = { ...fixture.walls, layers: [layer("node_modules"), layer("linked")] };
    assert.equal(await run({ ...walls, tree: layerIn(place()) }, "cat node_modules/m"), "module");
    assert.equal(existsSync(join(fixture.root, "node_modules")), false);
    assert.equal(await run(walls, "cat node_modules/m; echo own >node_modules/m"), "module");
    assert.equal(await run({ ...walls, tree: layerIn(folder) }, "cat node_modules/m"), "own");
    assert.deepEqual([readFileSync(join(lower, "m"), "utf8"), readdirSync(outside)], ["module\n", []]);
    rmSync(join(fixture.root, "linked"));
    rmSync(join(fixture.root, "node_modules"), { recursive: true });
  });

  it("gives the workshop a tree that stands elsewhere, and nobody notices", async () => {
    const script = join(fixture.base, "dist/workshop.mjs");
    await bundleWorkshop(script);
    const walls = { ...fixture.walls, tree: layerIn(place()), hidden: [join(fixture.root, "sub/deep/f.txt")] };
    const workshop = await startWorkshop(sandbox, walls, { script, node: process.execPath, carried: { cwd: join(fixture.root, "sub"), env: { HERE: fixture.root } } });
    const call = async (tool: string, input: unknown): Promise<string> => {
      const result = await workshop.call({ id: "c", tool, input, timeoutMs: 20_000 });
      return result.kind === "lost" ? `lost: ${result.why}` : result.text.trimEnd();
    };
    assert.equal(await call("bash", { command: 'pwd; echo "$HERE"' }), `${fixture.root}/sub\n${fixture.root}`);
    assert.match(await call("read", { file_path: join(fixture.root, "src/a.js") }), /console\.log/);
    assert.match(await call("read", { file_path: join(fixture.root, "sub/deep/f.txt") }), /is hidden from this run by policy/);
    await call("write", { file_path: join(fixture.root, "new.txt"), content: `${fixture.root}\n` });
    assert.equal(readFileSync(join(sandbox.rootInside(walls), "new.txt"), "utf8"), `${fixture.root}\n`, "content is written as it was given");
    assert.equal(await call("glob", { pattern: "new.*" }), join(fixture.root, "new.txt"));
    assert.deepEqual((await workshop.farewell()).carried, { cwd: join(fixture.root, "sub"), env: { HERE: fixture.root } });
    await workshop.kill();
    assert.equal(existsSync(join(fixture.root, "new.txt")), false);
  });

  it("ends all that a program leaves behind, and takes its folders away", async () => {
    const before = folders();
    const output = await run(fixture.walls, `setsid sleep 777.${process.pid} >/dev/null 2>&1 & echo "$HOME"; mkdir "$HOME/shut"; chmod 0 "$HOME/shut"`);
    assert.equal(existsSync(output), false);
    assert.deepEqual([folders(), processes(`sleep 777.${process.pid}`)], [before, ""]);
  });

  it("ends a program that does not want to", async () => {
    const confined = await sandbox.spawn(fixture.walls, ["/bin/bash", "-c", `trap "" HUP INT TERM; setsid sleep 778.${process.pid} & echo up; while :; do sleep 1; done`]);
    await once(confined.stdout, "data");
    await confined.kill();
    assert.equal(processes(`sleep 778.${process.pid}`), "");
  });

  it("opens a host through a port of its own, which the program's environment names", async () => {
    const hostsScript = fileURLToPath(new URL("../../src/sandbox/hosts/main.js", import.meta.url));
    const own = await standInSandbox(fixture.base, "apart", false, { home: fixture.home, layersFolder: fixture.base, hostsScript });
    const server = createServer((_request, response) => { response.end("OPEN\n"); });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const bound = server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : 0;
    try {
      const walls = { ...fixture.walls, hosts: [`127.0.0.1:${port}`] };
      const { output, contacts } = await runConfined(own, walls, `curl -sS --noproxy "" http://127.0.0.1:${port}/; curl -s -o /dev/null -w "%{http_code}" --noproxy "" http://vigil.invalid/; [ "$HTTP_PROXY" != http://127.0.0.1:3128 ] || echo fixed`, { timeoutMs: 20_000 });
      assert.deepEqual(new TextDecoder().decode(output), "OPEN\n403");
      assert.deepEqual(contacts.map(({ host, refused }) => ({ host, refused: refused !== undefined })), [{ host: "127.0.0.1", refused: false }, { host: "vigil.invalid", refused: true }]);
    } finally {
      server.close();
    }
  });

  it("starts nothing any more once a command has ended the warden, and says why", async () => {
    const own = await standInSandbox(fixture.base, "apart", false, { home: fixture.home, layersFolder: fixture.base });
    const confined: Confined = await own.spawn(fixture.walls, ["/bin/bash", "-c", "kill -KILL $PPID; sleep 5"]);
    await confined.exited;
    await assert.rejects(confined.kill(), /nobody can prove that none of its processes is left/);
    await assert.rejects(own.spawn(fixture.walls, ["/bin/true"]), /nobody can prove/);
  });
});

describe("the warden", function () {
  this.timeout(60_000);
  const NOBODY = "999999";

  interface End {
    readonly verdict: string;
    readonly code: number | null;
    readonly output: string;
  }
  async function warden(host: string, mode: string, command: string, during: (lifeline: { end(): void }, verdict: () => string) => Promise<void> = () => Promise.resolve()): Promise<End> {
    const child = spawn("bwrap", ["--dev-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "--die-with-parent", "--", process.execPath, "-e", wardenProgram(5), host, mode, "/bin/bash", "-c", command], { stdio: ["ignore", "pipe", "inherit", "pipe", "pipe", "pipe"] });
    const [, stdout, , lifeline, verdict] = child.stdio;
    let [output, said] = ["", ""];
    stdout?.on("data", (chunk) => { output += String(chunk); });
    (verdict as NodeJS.ReadableStream).on("data", (chunk) => { said += String(chunk); });
    const closed = once(child, "close");
    await during(lifeline as unknown as { end(): void }, () => output);
    await closed;
    return { verdict: said, code: child.exitCode, output: output.trim() };
  }

  it("hands on how the command ended, and kills what it left in a session of its own", async () => {
    assert.deepEqual(await warden(NOBODY, "sweep", "setsid sleep 300 >/dev/null 2>&1 & exit 7"), { verdict: "clean", code: 7, output: "" });
    assert.deepEqual(await warden(NOBODY, "sweep", "kill -SEGV $$"), { verdict: "clean", code: 139, output: "" });
  });
  it("ends all when the runner goes, whatever the program ignores", async () => {
    const end = await warden(NOBODY, "sweep", `trap "" TERM HUP; (trap "" TERM; while :; do sleep 1; done) & echo up; wait`, async (lifeline, output) => {
      while (output() === "") await new Promise((resolve) => setImmediate(resolve));
      lifeline.end();
    });
    assert.deepEqual(end, { verdict: "clean", code: 137, output: "up" });
  });
  it("wins against a program that goes on making processes", async () => {
    assert.equal((await warden(NOBODY, "sweep", "f() { while :; do sleep 0.01 & wait $!; done; }; for n in 1 2 3 4; do f & done; exit 0")).verdict, "clean");
  });
  it("kills nobody where the kernel would let it signal the runner", async () => {
    // The first process of the namespace stands for a runner that it can reach.
    assert.deepEqual(await warden("1", "sweep", "echo done"), { verdict: "unsafe", code: 0, output: "done" });
  });
  it("kills nobody while it is not known whom it would kill", async () => {
    assert.equal((await warden(NOBODY, "keep", "echo done")).verdict, "kept");
  });
  it("ignores what asks it to end", async () => {
    assert.deepEqual(await warden(NOBODY, "sweep", "kill -TERM $PPID; kill -HUP $PPID; kill -INT $PPID; echo alive; exit 3"), { verdict: "clean", code: 3, output: "alive" });
  });
});

describe("git in git's place on macOS", () => {
  let base: string;
  let shim: string;
  before(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), "vigil-git-")));
    for (const folder of ["tree/sub/inner", "outside", "agent's"]) mkdirSync(join(base, folder), { recursive: true });
    // As the worktree has it: an empty folder, which is no repository.
    mkdirSync(join(base, "tree/.git"));
    execFileSync("git", ["init", "-q", join(base, "agent's/git"), "--bare"]);
    execFileSync("git", ["--git-dir", join(base, "agent's/git"), "config", "core.bare", "false"]);
    shim = join(base, "git");
    writeFileSync(shim, gitInPlace(execFileSync("which", ["git"], { encoding: "utf8" }).trim(), join(base, "agent's/git"), join(base, "tree")), { mode: 0o755 });
  });
  after(() => { rmSync(base, { recursive: true, force: true }); });
  const top = (cwd: string, ...words: readonly string[]): string =>
    spawnSync(shim, [...words, "rev-parse", "--show-toplevel", "--absolute-git-dir"], { cwd: join(base, cwd), encoding: "utf8" }).stdout.trim().replaceAll(base, "");

  it("means the agent's directory anywhere in the tree", () => {
    for (const cwd of ["tree", "tree/sub/inner"]) assert.equal(top(cwd), "/tree\n/agent's/git");
    assert.equal(top("outside", "-C", "../tree/sub"), "/tree\n/agent's/git");
  });
  it("means the nearest repository where there is one, and none outside", () => {
    execFileSync(shim, ["init", "-q", "made"], { cwd: join(base, "tree/sub") });
    assert.equal(top("tree/sub/made"), "/tree/sub/made\n/tree/sub/made/.git");
    assert.equal(top("tree", "-c", "a.b=c", "-C", "sub/made"), "/tree/sub/made\n/tree/sub/made/.git");
    assert.equal(top("outside"), "");
  });
  it("means what it is told", () => assert.match(top("tree", "--git-dir", "sub/made/.git"), /\/tree\/sub\/made\/\.git$/));
  it("leaves nothing in the tree", () => assert.deepEqual(readdirSync(join(base, "tree/.git")), []));
});

function folders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("inside-"));
}

function processes(pattern: string): string {
  return spawnSync("pgrep", ["-f", `^${pattern}`], { encoding: "utf8" }).stdout;
}
