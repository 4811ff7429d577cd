// The variables by which programs find the proxy. They are a convenience, never a wall: a program that ignores them
// reaches nothing.
import { loopbackNames } from "../../core/policy/host.js";
import { PROXY } from "./protocol.js";

/** What stays inside the sandbox's own network: servers that the program itself starts. */
const OWN = ["localhost", "127.0.0.1", "::1"];

const NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] as const;

/** None where no host is open. `port`: the proxy's, where it is not in a network of its own. */
export function proxyVariables(hosts: readonly string[], port: number = PROXY.port): Readonly<Record<string, string>> {
  if (hosts.length === 0) return {};
  // A name of this machine that policy opens is reached through the proxy; its other names stay the program's own.
  const through = loopbackNames(hosts);
  const around = OWN.filter((name) => !through.includes(name)).join(",");
  return {
    ...Object.fromEntries(NAMES.map((name) => [name, `http://${PROXY.address}:${port}`])),
    NO_PROXY: around,
    no_proxy: around,
    // Node reads the others only where this says so.
    NODE_USE_ENV_PROXY: "1",
  };
}
