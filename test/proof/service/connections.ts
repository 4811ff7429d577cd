// What may be wrong before a request has even arrived: nobody there, no such name, no trust, no TLS. The run waits and says
// why, and goes on once the service can be reached: by itself, or after a person corrected the address and resumed it.
import { createServer as createSecureServer } from "node:https";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startScriptedModel, type ScriptedModel } from "../../../src/agent/scripted/server.js";
import { KEY, VALID } from "./certificates.js";
import { judgeNight } from "./judge-night.js";
import { against, resumed, task } from "./night.js";

/** Tries before the person stops the run, or before the service is back. */
const TRIES = 3;

/** What is wrong with each case, by its name; an empty list where nothing is. */
export async function connectionProblems(): Promise<ReadonlyMap<string, readonly string[]>> {
  const secure = await listening(createSecureServer({ key: KEY, cert: VALID }, (_request, response) => response.end()));
  const open = await listening(createServer((_request, response) => response.end()));
  try {
    return new Map([
      ["nobody listens for a while", await comesBack()],
      ["no such name", await stopped("http://model.invalid", /cannot be reached \((?:ENOTFOUND|EAI_AGAIN)\)/)],
      ["a certificate that nobody trusts", await stopped(`https://localhost:${String(secure.port)}`, /does not prove that it is the one it says \(\w+\)\. .*NODE_EXTRA_CA_CERTS/)],
      ["plain HTTP on a port for TLS", await stopped(`http://127.0.0.1:${String(secure.port)}`, /cannot be reached/)],
      ["TLS on a port for plain HTTP", await stopped(`https://127.0.0.1:${String(open.port)}`, /does not speak TLS \(\w+\)\. .*http:\/\//)],
    ]);
  } finally {
    await secure.close();
    await open.close();
  }
}

/** The same port answers again later, as when a server is restarted. */
async function comesBack(): Promise<readonly string[]> {
  const before = await startScriptedModel(task(0, []));
  const port = Number(new URL(before.url).port);
  await before.close();
  let back: Promise<ScriptedModel> | undefined;
  const requests: ScriptedModel["requests"][number][] = [];
  const bench = {
    slept: (now: { readonly sleeps: readonly number[] }): void => {
      if (now.sleeps.length === TRIES) back ??= startScriptedModel(task(0, []), { port });
    },
  };
  const played = await against({ url: before.url, requests }, { bench });
  const after = await back;
  requests.push(...(after?.requests ?? []));
  await after?.close();
  return judgeNight(played, { counted: 0, why: /cannot be reached \(ECONNREFUSED\)/ });
}

/** A person stops the run after a while, and resumes it with an address that works. */
async function stopped(url: string, why: RegExp): Promise<readonly string[]> {
  const stop = new AbortController();
  const bench = {
    slept: (now: { readonly sleeps: readonly number[] }): void => {
      if (now.sleeps.length === TRIES) stop.abort("A person stopped it.");
    },
  };
  const before = await against({ url, requests: [] }, { bench, signal: stop.signal });
  const problems = before.end.kind === "stopped" ? [] : [`it ended as ${before.end.kind} before it was stopped`];
  return [...problems, ...judgeNight(await resumed(before), { counted: 0, why })];
}

async function listening(server: Server): Promise<{ readonly port: number; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
