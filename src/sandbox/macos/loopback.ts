// The way out where a program has no network of its own: a port of this machine's loopback, at which the proxies listen for
// one confined program. Its profile names this port and no other, so it reaches neither another program's nor a service.
import { createServer } from "node:net";
import { HumanError } from "../../core/error.js";
import type { Engine, Opened } from "../hosts/engine.js";
import { PROXY } from "../hosts/protocol.js";

export interface Way {
  readonly port: number;
  readonly opened: Opened;
}

/** Rejects with HumanError when the proxies cannot be had. */
export async function openLoopback(engine: Engine, hosts: readonly string[]): Promise<Way> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => { reject(new HumanError(`Hosts cannot be opened: no port of this machine can be listened at (${error.message}). Until \`vigil doctor\` says otherwise the network stays shut.`)); });
    server.listen(0, PROXY.address, resolve);
  });
  const bound = server.address();
  if (typeof bound !== "object" || bound === null) throw new Error("a listening server has no port");
  return { port: bound.port, opened: await engine.serve(server, hosts) };
}
