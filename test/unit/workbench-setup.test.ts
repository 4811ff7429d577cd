// Bringing the workbench to a machine: once, whole or not at all, whatever is killed on the way. The real npm would take
// minutes, so one that only makes the file stands in its place on PATH.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const setup = new URL("../../../test/setup/workbench.mjs", import.meta.url).href;
const program = `import { installWorkbench } from ${JSON.stringify(setup)};
process.stdout.write(String(await installWorkbench({ node: process.env.STAND_IN_NODE, say: () => {} })));`;

/** Makes what npm would, after a while in which another installation can come along. */
const WORKING = `sleep 0.3
mkdir -p node_modules/code-server/lib/vscode/out
echo > node_modules/code-server/lib/vscode/out/server-main.js
echo >> "$COUNT"`;

class Machine {
  readonly home = mkdtempSync(join(tmpdir(), "vigil-setup-"));
  readonly #bin = join(this.home, "bin");
  readonly cache = join(this.home, "cache", "vigil");

  constructor() {
    mkdirSync(this.#bin);
    mkdirSync(this.cache, { recursive: true });
    this.put("stand-in-node", "echo v24.0.0");
    this.put("npm", WORKING);
  }

  put(name: string, script: string): void {
    writeFileSync(join(this.#bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.#bin, name), 0o755);
  }

  /** What the installation said: "undefined" when all went well. */
  install(more: Readonly<Record<string, string>> = {}): Promise<string> {
    const env = { ...process.env, ...more, XDG_CACHE_HOME: join(this.home, "cache"), PATH: [this.#bin, process.env["PATH"]].join(delimiter), COUNT: join(this.home, "count"), STAND_IN_NODE: join(this.#bin, "stand-in-node") };
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { env, stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    return new Promise((resolve) => child.once("close", () => resolve(said)));
  }

  /** How often npm ran to its end, and what lies in the cache beside npm's log. */
  outcome(): { readonly runs: number; readonly there: readonly string[] } {
    const count = join(this.home, "count");
    const runs = existsSync(count) ? readFileSync(count, "utf8").length : 0;
    return { runs, there: readdirSync(this.cache).filter((name) => !name.endsWith(".log")) };
  }
}

const INSTALLED = ["code-server-4.139.1"];

describe("setting up the workbench", function () {
  this.timeout(60_000);
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));
  afterEach(() => rmSync(machine.home, { recursive: true, force: true }));

  it("installs once for two that start together, and finds it the next time", async () => {
    assert.deepEqual(await Promise.all([machine.install(), machine.install()]), ["undefined", "undefined"]);
    assert.equal(await machine.install(), "undefined");
    assert.deepEqual(machine.outcome(), { runs: 1, there: INSTALLED });
  });

  it("builds with the headers of the Node that it is given, beside its binary or in the package that it came from", async () => {
    machine.put("npm", `${WORKING}\nprintf %s "$npm_config_nodedir" > "$COUNT.headers"`);
    const platform = join(machine.home, "node_modules", `node-${process.platform}-${process.arch}`);
    const told = async (folder: string): Promise<string> => {
      mkdirSync(join(folder, "include", "node"), { recursive: true });
      writeFileSync(join(folder, "include", "node", "common.gypi"), "{}");
      rmSync(machine.cache, { recursive: true });
      assert.equal(await machine.install(), "undefined");
      return readFileSync(join(machine.home, "count.headers"), "utf8");
    };
    assert.equal(await told(platform), platform);
    assert.equal(await told(machine.home), machine.home);
  });

  it("leaves nothing behind where npm fails, says where its words are, and can be tried again", async () => {
    machine.put("npm", "echo no network; exit 1");
    assert.match(await machine.install(), /npm could not install code-server .*its last words are in .*\.log/);
    assert.deepEqual(machine.outcome(), { runs: 0, there: [] });
    assert.equal(readFileSync(join(machine.cache, "code-server-4.139.1.log"), "utf8"), "no network\n");
    machine.put("npm", WORKING);
    assert.equal(await machine.install(), "undefined");
    assert.deepEqual(machine.outcome(), { runs: 1, there: INSTALLED });
  });

  it("starts again after one that was killed, and takes away what that one left", async () => {
    const gone = spawnSync(process.execPath, ["--eval", ""]).pid;
    mkdirSync(join(machine.cache, `code-server-4.139.1.new-${String(gone)}`));
    writeFileSync(join(machine.cache, "code-server-4.139.1.lock"), String(gone));
    assert.equal(await machine.install(), "undefined");
    assert.deepEqual(machine.outcome(), { runs: 1, there: INSTALLED });
  });

  it("tells npm nothing of the npm that started it, which may run on another Node", async () => {
    machine.put("npm", `[ -z "$npm_config_user_agent" ] || exit 1\n${WORKING}`);
    assert.equal(await machine.install({ npm_config_user_agent: "npm/11.19.1 node/v20.20.2 linux x64" }), "undefined");
  });

  it("asks for Node 24 and touches nothing without it", async () => {
    machine.put("stand-in-node", "echo v22.1.0");
    assert.match(await machine.install(), /needs Node 24/);
    assert.deepEqual(machine.outcome(), { runs: 0, there: [] });
  });
});
