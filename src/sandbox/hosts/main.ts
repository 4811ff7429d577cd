// The program that holds the proxies, apart from the runner: it reads what hostile programs send, so it has neither the
// run's key nor its log, and no variable of the machine's. It ends with the runner, and listens nowhere on the machine.
import { Server } from "node:net";
import { openProxy, type Proxy } from "./proxy.js";
import { requestSchema, type Reply, type Request } from "./protocol.js";
import type { Contact } from "../sandbox.js";

interface Served {
  readonly server: Server;
  readonly proxy: Proxy;
}

function main(): void {
  const served = new Map<number, Served>();
  process.on("message", (message, handle) => {
    const request = requestSchema.parse(message);
    void answer(request, handle, served).then((contacts) => { say({ kind: request.kind, id: request.id, contacts }); });
  });
  process.once("disconnect", () => { process.exit(0); });
}

async function answer(request: Request, handle: unknown, served: Map<number, Served>): Promise<Contact[]> {
  if (request.kind === "serve") {
    if (!(handle instanceof Server)) throw new Error("a network came without its listening socket");
    const proxy = openProxy(request.hosts);
    handle.on("connection", (socket) => { proxy.take(socket); });
    served.set(request.id, { server: handle, proxy });
    return [];
  }
  const found = served.get(request.id);
  if (found === undefined) return [];
  const contacts = found.proxy.contacts();
  if (request.kind === "shut") {
    served.delete(request.id);
    found.server.close();
    await found.proxy.close();
  }
  return contacts;
}

function say(reply: Reply): void {
  process.send?.(reply);
}

main();
