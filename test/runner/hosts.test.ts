// Hosts in a whole run: what policy opens, what a person opens until the decision ends, what the set-up alone may reach,
// and what lowering, narrowing and a machine without proxies close. A real server of this machine is the host.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import type { LoggedEvent } from "../../src/core/log/event.js";
import { Lab, POLICY, ran, shown } from "./lab.js";
import { bash, begin, call, end, finish, turns, write } from "./scripts.js";

describe("hosts in a run", function () {
  this.timeout(120_000);
  let server: Server;
  let host = "";
  let requests: string[] = [];
  let lab: Lab | undefined;

  before(async () => {
    server = createServer((request, response) => {
      requests.push(request.url ?? "");
      response.end("OPEN\n");
    });
    await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
    server.unref();
    host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  beforeEach(() => { requests = []; });
  afterEach(() => lab?.close());
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const labWith = (settings: Readonly<Record<string, unknown>>): Lab => (lab = new Lab({ ...POLICY, "vigil.policy.requiredChecks": [], ...settings }));
  const fetching = (path: string) => bash(`curl -sS -m 10 http://${host}/${path} || echo FAILED`);
  const hostsOf = (events: readonly LoggedEvent[]) => events.flatMap((event) => (event.kind === "host.reached" || event.kind === "host.refused" ? [[event.kind, `${event.host}:${String(event.port)}`, event.during.kind]] : []));
  /** What the model was told of the call whose input holds the text. */
  function told(model: Awaited<ReturnType<Lab["serve"]>>, input: string): string {
    const body = z.object({ messages: z.array(z.object({ content: z.unknown() })) }).parse(model.requests.at(-1)?.body);
    const blocks = body.messages.flatMap(({ content }) => (Array.isArray(content) ? (content as readonly Record<string, unknown>[]) : []));
    const id = blocks.find((block) => block["type"] === "tool_use" && JSON.stringify(block["input"]).includes(input))?.["id"];
    return JSON.stringify(blocks.find((block) => block["type"] === "tool_result" && block["tool_use_id"] === id)?.["content"] ?? "no such call");
  }

  it("lets commands and checks reach what policy names, refuses the rest with the tool to call, and records both", async () => {
    const of = labWith({ "vigil.policy.networkHosts": [host], "vigil.policy.requiredChecks": [`curl -sSf http://${host}/check`] });
    const model = await of.serve(turns([fetching("outside")], [begin("One")], [fetching("inside"), write("src/a.js", "1\n")], [bash("curl -sS -o /dev/null -w %{http_code} http://elsewhere.example:8080/")], [end()], [finish()]));
    const run = await of.json(ran, "run", "Fetch", "--stage", "gated-write");
    assert.deepEqual({ code: run.code, state: run.state }, { code: 0, state: "ready" }, of.complaints(run.id));
    assert.match(told(model, "/outside"), /OPEN/);
    assert.match(told(model, "/inside"), /OPEN/);
    assert.match(told(model, "elsewhere"), /403.*Refused: elsewhere\.example:8080 is not among the allowed hosts\. Call request_permission with kind \\"host\\" and target \\"elsewhere\.example:8080\\"/);
    assert.deepEqual(requests.filter((path) => path === "/check").length, 2);
    const events = of.events(run.id);
    assert.deepEqual(hostsOf(events), [["host.reached", host, "check"], ["host.reached", host, "step"], ["host.reached", host, "step"], ["host.refused", "elsewhere.example:8080", "step"], ["host.reached", host, "check"]]);
    assert.deepEqual(events.flatMap((event) => (event.kind === "sandbox.tested" ? [event.passed] : [])), [true, true]);
    assert.match((await of.vigil("timeline", run.id)).stdout, /host refused: elsewhere\.example:8080, not among the allowed hosts/);
    const show = (await of.vigil("show", run.id)).stdout.replaceAll(/\s+/g, " ");
    assert.match(show, new RegExp(`Hosts reached: ${host} \\(4 times\\).*Hosts refused: elsewhere\\.example:8080, not among the allowed hosts`));
    assert.match(JSON.stringify(model.requests[0]?.body), new RegExp(`Hosts that commands may reach[^"]*${host}`));
  });

  it("opens a host that a person allows, at once and until the decision ends, in the same folder with the same variables", async () => {
    const of = labWith({});
    const model = await of.serve(turns(
      [begin("One")],
      [bash("cd src && export KEPT=yes"), fetching("before")],
      [call("request_permission", { kind: "host", target: host, why: "the fixture lies there", if_denied: "I go without it." })],
      [bash(`pwd; echo $KEPT; curl -sS http://${host}/granted`), write("src/a.js", "1\n")],
      [end()],
      [fetching("after")],
      [finish()],
    ));
    const run = await of.json(ran, "run", "Fetch", "--stage", "gated-write");
    assert.deepEqual({ code: run.code, state: run.state }, { code: 4, state: "waiting" });
    assert.deepEqual((await of.json(shown, "show", run.id)).gates.map(({ kind, target }) => ({ kind, target })), [{ kind: "host", target: host }]);
    assert.equal((await of.vigil("answer", run.id, "g1", "allow")).code, 0);
    assert.equal((await of.json(ran, "resume", run.id)).state, "ready");
    assert.match(told(model, "/before"), /FAILED/);
    assert.match(told(model, "the fixture lies there"), /Allowed: exactly.*proxy that the environment names/s);
    assert.match(told(model, "/granted"), /\/src\\nyes\\nOPEN/);
    assert.match(told(model, "/after"), /FAILED/);
    assert.deepEqual(requests, ["/granted"]);
  });

  it("asks nobody for what is no host, and tells that a host is open already", async () => {
    const of = labWith({ "vigil.policy.networkHosts": [host] });
    const ask = (target: string) => call("request_permission", { kind: "host", target, why: `for ${target}`, if_denied: "I go without it." });
    const model = await of.serve(turns([ask("https://a.example/x")], [ask("*")], [ask(host)], [finish()]));
    const run = await of.json(ran, "run", "Ask", "--stage", "gated-write");
    assert.deepEqual({ code: run.code, gates: of.events(run.id).filter((event) => event.kind === "gate.raised").length }, { code: 0, gates: 0 });
    assert.match(told(model, "https://a.example"), /not a host that can be opened: use a host alone/);
    assert.match(told(model, "for *"), /not a host that can be opened/);
    assert.match(told(model, `for ${host}`), /can be reached already/);
  });

  it("gives the set-up its own hosts, and nobody else", async () => {
    const of = labWith({ "vigil.policy.worktree.setup": `mkdir -p build && curl -sSf http://${host}/setup > build/got`, "vigil.policy.worktree.setupHosts": [host] });
    const model = await of.serve(turns([bash("cat build/got"), fetching("agent")], [finish()]));
    const run = await of.json(ran, "run", "Set up", "--stage", "gated-write");
    assert.equal(run.code, 0, of.complaints(run.id));
    assert.match(told(model, "cat build/got"), /OPEN/);
    assert.match(told(model, "/agent"), /FAILED/);
    assert.deepEqual([requests, hostsOf(of.events(run.id))], [["/setup"], [["host.reached", host, "setup"]]]);
  });

  it("has no network at read-only, whatever policy names, and nobody can be asked for one", async () => {
    const of = labWith({ "vigil.policy.networkHosts": [host] });
    const model = await of.serve(turns([fetching("read")], [call("request_permission", { kind: "host", target: host, why: "I want it", if_denied: "no" })], [finish()]));
    const run = await of.json(ran, "run", "Read", "--stage", "read-only");
    assert.match(told(model, "I want it"), /read-only, and such runs have no network/);
    assert.deepEqual([requests, of.events(run.id).filter((event) => event.kind === "gate.raised")], [[], []]);
  });

  it("closes hosts when the stage is lowered to read-only, and those that the live settings take away", async () => {
    for (const close of [(of: Lab, id: string) => of.vigil("lower", id, "read-only"), (of: Lab) => { of.write({ ".vscode/settings.json": JSON.stringify({ ...POLICY, "vigil.policy.requiredChecks": [], "vigil.policy.networkHosts": [] }) }); }]) {
      const of = labWith({ "vigil.policy.networkHosts": [host] });
      requests = [];
      const model = await of.serve(turns([fetching("open")], [call("ask_human", { question: "Go on?" })], [fetching("closed")], [finish()]));
      const run = await of.json(ran, "run", "Close", "--stage", "gated-write");
      assert.equal(run.state, "waiting");
      await close(of, run.id);
      assert.equal((await of.vigil("answer", run.id, "g1", "allow")).code, 0);
      await of.json(ran, "resume", run.id);
      assert.match(told(model, "/closed"), /FAILED/);
      assert.deepEqual(requests, ["/open"]);
      await of.close();
    }
  });

  it("leaves nothing behind when its runner is killed, and goes on with the hosts when it is resumed", async () => {
    const of = labWith({ "vigil.policy.networkHosts": [host] });
    await of.serve(turns([fetching("one")], [call("ask_human", { question: "Go on?" })], [fetching("two")], [finish()]));
    const run = await of.json(ran, "run", "Kill", "--stage", "gated-write");
    const { pid } = await of.json(shown, "show", run.id);
    const programs = (): readonly string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name) && commandLine(name).includes(`${of.home}/`) && commandLine(name).includes("hosts.mjs"));
    assert.equal(programs().length, 1);
    process.kill(pid ?? 0, "SIGKILL");
    for (const deadline = Date.now() + 20_000; programs().length > 0 && Date.now() < deadline; ) await new Promise((done) => setTimeout(done, 20));
    assert.deepEqual(programs(), []);
    assert.equal((await of.vigil("answer", run.id, "g1", "allow")).code, 0);
    assert.equal((await of.json(ran, "resume", run.id)).code, 0);
    assert.deepEqual(requests, ["/one", "/two"]);
  });

  it("keeps hosts shut where the proxies do not come up, says so once, and works as before", async () => {
    const of = labWith({ "vigil.policy.networkHosts": [host], "vigil.policy.requiredChecks": ["node test/all.js"] });
    const dist = join(of.home, "dist");
    mkdirSync(dist);
    cpSync(of.dist, dist, { recursive: true });
    writeFileSync(join(dist, "hosts.mjs"), 'throw new Error("broken on purpose");\n');
    of.dist = dist;
    const model = await of.serve(turns([fetching("shut")], [call("request_permission", { kind: "host", target: "a.example", why: "I want it", if_denied: "no" })], [begin("One")], [write("src/a.js", "1\n")], [end()], [finish()]));
    const run = await of.json(ran, "run", "Shut", "--stage", "gated-write");
    assert.deepEqual({ code: run.code, state: run.state }, { code: 0, state: "ready" }, of.complaints(run.id));
    assert.match(told(model, "/shut"), /FAILED/);
    assert.match(told(model, "I want it"), /cannot be reached\. .*network stays shut/);
    assert.match(JSON.stringify(model.requests[0]?.body), /No host can be reached on this machine/);
    const events = of.events(run.id);
    assert.equal(events.filter((event) => event.kind === "note.added" && /stay shut.*broken on purpose/s.test(event.text)).length, 1);
    assert.deepEqual([requests, events.flatMap((event) => (event.kind === "sandbox.tested" ? [event.passed] : []))], [[], [true, false]]);
    assert.match((await of.vigil("doctor")).stdout.replaceAll(/\s+/g, " "), /single hosts: hosts that policy allows stay shut\. Single hosts cannot be opened on this machine/);
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch (error) {
    // It ended meanwhile.
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
