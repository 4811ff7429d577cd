// Gives a confined program a network of its own whose only way out is a proxy: a listening socket is made in that network
// and handed to the process with the proxies. Nothing that could be abused stays behind in the network.
import type { ChildProcess } from "node:child_process";
import { Server } from "node:net";
import { HumanError } from "../../core/error.js";
import type { Engine, Opened } from "./engine.js";
import { PROXY } from "./protocol.js";

/** The channel over which the socket travels; the launcher's own descriptors lie below it. */
const CHANNEL_DESCRIPTOR = 6;

/** Runs in the new network with the machine's Node: listens, hands the socket over, waits for the word, and is gone. */
const LISTEN = `
const server = require("node:net").createServer();
server.once("error", (error) => { console.error("the proxy's port cannot be had: " + error.message); process.exit(1); });
process.once("message", () => process.exit(0));
process.once("disconnect", () => process.exit(1));
server.listen({ host: "${PROXY.address}", port: ${PROXY.port}, backlog: 128 }, () => process.send("listening", server));
`;

/** A bash program. Arguments: the Node, the script for it, then the command to become, which gets no trace of the channel. */
const ENTER = `
"$1" -e "$2" || { echo "the network of the sandbox could not be made" >&2; exit 97; }
shift 2
exec ${CHANNEL_DESCRIPTOR}>&-
unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE NODE_CHANNEL_FAST_PATH
exec "$@"
`;

/** The command, behind what makes the way out of its network. It must be run in a network namespace of its own. */
export function entering(node: string, command: readonly string[]): readonly string[] {
  return ["/bin/bash", "--noprofile", "--norc", "-c", ENTER, "vigil-enter", node, LISTEN, ...command];
}

/**
 * Hands the network over before the confined program may begin. Undefined when the launcher ended first: it says why on
 * its standard error.
 */
export async function openNetwork(child: ChildProcess, engine: Engine, hosts: readonly string[]): Promise<Opened | undefined> {
  const server = await listening(child);
  if (server === undefined) return undefined;
  try {
    const opened = await engine.serve(server, hosts);
    if (child.connected) child.send("go");
    return opened;
  } catch (error) {
    child.kill("SIGKILL");
    if (error instanceof HumanError) throw error;
    throw new HumanError(`Hosts cannot be opened: ${error instanceof Error ? error.message : String(error)}. Run \`vigil doctor\`; until then the network stays shut.`);
  } finally {
    if (child.connected) child.disconnect();
  }
}

function listening(child: ChildProcess): Promise<Server | undefined> {
  return new Promise((resolve) => {
    child.once("message", (_message, handle) => { resolve(handle instanceof Server ? handle : undefined); });
    child.once("exit", () => { resolve(undefined); });
    child.once("error", () => { resolve(undefined); });
  });
}
