// The rehearsal is what a newcomer sees first: a whole run without a key, labelled as scripted, and honest where nothing
// can be confined.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Lab, type Said } from "../runner/lab.js";

const vigil = fileURLToPath(new URL("../../../dist/vigil.mjs", import.meta.url));

describe("the rehearsal", function () {
  this.timeout(180_000);
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
    lab.env["ANTHROPIC_API_KEY"] = undefined;
    lab.env["TMPDIR"] = lab.home;
  });
  afterEach(() => lab.close());

  it("plays a run to its landing, shows a rejection, and touches nothing of the person's", async () => {
    const said = await lab.vigil("rehearse");
    assert.equal(said.code, 0, `${said.stdout}\n${said.stderr}`);
    for (const sign of [/== The timeline/, /scripted words: "/, /== The diff set/, /green {2}node --test/, /stands on it and falls with it/, /given up by a rule/, /vigil unland/]) assert.match(said.stdout, sign);
    assert.doesNotMatch(said.stdout, /the agent: "/);
    // Each trailer that stands at a line's beginning is one of a commit that is really there, once.
    const clone = /^Look around: cd (.+)$/m.exec(said.stdout)?.[1] ?? "";
    const trailers = execFileSync("git", ["-C", clone, "log", "--reverse", "--format=%(trailers:key=Vigil-Decision)", "main..vigil/rehearsal"], { encoding: "utf8" });
    const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line.startsWith("Vigil-Decision: "));
    assert.deepEqual([lines(said.stdout), lines(said.stdout).length], [lines(trailers), 2]);
    assert.equal(existsSync(`${lab.home}/data`), false);
  });

  it("shows the recorded one where nothing can be confined, says so, and succeeds", async () => {
    const said = await unconfined();
    assert.equal(said.code, 0, said.stderr);
    assert.match(said.stderr, /walled in here/);
    for (const sign of [/recorded/, /^Vigil-Decision: d\d/m, /It stands on d\d, which was rejected/]) assert.match(said.stdout, sign);
  });

  function unconfined(): Promise<Said> {
    const line = 'mount --bind /dev/null "$(command -v bwrap)" && exec "$0" "$1" rehearse';
    const child = spawn("unshare", ["-rm", "sh", "-c", line, process.execPath, vigil], { cwd: lab.repo, env: lab.environment(), stdio: ["ignore", "pipe", "pipe"] });
    const texts = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => { texts.stdout += chunk.toString("utf8"); });
    child.stderr.on("data", (chunk: Buffer) => { texts.stderr += chunk.toString("utf8"); });
    return new Promise((resolve) => child.once("close", (code) => { resolve({ code, ...texts }); }));
  }
});
