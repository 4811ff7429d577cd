// Names that lead elsewhere than they say: whoever controls an allowed name's records must not reach this machine, its
// neighbours or a cloud's metadata through it. The proxy as it is, on a real socket; only the resolver answers on order.
import assert from "node:assert/strict";
import { createServer, get, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { openProxy, type Proxy } from "../../src/sandbox/hosts/proxy.js";

describe("an allowed name", function () {
  this.timeout(60_000);
  let target: Server;
  let port: number;
  let visits = 0;
  before(async () => {
    target = createServer((_request, response) => response.end("TARGET"));
    target.on("connection", () => { visits += 1; });
    await new Promise<void>((done) => { target.listen(0, "127.0.0.1", done); });
    port = (target.address() as AddressInfo).port;
  });
  after(() => {
    target.closeAllConnections();
    target.close();
  });

  /** Asks a proxy with these hosts for a name that resolves as given. */
  async function check(hosts: readonly string[], name: string, addresses: readonly string[], expected: { readonly status: number; readonly reached: boolean; readonly refused?: RegExp }): Promise<void> {
    visits = 0;
    const proxy: Proxy = openProxy(hosts, { resolve: (_name, _options, callback) => { callback(null, addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))); } });
    const server = createTcpServer((socket) => { proxy.take(socket); });
    await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
    const status = await new Promise<number | undefined>((done, fail) => {
      const request = get({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, path: `http://${name}:${String(port)}/`, headers: { host: name }, agent: false }, (response) => {
        response.resume().once("end", () => { done(response.statusCode); });
      });
      request.once("error", fail);
    });
    const contacts = proxy.contacts();
    const refused = contacts.flatMap((contact) => contact.refused ?? []).join("; ");
    assert.equal(contacts.length, 1);
    await proxy.close();
    server.close();
    assert.deepEqual({ status, reached: visits > 0 }, { status: expected.status, reached: expected.reached });
    if (expected.refused === undefined) assert.equal(refused, "");
    else assert.match(refused, expected.refused);
  }
  const REFUSED = { status: 403, reached: false } as const;

  for (const [address, why] of [
    ["127.0.0.1", /a loopback address/], ["127.8.8.8", /a loopback address/], ["::1", /a loopback address/], ["::ffff:127.0.0.1", /a loopback address/], ["64:ff9b::7f00:1", /a loopback address/], ["2002:7f00:1::", /a loopback address/],
    ["0.0.0.0", /an unspecified address/], ["::", /an unspecified address/], ["169.254.169.254", /a link-local address/], ["fe80::1", /a link-local address/],
    ["100.100.100.200", /a cloud metadata address/], ["fd00:ec2::254", /a cloud metadata address/], ["224.0.0.1", /a multicast address/], ["255.255.255.255", /the broadcast address/],
  ] as const) {
    it(`cannot lead to ${address}`, () => check(["rebound.example"], "rebound.example", [address], { ...REFUSED, refused: why }));
    it(`cannot lead to ${address} below a pattern`, () => check(["*.rebound.example"], "x.rebound.example", [address], { ...REFUSED, refused: why }));
  }
  it("goes only where it may, when it resolves to several addresses and the first is refused", () => check(["mixed.example", "127.0.0.1"], "mixed.example", ["169.254.169.254", "127.0.0.1"], { status: 200, reached: true }));
  it("may lead to an address that policy names itself, at that port alone", async () => {
    await check(["rebound.example", `127.0.0.1:${String(port)}`], "rebound.example", ["127.0.0.1"], { status: 200, reached: true });
    await check(["rebound.example", `127.0.0.1:${String(port === 1 ? 2 : 1)}`], "rebound.example", ["127.0.0.1"], { ...REFUSED, refused: /a loopback address/ });
  });
  it("that stands for this machine leads to this machine and nowhere else", async () => {
    await check([`localhost:${String(port)}`], "localhost", ["127.0.0.1"], { status: 200, reached: true });
    await check([`localhost:${String(port)}`], "localhost", ["93.184.216.34"], { ...REFUSED, refused: /a non-loopback address/ });
  });
});
