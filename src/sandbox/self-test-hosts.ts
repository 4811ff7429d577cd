// Proves at start-up that a single host can be opened here, and that nothing else is open then: the walls are attacked once
// more with their network in place, and two servers of this machine are asked for, of which one is allowed.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { HumanError } from "../core/error.js";
import type { Confined, Probe, SelfTest, Walls } from "./sandbox.js";
import { failures, outputOf } from "./self-test.js";
import { HOSTS_SCRIPT } from "./self-test-scripts.js";

export const PROXIES = "sandbox-runtime's proxies";

/** Starts a program whose walls open hosts. */
type HostsStart = (walls: Walls, command: readonly string[]) => Promise<Confined>;

/**
 * `folder`: where the fixture may lie. `again`: the whole self-test, with these hosts open. Never rejects for what a machine
 * lacks.
 */
export async function testHosts(backend: string, start: HostsStart, folder: string, again: (hosts: readonly string[]) => Promise<SelfTest>): Promise<SelfTest> {
  const before = performance.now();
  const [open, shut] = [await listen(), await listen()];
  const fixture = mkdtempSync(join(folder, "vigil-hosts-test-"));
  try {
    const hosts = [`127.0.0.1:${open.port}`];
    const [tested, asked] = await Promise.all([again(hosts), ask(start, fixture, open, shut, hosts)]);
    const probes = [...tested.probes, ...asked];
    const ms = Math.round(performance.now() - before);
    const failed = failures(probes);
    if (failed === "") return { backend, passed: true, probes, ms };
    return { backend, passed: false, probes, ms, remedy: `Single hosts cannot be opened on this machine: ${failed}. Until \`vigil doctor\` says otherwise the network stays shut; report this.` };
  } finally {
    rmSync(fixture, { recursive: true, force: true });
    for (const { server } of [open, shut]) {
      server.closeAllConnections();
      server.close();
    }
  }
}

interface Listener {
  readonly server: Server;
  readonly port: number;
  requests: number;
}

async function ask(start: HostsStart, fixture: string, open: Listener, shut: Listener, hosts: readonly string[]): Promise<readonly Probe[]> {
  const env = { VIGIL_OPEN_PORT: `${open.port}`, VIGIL_SHUT_PORT: `${shut.port}` };
  const walls: Walls = { root: fixture, tree: { kind: "read" }, layers: [], git: undefined, hidden: [], readOnly: [], reads: [], env, hosts };
  let output: string;
  try {
    output = (await outputOf(await start(walls, ["/bin/bash", "--noprofile", "--norc", "-c", HOSTS_SCRIPT]))).toString();
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    return [{ name: "a program with a proxy starts", passed: false, detail: error.message }];
  }
  const said = new Map(output.split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1).trim()] as const));
  const expect = (name: string, key: string, wanted: string): Probe => {
    const got = said.get(key) ?? "no answer";
    return got === wanted ? { name, passed: true } : { name, passed: false, detail: `answered ${got}` };
  };
  const state = (name: string, passed: boolean): Probe => (passed ? { name, passed } : { name, passed, detail: "it is otherwise" });
  return [
    expect("an allowed host is reached through the proxy", "open", "200 canary"),
    expect("another port of the same host is refused", "shut", "403"),
    expect("a tunnel to another port is refused", "tunnel", "403"),
    expect("a host that is not allowed is refused", "name", "403"),
    expect("the allowed host is out of reach without the proxy", "direct", "no"),
    expect("other hosts are out of reach without the proxy", "direct-shut", "no"),
    state("the allowed server was asked exactly once", open.requests === 1),
    state("the other server heard nothing", shut.requests === 0),
  ];
}

async function listen(): Promise<Listener> {
  const server = createServer((_request, response) => {
    response.end("CANARY\n");
  });
  const listener = { server, port: 0, requests: 0 };
  server.on("connection", () => {
    listener.requests += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  server.unref();
  // A TCP server that listens has an address of this shape.
  return Object.assign(listener, { port: (server.address() as AddressInfo).port });
}
