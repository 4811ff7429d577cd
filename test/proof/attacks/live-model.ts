// A model whose every reply is decided while the run waits for it. It speaks and checks the Messages API with the parts of
// the scripted model, and never answers by itself.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { checkRequest, type CheckedRequest } from "../../../src/agent/scripted/check-request.js";
import { eventsOf, messageOf, render } from "../../../src/agent/scripted/render.js";
import type { ScriptBlock } from "../../../src/agent/scripted/script.js";

interface Waiting {
  readonly request: CheckedRequest;
  readonly response: ServerResponse;
}

export class LiveModel {
  #waiting: Waiting | undefined;
  #told: ((waiting: Waiting) => void) | undefined;
  #count = 0;

  private constructor(
    readonly url: string,
    private readonly end: () => void,
  ) {}

  static async start(): Promise<LiveModel> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
    const model = new LiveModel(`http://127.0.0.1:${String(address.port)}`, () => {
      server.close();
      server.closeAllConnections();
    });
    server.on("request", (incoming: IncomingMessage, response: ServerResponse) => {
      void (async () => model.take(incoming, response, await bodyOf(incoming)))();
    });
    return model;
  }

  /** Resolves with the results that the next request for a turn brings; the run waits from then on. */
  async asked(): Promise<readonly string[]> {
    const waiting = this.#waiting ?? (await new Promise<Waiting>((resolve) => (this.#told = resolve)));
    return resultsOf(waiting.request);
  }

  /** Gives the reply that is waited for. */
  reply(blocks: readonly ScriptBlock[]): void {
    const waiting = this.#waiting;
    if (waiting === undefined) throw new Error("no request waits for a reply");
    this.#waiting = undefined;
    this.#count += 1;
    const rendered = render({ blocks: [...blocks] }, undefined, `reply ${String(this.#count)}`);
    const usage = { input_tokens: 100, output_tokens: rendered.outputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    const { request, response } = waiting;
    if (request.stream !== true) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(messageOf(rendered, request.model, usage)));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.end(eventsOf(rendered, request.model, usage).map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
  }

  close(): void {
    this.end();
  }

  private take(incoming: IncomingMessage, response: ServerResponse, body: string): void {
    const path = new URL(incoming.url ?? "/", "http://localhost").pathname;
    if (incoming.method !== "POST" || path !== "/v1/messages") {
      const known = path.startsWith("/v1/models");
      response.writeHead(known ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(known ? { data: [], has_more: false } : {}));
      return;
    }
    const checked = checkRequest(JSON.parse(body), false);
    if (checked.kind === "refused") {
      response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ type: "error", error: { type: "invalid_request_error", message: checked.message } }));
      return;
    }
    const waiting = { request: checked.request, response };
    this.#waiting = waiting;
    response.on("close", () => {
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
    this.#told?.(waiting);
    this.#told = undefined;
  }
}

/** The texts of the last message's tool results, in order. */
function resultsOf(request: CheckedRequest): readonly string[] {
  const blocks = request.messages.at(-1)?.content ?? [];
  return blocks.flatMap((block) => {
    if (block.type !== "tool_result") return [];
    return [typeof block.content === "object" ? block.content.map((part) => part.text).join("\n") : (block.content ?? "")];
  });
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString("utf8");
}
