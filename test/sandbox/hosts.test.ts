// What an allowed host opens, and what stays shut around it: useful clients work through the proxy, and programs that mean
// harm try every other way out. Real servers of this machine, of which policy names one.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { bubblewrapSandbox } from "../../src/sandbox/bubblewrap.js";
import { runConfined, type CommandResult } from "../../src/sandbox/run-command.js";
import type { Sandbox, Walls } from "../../src/sandbox/sandbox.js";
import { listen, makeFixture, type Fixture } from "./fixture.js";
import { RAW_CASES, rawProgram } from "./hosts-cases.js";

const hostsScript = fileURLToPath(new URL("../../src/sandbox/hosts/main.js", import.meta.url));

interface Site {
  readonly server: Server;
  readonly port: number;
  readonly requests: string[];
  visits: number;
}

async function serve(answer: (url: string) => { readonly status: number; readonly headers?: Record<string, string>; readonly body: string }, address = "127.0.0.1"): Promise<Site> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ""} ${request.headers.host ?? ""} ${request.url ?? ""}`);
    const { status, headers, body } = answer(request.url ?? "");
    request.resume().once("end", () => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(0, address, done);
  });
  const site = { server, port: (server.address() as AddressInfo).port, requests, visits: 0 };
  server.on("connection", () => {
    site.visits += 1;
  });
  server.unref();
  return site;
}

describe("allowed hosts", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  let sandbox: Sandbox;
  let open: Site;
  let shut: Site;

  before(async () => {
    fixture = makeFixture();
    sandbox = bubblewrapSandbox({ home: fixture.home, never: [fixture.repository, fixture.state], layersFolder: fixture.base, hostsScript });
    shut = await serve(() => ({ status: 200, body: "SHUT\n" }));
    open = await serve((url) => {
      if (url === "/away") return { status: 302, headers: { location: `http://127.0.0.1:${shut.port}/` }, body: "" };
      if (url === "/vigil-sample") return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ name: "vigil-sample", "dist-tags": { latest: "3.2.1" }, versions: { "3.2.1": { name: "vigil-sample", version: "3.2.1", dist: { tarball: "http://x/" } } } }) };
      return { status: 200, body: "OPEN\n" };
    });
  });
  beforeEach(() => {
    shut.visits = 0;
    open.requests.length = 0;
  });
  after(async () => {
    for (const { server } of [open, shut]) {
      server.closeAllConnections();
      server.close();
    }
    await fixture.remove();
  });

  const walls = (changes: Partial<Walls> = {}): Walls => ({ ...fixture.walls, hosts: [`127.0.0.1:${open.port}`], ...changes });
  async function run(command: string, changes: Partial<Walls> = {}): Promise<{ readonly result: CommandResult; readonly text: string }> {
    const env = { OPEN: `127.0.0.1:${open.port}`, SHUT: `127.0.0.1:${shut.port}`, SHUT_PORT: `${shut.port}` };
    const result = await runConfined(sandbox, walls({ env, ...changes }), command, { timeoutMs: 60_000 });
    assert.equal(result.notStarted, undefined);
    return { result, text: new TextDecoder().decode(result.output).trimEnd() };
  }
  async function check(command: string, expected: string | RegExp, changes: Partial<Walls> = {}): Promise<void> {
    const { text } = await run(command, changes);
    if (typeof expected === "string") assert.equal(text, expected);
    else assert.match(text, expected);
    assert.equal(shut.visits, 0, "the host that is not allowed was reached");
  }

  it("can be opened here: the self-test of that passes, with every probe of the walls in it", async () => {
    const [base, { passed, remedy, probes }] = [await sandbox.selfTest(), await sandbox.hostsTest()];
    assert.deepEqual({ passed, remedy, failed: probes.filter((probe) => !probe.passed) }, { passed: true, remedy: undefined, failed: [] });
    const names = new Set(probes.map(({ name }) => name));
    assert.deepEqual(base.probes.filter(({ name }) => !names.has(name)), []);
    assert.ok(probes.length >= base.probes.length + 8);
  });

  describe("serve what is useful", () => {
    it("curl", () => check('curl -sS "http://$OPEN/a"', "OPEN"));
    it("curl through a tunnel", () => check('curl -sS --proxytunnel "http://$OPEN/a"', "OPEN"));
    it("curl over SOCKS", () => check('curl -sS --proxy socks5h://127.0.0.1:3128 "http://$OPEN/a"', "OPEN"));
    it("fetch of Node, where this Node can use a proxy", async () => {
      const can = Number(process.versions.node.split(".")[0]) >= 24;
      await check(`node -e 'fetch("http://" + process.env.OPEN).then((r) => r.text()).then((t) => console.log(t.trim()), (e) => console.log("failed"))'`, can ? "OPEN" : /OPEN|failed/);
    });
    it("npm", () => check('npm view vigil-sample version --registry "http://$OPEN/" --cache /tmp/npm', "3.2.1"));
    it("many connections at once", () => check('for n in $(seq 40); do curl -sS "http://$OPEN/$n" & done | sort | uniq -c; wait', /^\s*40 OPEN$/));
    it("a large body, both ways whole", () => check('head -c 3000000 /dev/zero | curl -sS -o /dev/null -w "%{http_code}" --data-binary @- "http://$OPEN/"', "200"));
    it("servers of the program's own, which stay in its network", () =>
      check(`node -e 'const s = require("http").createServer((q, r) => r.end("own")).listen(8123, "127.0.0.1", () => require("child_process").exec("curl -sS http://localhost:8123/", (e, out) => { console.log(out); s.close(); process.exit(); }))'`, "own"));
    it("and record what was reached and refused, without content", async () => {
      const { result } = await run('curl -s "http://$OPEN/secret"; curl -s "http://$OPEN/secret"; curl -s "http://$SHUT/"; curl -s http://elsewhere.example/');
      assert.deepEqual(result.contacts, [
        { host: "127.0.0.1", port: open.port, count: 2 },
        { host: "127.0.0.1", port: shut.port, count: 1, refused: "not among the allowed hosts" },
        { host: "elsewhere.example", port: 80, count: 1, refused: "not among the allowed hosts" },
      ]);
    });
    it("and keep the record small when a program tries a thousand names", async () => {
      const { result } = await run(`node -e 'const net = require("net"); let left = 1000; for (let n = 0; n < 1000; n++) { const s = net.connect(3128, "127.0.0.1", () => s.end("GET http://name" + n + ".example/ HTTP/1.0\\r\\n\\r\\n")); s.resume(); s.on("error", () => {}); s.on("close", () => { if (--left === 0) process.exit(); }); }'`);
      assert.ok(result.contacts.length <= 61, `${String(result.contacts.length)} entries`);
    });
  });

  describe("open nothing else", () => {
    it("another port of the same address", () => check('curl -sS -o /dev/null -w "%{http_code}" "http://$SHUT/"', "403"));
    it("a redirect to another port", () => check('curl -sSL -o /dev/null -w "%{http_code}" "http://$OPEN/away"', "403"));
    it("a direct connection, with and without the variables", async () => {
      for (const without of ["env -u http_proxy -u HTTP_PROXY -u ALL_PROXY -u all_proxy", "env -i"]) {
        await check(`${without} /usr/bin/curl -s -m 5 "http://$OPEN/"; echo $?; ${without} /usr/bin/curl -s -m 5 "http://$SHUT/"; echo $?`, "7\n7");
      }
      assert.deepEqual(open.requests, []);
    });
    it("the machine's own addresses, IPv4 and IPv6, loopback or not", async () => {
      const far = Object.values(networkInterfaces()).flatMap((list) => list ?? []).map(({ address }) => address.split("%")[0] ?? "");
      const all = [...new Set([...far, "::1", "0.0.0.0", "::", "169.254.169.254", "8.8.8.8", "2001:4860:4860::8888"])];
      const program = `const net = require("net"); (async () => { for (const host of ${JSON.stringify(all)}) for (const port of [${shut.port}, ${open.port}, 53, 22]) { const met = await new Promise((done) => { const s = net.connect({ host, port, timeout: 500 }); s.on("connect", () => done(true)); s.on("error", () => done(false)); s.on("timeout", () => { s.destroy(); done(false); }); }); if (met) console.log("met", host, port); } console.log("done"); })()`;
      await check(`node -e '${program}'`, "done");
    });
    it("datagrams, and the machine's resolver", async () => {
      await check(`node -e 'const s = require("dgram").createSocket("udp4"); s.on("error", () => {}); s.send("x", 53, "8.8.8.8", (e) => { console.log(e ? e.code : "sent"); s.close(); })'`, "ENETUNREACH");
      await check("getent hosts example.com; echo $?", "2");
    });
    it("sockets of the machine in the file system and in the abstract name space", async () => {
      const [file, abstract] = [await listen(`${fixture.out}/daemon.sock`), await listen(`\0vigil-hosts-${String(process.pid)}`)];
      const program = `const net = require("net"); let left = 2; for (const path of ["${fixture.out}/daemon.sock", "\\0vigil-hosts-${process.pid}"]) { let s; try { s = net.connect({ path }); } catch { } s?.on("connect", () => console.log("met")); s?.on("error", () => { if (--left === 0) console.log("none"); }); }`;
      await check(`node -e '${program}'`, "none");
      assert.deepEqual([file.visits(), abstract.visits()], [0, 0]);
      file.server.close();
      abstract.server.close();
    });
    it("a change of its network", () => check("ip link add v0 type dummy 2>&1; ip addr add 10.9.9.9/8 dev lo 2>&1; nsenter --net=/proc/1/ns/net true 2>&1; unshare -n true 2>&1", /^(?:.*(?:not permitted|not found|denied|Cannot|cannot).*\n?)+$/));
    it("a raw socket", () => check(`python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)' 2>&1 || node -e 'console.log("PermissionError")'`, /PermissionError|not permitted|not found/));

    it("through the proxy, whatever is sent to it", async () => {
      const { text } = await run(rawProgram(RAW_CASES.map(({ bytes }) => bytes({ open: open.port, shut: shut.port }))));
      const answers = z.array(z.string()).parse(JSON.parse(text));
      const wrong = RAW_CASES.flatMap(({ name, answer }, n) => (answer.test(answers[n] ?? "no answer") ? [] : [`${name}: ${answers[n] ?? "no answer"}`]));
      assert.deepEqual({ wrong, visits: shut.visits, stolen: open.requests.filter((line) => line.includes("/stolen")) }, { wrong: [], visits: 0, stolen: [] });
    });
  });

  describe("are each program's own", () => {
    it("a program without hosts has no proxy", () => check('(exec 3<>/dev/tcp/127.0.0.1/3128) 2>/dev/null && echo met; echo "${HTTP_PROXY:-none}"', "none", { hosts: [] }));
    it("two programs at a time have two lists", async () => {
      const other = { hosts: [`127.0.0.1:${shut.port}`] };
      const ask = 'sleep 0.2; curl -sS -o /dev/null -w "%{http_code} " "http://$OPEN/"; curl -sS -o /dev/null -w "%{http_code}" "http://$SHUT/"';
      const [one, two] = await Promise.all([run(ask), run(ask, other)]);
      assert.deepEqual([one.text, two.text], ["200 403", "403 200"]);
    });
    it("what a program leaves in the background ends with it, and with it its connections", async () => {
      await run(`(while :; do curl -s "http://$OPEN/later"; done) >/dev/null 2>&1 &\nsleep 0.3`);
      // A request that was on its way when its program ended may still arrive; one that goes on would send many more.
      await run("true");
      const seen = open.requests.length;
      assert.ok(seen > 0);
      await new Promise((done) => setTimeout(done, 500));
      assert.equal(open.requests.length, seen);
    });
    it("no port of the machine leads to the proxy", async () => {
      const confined = await sandbox.spawn(walls(), ["/bin/bash", "--noprofile", "--norc", "-c", "echo up; read -r line"]);
      await new Promise((done) => confined.stdout.once("data", done));
      const met = await new Promise<boolean>((done) => {
        const socket = connect({ port: 3128, host: "127.0.0.1" });
        socket.once("connect", () => { socket.destroy(); done(true); });
        socket.once("error", () => { done(false); });
      });
      await confined.kill();
      assert.equal(met, false);
    });
    it("without their program nothing is opened, and it is said why", async () => {
      const bare = bubblewrapSandbox({ home: fixture.home, layersFolder: fixture.base });
      const { passed, remedy } = await bare.hostsTest();
      assert.deepEqual([passed, /network stays shut/.test(remedy ?? "")], [false, true]);
      await assert.rejects(bare.spawn(walls(), ["/bin/true"]), /Single hosts cannot be opened/);
    });
    it("with broken proxies nothing is opened either", async () => {
      const broken = bubblewrapSandbox({ home: fixture.home, layersFolder: fixture.base, hostsScript: `${fixture.base}/missing.mjs` });
      await assert.rejects(broken.spawn(walls(), ["/bin/true"]), /Single hosts cannot be opened on this machine.*proxies could not be started/s);
      assert.equal((await broken.selfTest()).passed, true);
    });
  });
});
