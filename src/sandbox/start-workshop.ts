// The host's side of a workshop: starts it confined, asks one thing at a time, and ends it when it breaks the protocol
// or does not answer. What comes back is text from a process that may be hostile, and is treated as that.
import { HumanError } from "../core/error.js";
import type { Confined, Sandbox, Walls } from "./sandbox.js";
import { relocated } from "./relocated.js";
import { installationRoots, inSystem } from "./toolchains.js";
import type { Carried, ToolCall, ToolResult, Workshop } from "./workshop.js";
import { lineReader, replySchema, type Reply, type Request } from "./workshop-protocol.js";

export interface WorkshopOptions {
  /** Absolute path of the bundled workshop program. */
  readonly script: string;
  /** Absolute path of the Node that runs it. */
  readonly node: string;
  readonly carried?: Carried;
  /** Words for a refused write; the default names the tree's state and begin_decision. */
  readonly readOnlyBecause?: string;
}

/** Time beyond a call's own in which the workshop may say that it gave up. Milliseconds. */
const GRACE_MS = 5_000;
const OPENING_MS = 20_000;
/** What a model is given of one result, in characters; tools cap themselves well below. */
const TEXT_LIMIT = 256 * 1024;

/** Rejects with HumanError when the walls cannot be put up or the program does not come up inside them. */
export async function startWorkshop(sandbox: Sandbox, walls: Walls, options: WorkshopOptions): Promise<Workshop> {
  const nodeRoots = installationRoots(options.node).filter((path) => !inSystem(path));
  const reads = [...new Set([...walls.reads, options.script, ...nodeRoots])];
  // The shell goes to the carried folder by itself; as the program's own it could be one that is gone.
  const confined = await sandbox.spawn({ ...walls, reads, cwd: walls.root }, [options.node, options.script]);
  const line = openLine(confined);
  const view = viewOf(walls.root, sandbox.rootInside(walls));
  const opened = await line.ask(opening(walls, options, view), OPENING_MS);
  if (opened.kind !== "open") {
    await line.end("it did not open");
    throw new HumanError(`The agent's tools could not be started inside the sandbox: ${line.why()}. Run \`vigil doctor\` to see what this machine lacks.`);
  }
  return workshop(confined, line, view);
}

/** The agent knows the tree by the path of the walls, wherever it stands inside. */
interface View {
  readonly inside: (text: string) => string;
  readonly outside: (text: string) => string;
}

function viewOf(root: string, within: string): View {
  return { inside: (text) => relocated(text, root, within), outside: (text) => relocated(text, within, root) };
}

/** What names a place in an input. Content that is to be written is none of them. */
const PLACES: ReadonlySet<string> = new Set(["command", "file_path", "path"]);

function placed(input: unknown, view: View): unknown {
  if (typeof input !== "object" || input === null) return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]: [string, unknown]) => [name, PLACES.has(name) && typeof value === "string" ? view.inside(value) : value]));
}

function opening(walls: Walls, options: WorkshopOptions, view: View): Request {
  const { carried } = options;
  const readOnlyBecause = options.readOnlyBecause ?? "refused by the sandbox: this path is read-only now; what policy protects stays so, the rest is opened by begin_decision where the stage allows it";
  const base = { kind: "open" as const, root: view.inside(walls.root), hidden: walls.hidden.map(view.inside), readOnlyBecause } satisfies Request;
  return carried === undefined ? base : { ...base, carried: mapped(carried, view.inside) };
}

function mapped({ cwd, env }: Carried, map: (text: string) => string): { cwd: string; env: Record<string, string> } {
  return { cwd: map(cwd), env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, map(value)])) };
}

function workshop(confined: Confined, line: Line, view: View): Workshop {
  let n = 0;
  return {
    async call({ tool, input, timeoutMs }: ToolCall): Promise<ToolResult> {
      n += 1;
      const reply = await line.ask({ kind: "call", n, tool, input: placed(input, view), timeoutMs }, timeoutMs + GRACE_MS);
      if (reply.kind === "lost") return reply;
      if (reply.kind !== "result" || reply.n !== n) return { kind: "lost", why: await line.end("it answered something that was not asked") };
      const said = view.outside(reply.text);
      const text = said.length > TEXT_LIMIT ? `${said.slice(0, TEXT_LIMIT)}\n[cut here: ${said.length - TEXT_LIMIT} more characters]` : said;
      return { kind: reply.ok ? "ok" : "error", text, exit: reply.exit };
    },
    async farewell() {
      n += 1;
      const reply = await line.ask({ kind: "farewell", n }, GRACE_MS);
      if (reply.kind === "farewell" && reply.n === n) return { carried: mapped(reply.carried, view.outside), processes: reply.processes.map(view.outside) };
      if (reply.kind !== "lost") await line.end("it answered something that was not asked");
      throw new Error(`The workshop ended before it said what it leaves behind: ${line.why()}.`);
    },
    kill: async () => {
      await line.end("it was ended");
    },
    contacts: () => confined.contacts(),
    exited: confined.exited.then(() => undefined),
  };
}

type Answer = Reply | { readonly kind: "lost"; readonly why: string };

interface Line {
  ask(request: Request, withinMs: number): Promise<Answer>;
  /** Kills the workshop; resolves with the first reason given once nothing of it is left. */
  end(why: string): Promise<string>;
  why(): string;
}

function openLine(confined: Confined): Line {
  const read = lineReader();
  let reason: string | undefined;
  let waiting: ((answer: Answer) => void) | undefined;
  let errors = "";

  const settle = (answer: Answer): void => {
    waiting?.(answer);
    waiting = undefined;
  };
  const end = async (why: string): Promise<string> => {
    reason ??= why;
    const first = reason;
    try {
      await confined.kill();
    } finally {
      settle({ kind: "lost", why: first });
    }
    return first;
  };
  // Where the end cannot be proved, whoever ends or starts a workshop next meets that.
  const give = (why: string): void => void end(why).catch(() => undefined);
  confined.stderr.on("data", (chunk: Uint8Array) => {
    errors = `${errors}${Buffer.from(chunk).toString("utf8")}`.slice(-2000);
  });
  // A workshop that ends closes this; that it ended is told by `exited`.
  confined.stdin.on("error", () => undefined);
  confined.stdout.on("data", (chunk: Uint8Array) => {
    if (reason !== undefined) return;
    try {
      for (const line of read(chunk)) {
        if (waiting === undefined) throw new Error("it spoke without being asked");
        settle(replySchema.parse(JSON.parse(line)));
      }
    } catch (error) {
      // Whatever was thrown, the workshop does not speak as it must and cannot be used any more.
      give(`it broke the protocol (${error instanceof Error ? error.message.slice(0, 200) : "unknown"})`);
    }
  });
  void confined.exited.then(({ code, signal }) => {
    reason ??= `it ended by itself (${signal ?? `exit code ${code ?? "unknown"}`})`;
    settle({ kind: "lost", why: reason });
  });

  return {
    ask(request, withinMs) {
      if (reason !== undefined) return Promise.resolve({ kind: "lost", why: reason });
      if (waiting !== undefined) throw new Error("the workshop takes one call at a time");
      return new Promise((resolve) => {
        const timer = setTimeout(() => { give(`it did not answer within ${withinMs / 1000} s`); }, withinMs);
        waiting = (answer) => {
          clearTimeout(timer);
          resolve(answer);
        };
        confined.stdin.write(`${JSON.stringify(request)}\n`);
      });
    },
    end,
    why: () => [reason ?? "it is alive", errors.trim()].filter((part) => part !== "").join(": "),
  };
}
