// The runner's side of the proxies: starts their process with the first network that needs it and hands networks over. A
// network whose proxies are gone reaches nothing; it is never served by anything else.
import { fork, type ChildProcess } from "node:child_process";
import { Socket, type Server } from "node:net";
import { HumanError } from "../../core/error.js";
import type { Contact } from "../sandbox.js";
import { replySchema, type Reply, type Request } from "./protocol.js";

/** The proxies of one confined program. */
export interface Opened {
  /** What was let through or refused since the last time; also once it is shut. */
  contacts(): Promise<readonly Contact[]>;
  /** Ends every connection. */
  shut(): Promise<void>;
}

export interface Engine {
  /** Takes the listening socket over. Rejects with HumanError when the proxies cannot be had. */
  serve(server: Server, hosts: readonly string[]): Promise<Opened>;
}

export interface EngineOptions {
  /** Absolute path of the bundled program. */
  readonly script: string;
  /** The Node that runs it. */
  readonly node: string;
}

const ANSWER_MS = 10_000;

/** Starts nothing yet. */
export function hostsEngine(options: EngineOptions): Engine {
  let child: Line | undefined;
  let last = 0;
  return {
    async serve(server, hosts) {
      child = child?.alive() === true ? child : startLine(options);
      const line = child;
      const id = (last += 1);
      const reply = await line.ask({ kind: "serve", id, hosts: [...hosts] }, server);
      server.close();
      if (reply === undefined) throw new HumanError(`Hosts cannot be opened: the proxies could not be started${line.complaint()}. Run \`vigil doctor\`; until then the network stays shut.`);
      let rest: Contact[] = [];
      let ending: Promise<void> | undefined;
      const end = async (): Promise<void> => {
        rest = (await line.ask({ kind: "shut", id }))?.contacts ?? [];
      };
      return {
        async contacts() {
          await ending;
          const before = rest;
          rest = [];
          return ending === undefined ? ((await line.ask({ kind: "contacts", id }))?.contacts ?? []) : before;
        },
        shut: () => (ending ??= end()),
      };
    },
  };
}

interface Line {
  /** Undefined when the process is gone or does not answer. */
  ask(request: Request, server?: Server): Promise<Reply | undefined>;
  alive(): boolean;
  /** What it said last, in brackets; empty when nothing. */
  complaint(): string;
}

function startLine({ script, node }: EngineOptions): Line {
  // Built from empty: a proxy of the machine's, a token or a preloaded module is no business of what meets hostile programs.
  const child = fork(script, { execPath: node, execArgv: [], env: {}, cwd: "/", stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const waiting = new Set<Waiting>();
  let errors = "";
  const lose = (): void => {
    for (const each of waiting) each.settle(undefined);
  };
  child.stderr?.on("data", (chunk: Uint8Array) => {
    errors = `${errors}${Buffer.from(chunk).toString("utf8")}`.slice(-2000);
  });
  child.on("error", (error) => {
    errors = error.message;
    lose();
  });
  child.on("exit", lose);
  child.on("message", (message) => {
    const reply = replySchema.parse(message);
    [...waiting].find(({ request }) => request.kind === reply.kind && request.id === reply.id)?.settle(reply);
  });
  rest(child);

  return {
    ask: (request, server) =>
      new Promise((resolve) => {
        if (!child.connected) {
          resolve(undefined);
          return;
        }
        const settle = (reply: Reply | undefined): void => {
          clearTimeout(timer);
          waiting.delete(entry);
          if (waiting.size === 0) rest(child);
          resolve(reply);
        };
        const entry = { request, settle };
        const timer = setTimeout(() => { settle(undefined); }, ANSWER_MS);
        waiting.add(entry);
        child.channel?.ref();
        child.send(request, server, (error) => {
          if (error !== null) settle(undefined);
        });
      }),
    alive: () => child.connected,
    complaint() {
      const lines = errors.trim().split("\n");
      // Node says last which version it is, and what went wrong before that.
      const line = lines.find((each) => /^\w*Error\b/.test(each)) ?? lines.at(-1) ?? "";
      return line === "" ? "" : ` (${line.slice(0, 300)})`;
    },
  };
}

interface Waiting {
  readonly request: Request;
  settle(reply: Reply | undefined): void;
}

/** While nothing is asked of it, the process keeps nobody from leaving. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
}
