// The proxy of one confined program: the HTTP and SOCKS proxies and the address guard of sandbox-runtime, with our list of
// hosts. It must never let through what the list does not name, nor a name that leads to this machine or its neighbours.
import { isIP, type LookupFunction, type Socket } from "node:net";
import { createHttpProxyServer } from "@anthropic-ai/sandbox-runtime/dist/sandbox/http-proxy.js";
import { canonicalizeHost, isValidHost } from "@anthropic-ai/sandbox-runtime/dist/sandbox/parent-proxy.js";
import { createResolvedAddressGuard, isResolvedAddressDenied, type Resolver } from "@anthropic-ai/sandbox-runtime/dist/sandbox/resolved-address-guard.js";
import { createSocksProxyServer } from "@anthropic-ai/sandbox-runtime/dist/sandbox/socks-proxy.js";
import { BOTH } from "../../core/policy/all-of.js";
import { hostAllowed } from "../../core/policy/host.js";
import { Contacts } from "./contacts.js";
import type { Contact } from "../sandbox.js";

export interface Proxy {
  /** Serves one connection of the confined program. */
  take(socket: Socket): void;
  /** What was let through or refused since the last time. */
  contacts(): Contact[];
  /** Ends every connection. */
  close(): Promise<void>;
}

/** SOCKS versions; every request of HTTP begins with a letter. */
const SOCKS: ReadonlySet<number> = new Set([4, 5]);
/** Connections at a time: enough for a package manager, too few to take all of this process's descriptors. */
const MOST = 512;
const FIRST_BYTE_MS = 10_000;

/** `resolve`: how names are looked up; the system's resolver by default. */
export function openProxy(hosts: readonly string[], { resolve }: { readonly resolve?: Resolver } = {}): Proxy {
  const contacts = new Contacts();
  const open = new Set<Socket>();
  // An address that policy names itself may also be reached by a name.
  const guard = createResolvedAddressGuard({ allowedDomains: hosts.filter((entry) => !entry.includes(BOTH)), ...(resolve === undefined ? {} : { resolve }) });

  const filter = (port: number, host: string): boolean => {
    const name = isValidHost(host) ? canonicalizeHost(host) : undefined;
    if (name !== undefined && hostAllowed(hosts, name, port)) {
      // A name is counted when it is looked up, because only then is it known whether it may be dialled.
      if (isIP(name) !== 0) contacts.reached(name, port);
      return true;
    }
    contacts.refused(host, port, name === undefined ? "not a host name" : "not among the allowed hosts");
    return false;
  };
  const lookupFor = (port: number): LookupFunction => {
    const lookup = guard.lookupFor(port);
    return (name, options, callback) => {
      lookup(name, options, (error, address, family) => {
        if (isResolvedAddressDenied(error)) contacts.refused(name, port, error.reason);
        else contacts.reached(name, port);
        callback(error, address, family);
      });
    };
  };
  const http = createHttpProxyServer({ filter, lookupFor });
  const socks = createSocksProxyServer({ filter: (port, host) => Promise.resolve(filter(port, host)), lookupFor });

  return {
    take(socket) {
      if (open.size >= MOST) {
        socket.destroy();
        return;
      }
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      // A program that is killed in the middle resets its connections.
      socket.on("error", () => socket.destroy());
      const late = setTimeout(() => socket.destroy(), FIRST_BYTE_MS);
      socket.once("close", () => { clearTimeout(late); });
      socket.once("readable", () => {
        clearTimeout(late);
        const first: unknown = socket.read(1);
        if (!(first instanceof Uint8Array)) {
          socket.destroy();
          return;
        }
        socket.unshift(first);
        if (SOCKS.has(first[0] ?? 0)) socks.handleConnection(socket);
        else http.emit("connection", socket);
      });
    },
    contacts: () => contacts.drain(),
    async close() {
      for (const socket of open) socket.destroy();
      http.closeAllConnections();
      await socks.close();
    },
  };
}
