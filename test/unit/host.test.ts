// Hosts as policy names them: what may be written, what each entry matches, and what programs are told of the proxy.
import assert from "node:assert/strict";
import fc from "fast-check";
import { hostAllowed, hostCovered, hostProblem } from "../../src/core/policy/host.js";
import { parseSettings } from "../../src/core/policy/parse.js";
import { proxyVariables } from "../../src/sandbox/hosts/environment.js";

describe("a host in policy", () => {
  const check = (text: string, problem: RegExp | undefined): void => {
    const found = hostProblem(text);
    if (problem === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "no problem", problem);
  };
  for (const good of ["registry.example.com", "localhost", "localhost:8080", "*.example.com", "*.example.com:443", "10.0.0.7", "127.0.0.1:1", "a_b.example", "xn--bcher-kva.example", "UPPER.example:65535"]) {
    it(`may be ${good}`, () => { check(good, undefined); });
  }
  for (const [bad, why] of [
    ["", /host name/], ["https://a.example", /no scheme/], ["a.example/x", /no path/], ["user@a.example", /host alone/], ["a b", /no spaces/],
    ["*", /beginning/], ["*.com", /two names/], ["a.*.example", /beginning/], ["*a.example", /beginning/], ["*.10.0.0.1", /four numbers/],
    ["a.example.", /without a dot/], [".a.example", /host name/], ["a..example", /host name/], ["-a.example", /host name/], [`${"a".repeat(64)}.example`, /host name/],
    ["a.example:0", /1 to 65535/], ["a.example:65536", /1 to 65535/], ["a.example:", /1 to 65535/], ["a.example:080", /1 to 65535/], ["a.example:443:1", /IPv6/],
    ["[::1]", /IPv6/], ["::1", /IPv6/], ["2130706433", /four numbers/], ["127.1", /four numbers/], ["0x7f.0.0.1", /four numbers/], ["0177.0.0.1", /four numbers/], ["1.2.3.256", /four numbers/], ["1.2.3.04", /four numbers/],
    ["b\u00fccher.example", /xn--/], ["a\u200bb.example", /xn--/], ["a.example\n", /no spaces/], ["a \u2229 b", /no spaces/],
  ] as const) {
    it(`may not be ${JSON.stringify(bad)}`, () => { check(bad, why); });
  }
  it("is refused in a settings file by its key and place, with what to write", () =>
    assert.throws(() => parseSettings('{\n"vigil.policy.networkHosts": ["a.example",\n"https://b.example/"],\n"vigil.policy.worktree.setupHosts": ["*"]}', "settings.json"), /settings\.json:3: "vigil\.policy\.networkHosts" at \[1\].*"https:\/\/b\.example\/"; use a host alone.*settings\.json:4: "vigil\.policy\.worktree\.setupHosts" at \[0\]/s));
});

describe("an allowed host", () => {
  const check = (entries: readonly string[], host: string, port: number, expected: boolean): void => assert.equal(hostAllowed(entries, host, port), expected);
  it("is the exact name, in any case, at any port unless one is named", () => {
    check(["Registry.Example"], "registry.example", 443, true);
    check(["registry.example:443"], "registry.example", 443, true);
    check(["registry.example:443"], "registry.example", 80, false);
    check(["registry.example"], "evil-registry.example", 443, false);
    check(["registry.example"], "a.registry.example", 443, false);
    check(["registry.example"], "registry.example.evil", 443, false);
    check(["127.0.0.1:80"], "127.0.0.1", 80, true);
    check(["127.0.0.1:80"], "127.0.0.2", 80, false);
  });
  it("is any name below a pattern, but neither the name itself nor an address", () => {
    check(["*.example.com"], "a.example.com", 1, true);
    check(["*.example.com"], "a.b.example.com", 1, true);
    check(["*.example.com"], "example.com", 1, false);
    check(["*.example.com"], "aexample.com", 1, false);
    check(["*.example.com"], ".example.com", 1, false);
    check(["*.example.com:443"], "a.example.com", 80, false);
  });
  it("must be allowed by every level that says anything", () => {
    check(["*.example.com \u2229 a.example.com:443"], "a.example.com", 443, true);
    check(["*.example.com \u2229 a.example.com:443"], "a.example.com", 80, false);
    check(["*.example.com \u2229 a.example.com:443"], "b.example.com", 443, false);
  });
  it("is none where an entry cannot be read, and none in an empty list", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.domain(), fc.integer({ min: 1, max: 65535 }), (entry, host, port) => {
      if (hostProblem(entry) !== undefined) check([entry], host, port, false);
      check([], host, port, false);
    }));
  });
  it("is covered by what allows it whole: never more than every connection that it stands for", () => {
    const covered = (entries: readonly string[], asked: string): boolean => hostCovered(entries, asked);
    assert.deepEqual(
      [covered(["*.example.com"], "a.example.com:443"), covered(["a.example.com:443"], "a.example.com"), covered(["*.example.com"], "*.b.example.com"), covered(["*.b.example.com"], "*.example.com"), covered(["*.example.com"], "example.com"), covered(["a.example"], "https://a.example")],
      [true, false, true, false, false, false],
    );
    const entry = fc.tuple(fc.constantFrom("", "*."), fc.constantFrom("example.com", "a.example.com", "b.a.example.com"), fc.constantFrom("", ":443", ":80")).map((parts) => parts.join(""));
    fc.assert(fc.property(fc.array(entry, { maxLength: 3 }), entry, fc.constantFrom("example.com", "a.example.com", "b.a.example.com", "c.b.a.example.com"), fc.constantFrom(80, 443, 8080), (entries, asked, host, port) => {
      if (hostCovered(entries, asked) && hostAllowed([asked], host, port)) check(entries, host, port, true);
    }));
  });
});

describe("the variables of a proxy", () => {
  it("are none without hosts", () => assert.deepEqual(proxyVariables([]), {}));
  it("leave a program's own servers to it", () => assert.deepEqual([proxyVariables(["a.example"])["NO_PROXY"], proxyVariables(["a.example"])["HTTPS_PROXY"]], ["localhost,127.0.0.1,::1", "http://127.0.0.1:3128"]));
  it("lead to those names of this machine that policy opens", () => assert.equal(proxyVariables(["127.0.0.1:5432", "localhost"])["no_proxy"], "::1"));
});
