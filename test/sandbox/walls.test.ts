// What walls promise: layers, masks, read-only folders, git inside, useful programs, and that nothing survives a kill.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HumanError } from "../../src/core/error.js";
import { runConfined } from "../../src/sandbox/run-command.js";
import type { Walls } from "../../src/sandbox/sandbox.js";
import { CANARY, makeFixture, type Fixture } from "./fixture.js";

describe("the walls", function () {
  this.timeout(180_000);
  let fixture: Fixture;
  before(() => {
    fixture = makeFixture();
  });
  after(() => fixture.remove());

  const scratch = (): string => mkdtempSync(join(fixture.base, "layer-"));
  const layer = (): Walls["tree"] => {
    const folder = scratch();
    return { kind: "layer", upper: join(folder, "upper"), work: join(folder, "work") };
  };
  async function check(changes: Partial<Walls>, command: string, expected: { readonly exit: number; readonly output: string }): Promise<void> {
    const result = await runConfined(fixture.sandbox, { ...fixture.walls, ...changes }, command, { timeoutMs: 20_000 });
    assert.deepEqual(
      { exit: result.exit, output: new TextDecoder().decode(result.output).replaceAll(fixture.root, "ROOT").trimEnd(), why: result.notStarted },
      { ...expected, why: undefined },
    );
  }
  const inRoot = (name: string): string => join(fixture.root, name);

  it("hold: the self-test passes", async () => {
    const { passed, probes, remedy } = await fixture.sandbox.selfTest();
    assert.deepEqual({ passed, remedy, failed: probes.filter((probe) => !probe.passed) }, { passed: true, remedy: undefined, failed: [] });
    assert.ok(probes.length >= 13);
  });

  it("keep the disk unchanged under a layer, in which the agent sees its edits", async () => {
    const tree = layer();
    await check({ tree }, "echo new > src/a.js; rm package.json; cat src/a.js; ls", { exit: 0, output: "new\nsrc\nsub" });
    await check({ tree }, "cat src/a.js; ls", { exit: 0, output: "new\nsrc\nsub" });
    await check({}, "cat src/a.js; ls", { exit: 0, output: "console.log(1)\npackage.json\nsrc\nsub" });
  });
  it("lay a layer over another folder in the worktree's place", async () => {
    const lower = scratch();
    writeFileSync(join(lower, "proposal"), "p\n");
    await check({ tree: { ...layer(), lower } as Walls["tree"] }, "ls; cat proposal; echo x > proposal", { exit: 0, output: "proposal\np" });
    assert.equal(readFileSync(join(lower, "proposal"), "utf8"), "p\n");
  });
  for (const kind of ["write", "read", "layer"] as const) {
    it(`keep a dependency folder's original from a ${kind} tree that may change it`, async () => {
      const lower = scratch();
      const folder = scratch();
      writeFileSync(join(lower, "m.js"), "original\n");
      const layers = [{ at: inRoot("node_modules"), lower, upper: join(folder, "upper"), work: join(folder, "work") }];
      const tree = kind === "layer" ? layer() : { kind };
      await check({ tree, layers }, "cat node_modules/m.js; echo changed > node_modules/m.js; cat node_modules/m.js; touch node_modules/n", { exit: 0, output: "original\nchanged" });
      assert.deepEqual([readFileSync(join(lower, "m.js"), "utf8"), readdirSync(lower)], ["original\n", ["m.js"]]);
      if (existsSync(inRoot("node_modules"))) rmSync(inRoot("node_modules"), { recursive: true });
    });
  }
  it("let nothing be written in a read-only tree", () =>
    check({ tree: { kind: "read" } }, "(echo x > new; mkdir f; rm package.json; chmod 777 src) 2>/dev/null; ls", { exit: 0, output: "package.json\nsrc\nsub" }));
  it("show hidden files and folders empty, also by another name", async () => {
    mkdirSync(inRoot("keys"));
    writeFileSync(inRoot("keys/id"), CANARY);
    writeFileSync(inRoot("token.pem"), CANARY);
    symlinkSync("token.pem", inRoot("alias"));
    const hidden = [inRoot("keys"), inRoot("alias"), inRoot("absent.pem")];
    for (const tree of [{ kind: "write" } as const, { kind: "read" } as const, layer()]) {
      await check({ tree, hidden }, "ls keys; cat alias token.pem; mv token.pem x 2>/dev/null; rm -rf keys 2>/dev/null; grep -rs SECRET . ; ls", { exit: 0, output: "alias\nkeys\npackage.json\nsrc\nsub\ntoken.pem" });
    }
    assert.equal(readFileSync(inRoot("token.pem"), "utf8"), CANARY);
    for (const name of ["keys", "token.pem", "alias"]) rmSync(inRoot(name), { recursive: true });
  });
  it("hold files and folders read-only in a writable tree", async () => {
    const readOnly = [inRoot("sub"), inRoot("package.json"), inRoot("absent")];
    await check({ readOnly }, "(echo x > sub/new; echo x > package.json; mv sub moved; rm -rf sub; rm -f package.json) 2>/dev/null; find sub -type f; head -c 7 package.json; touch ok", { exit: 0, output: 'sub/deep/f.txt\n{"name"' });
    rmSync(inRoot("ok"));
  });
  it("give files with a second name a content of their own, but not in layers", async () => {
    const outside = join(fixture.out, "store");
    writeFileSync(outside, "kept\n", { mode: 0o755 });
    linkSync(outside, inRoot("linked"));
    const before = lstatSync(outside).ino;
    await check({}, "cat linked; stat -c %a linked; echo x > linked", { exit: 0, output: "kept\n755" });
    assert.deepEqual([readFileSync(outside, "utf8"), lstatSync(inRoot("linked")).ino === before], ["kept\n", false]);
    rmSync(inRoot("linked"));
  });

  it("offer the agent's git directory, with objects borrowed from elsewhere", async () => {
    const source = scratch();
    const dir = join(scratch(), "git");
    const git = (folder: string, ...words: readonly string[]): string =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], { cwd: folder, encoding: "utf8" });
    git(fixture.root, "init", "-q", "--separate-git-dir", dir);
    rmSync(inRoot(".git"), { recursive: true });
    git(fixture.root, "--git-dir", dir, "--work-tree", fixture.root, "add", "-A");
    git(fixture.root, "--git-dir", dir, "--work-tree", fixture.root, "commit", "-q", "-m", "base");
    renameSync(join(dir, "objects"), join(source, "objects"));
    mkdirSync(join(dir, "objects", "info"), { recursive: true });
    mkdirSync(join(dir, "objects", "pack"));
    writeFileSync(join(dir, "objects", "info", "alternates"), `${join(source, "objects")}\n`);
    const walls = { git: { dir, borrows: [join(source, "objects")] } };
    await check(walls, "git status --porcelain; git log --format=%s; git diff --stat; echo '//' >> src/a.js; git status --porcelain; git checkout -q src/a.js", { exit: 0, output: "base\n M src/a.js" });
    await check(walls, `rm -rf .git 2>/dev/null; mv .git x 2>/dev/null; (echo x > ${source}/objects/new) 2>/dev/null || echo kept`, { exit: 0, output: "kept" });
    assert.deepEqual(readdirSync(inRoot(".git")), []);
    rmSync(inRoot(".git"), { recursive: true });
  });

  const useful: readonly (readonly [string, string, { readonly exit: number; readonly output: string }])[] = [
    ["npm test runs", "npm test --silent", { exit: 0, output: "ok" }],
    ["node starts children with pipes", `node -e "console.log(require('child_process').execSync('echo PIPE').toString())"`, { exit: 0, output: "PIPE" }],
    ["a temporary file can be made", "f=$(mktemp) && echo T > $f && cat $f", { exit: 0, output: "T" }],
    ["python makes folders and files", `python3 -c "import os; os.makedirs('a/b'); open('a/b/x','w').write('1')" && cat a/b/x && rm -r a`, { exit: 0, output: "1" }],
    ["a server is reachable on its own loopback", "python3 -m http.server 18555 --bind 127.0.0.1 >/dev/null 2>&1 & for i in $(seq 50); do curl -s --noproxy '*' -o /dev/null -w %{http_code} http://127.0.0.1:18555/ && break; sleep 0.1; done", { exit: 0, output: "" }],
    ["an exit code is kept", "exit 7", { exit: 7, output: "" }],
    ["output keeps its order", "echo a; echo b >&2; echo c > /dev/stderr", { exit: 0, output: "a\nb\nc" }],
    ["standard input is empty", "cat; echo end", { exit: 0, output: "end" }],
    ["strange names work", `echo x > "it's ünï code.txt"; ls it*; rm it*`, { exit: 0, output: "it's ünï code.txt" }],
    ["the user is the user", "id -u", { exit: 0, output: `${process.getuid?.() ?? 0}` }],
    ["home is empty and writable", "ls -A ~ | grep -v -e .m2 -e .cargo -e go; touch ~/x && echo $HOME", { exit: 0, output: "/home/agent" }],
    ["git works without a repository", "git --version | cut -c1-11", { exit: 0, output: "git version" }],
  ];
  for (const [name, command, expected] of useful) {
    it(`let work go on: ${name}`, async () => {
      if (name.startsWith("a server")) {
        const result = await runConfined(fixture.sandbox, fixture.walls, command, { timeoutMs: 20_000 });
        assert.match(new TextDecoder().decode(result.output), /200$/);
      } else await check({}, command, expected);
    });
  }
  it("leave no file of their own behind", () => assert.deepEqual(readdirSync(fixture.root).sort(), ["package.json", "src", "sub"]));

  it("carry what the shell knew to the next workshop", async () => {
    const first = await fixture.workshop();
    await first.call({ id: "1", tool: "bash", input: { command: "cd sub; export CARRIED='a b\nc'; sleep 4321 & true" }, timeoutMs: 9000 });
    const { carried, processes } = await first.farewell();
    assert.deepEqual({ carried, processes }, { carried: { cwd: inRoot("sub"), env: { CARRIED: "a b\nc" } }, processes: ["sleep 4321"] });
    await first.kill();
    const second = await fixture.workshop({}, carried);
    const result = await second.call({ id: "2", tool: "bash", input: { command: "pwd; echo \"$CARRIED\"" }, timeoutMs: 9000 });
    assert.deepEqual(result, { kind: "ok", text: `${inRoot("sub")}\na b\nc`, exit: 0 });
    await second.kill();
  });
  it("leave no process behind when they are torn down", async () => {
    const workshop = await fixture.workshop();
    const marker = `${94_000_000 + process.pid}`;
    await workshop.call({ id: "1", tool: "bash", input: { command: `for i in 1 2 3; do (setsid nohup sleep ${marker} >/dev/null 2>&1 &); done; sleep ${marker} & true` }, timeoutMs: 9000 });
    const alive = (): number => readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(`sleep\0${marker}`)).length;
    assert.equal(alive(), 4);
    await workshop.kill();
    assert.equal(alive(), 0);
  });
  it("answer a call as lost when they are torn down under it", async () => {
    const workshop = await fixture.workshop();
    const call = workshop.call({ id: "1", tool: "bash", input: { command: "sleep 60" }, timeoutMs: 60_000 });
    await workshop.kill();
    assert.deepEqual(await call, { kind: "lost", why: "it was ended" });
    await workshop.exited;
  });
  it("answer a call as lost when the agent kills its own workshop", async () => {
    const workshop = await fixture.workshop();
    const result = await workshop.call({ id: "1", tool: "bash", input: { command: "kill -9 $PPID" }, timeoutMs: 20_000 });
    assert.deepEqual(result, { kind: "lost", why: "it ended by itself (exit code 137)" });
  });

  it("end a check that takes too long, with all it started", async () => {
    const result = await runConfined(fixture.sandbox, fixture.walls, "echo begun; sleep 60", { timeoutMs: 1500 });
    assert.deepEqual({ exit: result.exit, timedOut: result.timedOut, output: new TextDecoder().decode(result.output) }, { exit: null, timedOut: true, output: "begun\n" });
  });
  it("end a check when they are told to", async () => {
    const control = new AbortController();
    const running = runConfined(fixture.sandbox, fixture.walls, "sleep 60", { timeoutMs: 60_000, signal: control.signal });
    control.abort();
    const { exit, aborted } = await running;
    assert.deepEqual({ exit, aborted }, { exit: null, aborted: true });
  });
  it("do not wait for what a check leaves in the background", async () => {
    const result = await runConfined(fixture.sandbox, fixture.walls, "sleep 50 & echo done; exit 3", { timeoutMs: 20_000 });
    assert.deepEqual({ exit: result.exit, quick: result.ms < 10_000 }, { exit: 3, quick: true });
  });

  it("refuse a root that holds the home", () =>
    assert.rejects(() => fixture.sandbox.spawn({ ...fixture.walls, root: fixture.base }, ["true"]), (error) => error instanceof HumanError && /holds the home folder/.test(error.message)));
  it("refuse masks outside of the tree", () =>
    assert.rejects(() => fixture.sandbox.spawn({ ...fixture.walls, hidden: [fixture.canary] }, ["true"]), /does not lie in the worktree/));
  it("refuse a git directory where the agent put a file in its way", async () => {
    writeFileSync(inRoot(".git"), "gitdir: /elsewhere\n");
    await assert.rejects(() => fixture.sandbox.spawn({ ...fixture.walls, git: { dir: scratch(), borrows: [] } }, ["true"]), HumanError);
    rmSync(inRoot(".git"));
  });
  it("give no further user namespaces, even if the filter of system calls were not there", async () => {
    const confined = await fixture.sandbox.spawn(fixture.walls, ["sleep", "20"]);
    try {
      const [, ...args] = commandLine(`${confined.pid}`).split("\0");
      const from = args.findIndex((arg) => arg.endsWith("bwrap"));
      const own = args.slice(from < 0 ? 0 : from + 1, args.lastIndexOf("--"));
      const withoutFilter = own.filter((arg, at) => !["--seccomp", "--info-fd"].includes(arg) && !["--seccomp", "--info-fd"].includes(own[at - 1] ?? ""));
      const tried = (more: readonly string[]): number | null => spawnSync("bwrap", [...withoutFilter, ...more], { stdio: "ignore" }).status;
      assert.equal(tried(["--", "true"]), 0);
      assert.notEqual(tried(["--", "unshare", "--user", "true"]), 0);
    } finally {
      await confined.kill();
    }
  });
  it("keep keys out of the environment, whoever hands them in", () =>
    check({ env: { ANTHROPIC_API_KEY: CANARY, OWN: "1" } }, "env | grep -c -e ANTHROPIC -e SECRET; echo $OWN", { exit: 0, output: "0\n1" }));
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
