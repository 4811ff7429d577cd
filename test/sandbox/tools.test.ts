// The workshop's tools, called as the runner calls them, in a real sandbox.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { ToolResult, Workshop } from "../../src/sandbox/workshop.js";
import { CANARY, makeFixture, type Fixture } from "./fixture.js";

describe("the workshop's tools", function () {
  this.timeout(180_000);
  let fixture: Fixture;
  let workshop: Workshop;

  before(async () => {
    fixture = makeFixture();
    const { root, canary } = fixture;
    writeFileSync(join(root, ".env"), CANARY);
    writeFileSync(join(root, "big"), "");
    truncateSync(join(root, "big"), 300 * 1024 * 1024);
    execFileSync("mkfifo", [join(root, "pipe")]);
    symlinkSync(canary, join(root, "link.txt"));
    mkdirSync(join(root, "still"));
    writeFileSync(join(root, "still", "f"), "kept");
    workshop = await fixture.workshop({ hidden: [join(root, ".env")], readOnly: [join(root, "still")] });
  });
  after(() => fixture.remove());

  const call = (tool: string, input: unknown, timeoutMs = 20_000): Promise<ToolResult> => workshop.call({ id: "t", tool, input, timeoutMs });

  async function check(tool: string, input: unknown, expected: ToolResult): Promise<void> {
    const result = await call(tool, input);
    assert.deepEqual(result.kind === "lost" ? result : { ...result, text: result.text.replaceAll(fixture.root, "ROOT") }, expected);
  }
  const shell = (command: string, text: string, exit = 0): Promise<void> =>
    check("bash", { command }, { kind: exit === 0 ? "ok" : "error", text, exit });
  async function refuses(tool: string, input: unknown, pattern: RegExp): Promise<void> {
    const result = await call(tool, input);
    assert.match(result.kind === "error" ? result.text : result.kind, pattern);
  }

  it("runs a command in the root", () => shell("pwd; echo hi", "ROOT\nhi"));
  it("keeps an exit code, and the shell with it", async () => {
    await shell("cd src; export FOO=bar; X=5; f() { echo fn $1; }; echo out; exit 7", "out", 7);
    await shell("pwd; echo $FOO $X; f z; unset FOO X; cd ..", "ROOT/src\nbar 5\nfn z");
    await shell("echo [$FOO$X]; pwd", "[]\nROOT");
  });
  it("keeps arrays, aliases and options from one command to the next", async () => {
    await shell("a=(1 2 3); declare -A m=([k]=v); shopt -s extglob; set -o pipefail", "");
    await shell("echo ${a[1]} ${m[k]}; shopt extglob >/dev/null && set -o | grep -c 'pipefail.*on'", "2 v\n1");
    await shell("set +o pipefail; shopt -u extglob", "");
  });
  it("survives set -e and a failing command", async () => {
    await shell("set -e; false; echo never", "", 1);
    await shell("false; echo after", "after");
  });
  it("survives a command that replaces the shell", () => shell("exec echo replaced", "replaced"));
  it("survives lines that cannot be parsed", async () => {
    await refuses("bash", { command: "echo 'open" }, /unexpected EOF/);
    await refuses("bash", { command: "f() {" }, /syntax error/);
    await shell("echo fine", "fine");
  });
  it("gives commands a standard output that can be opened by name", () => shell("echo a > /dev/stdout; echo b > /dev/stderr; echo c | tee /dev/stderr >/dev/null", "a\nb\nc"));
  it("is not held up by a child in the background", async () => {
    const before = performance.now();
    await shell("sleep 40 & echo go", "go");
    assert.ok(performance.now() - before < 5_000);
  });
  it("goes on in the same place after a command killed the shell", async () => {
    await shell("cd sub; export KEPT=1", "");
    await refuses("bash", { command: "kill -9 $$; sleep 30" }, /shell itself was ended/);
    await shell("pwd; echo $KEPT; cd ..", "ROOT/sub\n1");
  });
  it("ends a command that takes too long, and says so", async () => {
    const result = await call("bash", { command: "sleep 60" }, 300);
    assert.deepEqual(result.kind === "error" && /ended after 0.3 s/.test(result.text), true);
    await shell("echo next", "next");
  });
  it("takes a shorter time from the call", () => refuses("bash", { command: "sleep 60", timeout_ms: 200 }, /ended after 0.2 s/));
  it("caps a flood of output and says so", async () => {
    const result = await call("bash", { command: "head -c 20000000 /dev/zero | tr '\\0' A" });
    assert.ok(result.kind === "ok" && result.text.length < 110_000 && result.text.startsWith("[Only the last 100 KB"));
  });
  it("restarts on request", async () => {
    await shell("cd src; export GONE=1", "");
    await check("bash", { restart: true }, { kind: "ok", text: "The shell was restarted.", exit: 0 });
    await shell("pwd; echo [$GONE]", "ROOT\n[]");
  });
  it("lets no command write into the workshop's answers", async () => {
    const result = await call("bash", { command: "for p in /proc/[0-9]*; do echo '{\"kind\":\"open\"}' > $p/fd/1; done 2>/dev/null; echo still" });
    assert.ok(result.kind === "ok" && result.text.endsWith("still"));
    await shell("ls /proc/self/fd | tr '\\n' ' '", "0 1 2 3 ");
  });

  it("writes exact bytes with an editor's modes", async () => {
    await check("write", { file_path: "new/deep/e.txt", content: "a\r\nb 😀" }, { kind: "ok", text: "wrote 9 bytes to new/deep/e.txt", exit: undefined });
    const at = (name: string): string => join(fixture.root, name);
    assert.deepEqual(
      [readFileSync(at("new/deep/e.txt"), "utf8"), statSync(at("new/deep/e.txt")).mode & 0o777, statSync(at("new")).mode & 0o777, statSync(at("new/deep")).mode & 0o777],
      ["a\r\nb 😀", 0o644, 0o755, 0o755],
    );
  });
  it("reads, edits and searches", async () => {
    await check("read", { file_path: "src/a.js" }, { kind: "ok", text: "console.log(1)\n", exit: undefined });
    await check("edit", { file_path: "src/a.js", old_string: "1", new_string: "2" }, { kind: "ok", text: "edited src/a.js (1 replacement(s))", exit: undefined });
    await check("glob", { pattern: "s*/**/*.{js,txt}" }, { kind: "ok", text: "ROOT/src/a.js\nROOT/sub/deep/f.txt", exit: undefined });
    await check("grep", { pattern: "console" }, { kind: "ok", text: "ROOT/src/a.js:1:console.log(2)\n", exit: undefined });
  });
  it("says when nothing matches", () => check("glob", { pattern: "*.nothing" }, { kind: "ok", text: "no matches", exit: undefined }));
  it("does not search outside", () => refuses("glob", { pattern: "../**" }, /may not contain/));
  it("refuses a path outside", () => refuses("write", { file_path: "../out/escaped", content: "x" }, /outside/));
  it("refuses to read outside", () => refuses("read", { file_path: fixture.canary }, /outside/));
  it("refuses to follow a link outside", () => refuses("write", { file_path: "link.txt", content: "x" }, /outside/));
  it("refuses a huge file without reading it", () => refuses("read", { file_path: "big" }, /exceeds 262144-byte limit/));
  it("refuses a pipe without opening it", () => refuses("read", { file_path: "pipe" }, /not a regular file/));
  it("says that a file is hidden", async () => {
    for (const tool of ["read", "write", "edit"]) {
      await refuses(tool, { file_path: ".env", content: "x", old_string: "S", new_string: "T" }, /hidden from this run by policy/);
    }
  });
  it("shows a hidden file empty to commands", () => shell("cat .env; grep -c . .env", "0", 1));
  it("says what refused a write where it is read-only", async () => {
    await refuses("write", { file_path: "still/f", content: "x" }, /begin_decision/);
    await refuses("bash", { command: "echo x > still/f" }, /Read-only file system[^]*begin_decision/);
    assert.equal(readFileSync(join(fixture.root, "still", "f"), "utf8"), "kept");
  });
  for (const path of ["git~1/config", ".git::$INDEX_ALLOCATION/config", ".git ./config", ".gi\u200bt/config", "file:///x", "\\\\127.0.0.1\\share\\f", "~/x", ".GIT/config"]) {
    it(`refuses to make ${JSON.stringify(path)}`, async () => {
      await refuses("write", { file_path: path, content: "x" }, /git's own folder|not a path in the worktree/);
      assert.equal(existsSync(join(fixture.root, path.split("/")[0] ?? "")), false);
    });
  }
  it("says what does not fit in an input", () => refuses("edit", { file_path: 3 }, /does not fit/));
  it("does not know other tools", () => refuses("format_disk", {}, /no tool named/));
});
