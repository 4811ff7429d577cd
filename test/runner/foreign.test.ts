// Driven by a server that shares nothing with this project: what any program that speaks the Messages API would send.
import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Lab, ran } from "./lab.js";

interface Step {
  readonly text?: string;
  readonly tool?: string;
  readonly input?: unknown;
}

const REPLIES: readonly (readonly Step[])[] = [
  [{ text: "Looking." }, { tool: "bash", input: { command: "cat src/sum.js" } }],
  [{ tool: "begin_decision", input: { title: "Add", why: "it subtracts" } }],
  [{ tool: "write", input: { file_path: "src/sum.js", content: "exports.sum = (a, b) => a + b;\n" } }],
  [{ tool: "end_decision", input: { outcome: "adds" } }],
  [{ tool: "finish", input: { summary: "sum adds" } }],
];

for (const streams of [true, false]) {
  describe(`a server of somebody else's that ${streams ? "streams" : "answers plain JSON"}`, function () {
    this.timeout(60_000);
    it("drives a run to its landing", async () => {
      const lab = new Lab();
      const server = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk) => (body += String(chunk)));
        request.on("end", () => {
          const asked = JSON.parse(body) as { messages: { role: string }[] };
          const turn = asked.messages.filter((message) => message.role === "assistant").length;
          answer(response, REPLIES[turn] ?? [{ text: "Done." }], turn, streams);
        });
      });
      try {
        lab.env = { ANTHROPIC_BASE_URL: await listen(server) };
        const run = await lab.json(ran, "run", "Make sum add");
        assert.deepEqual({ code: run.code, state: run.state }, { code: 0, state: "landed" }, lab.complaints(run.id));
        assert.equal(lab.git("show", "vigil/nightly:src/sum.js"), "exports.sum = (a, b) => a + b;");
      } finally {
        server.close();
        await lab.close();
      }
    });
  });
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => { resolve(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`); });
  });
}

function answer(response: ServerResponse, steps: readonly Step[], turn: number, streams: boolean): void {
  const content = steps.map((step, n) => (step.tool === undefined ? { type: "text", text: step.text } : { type: "tool_use", id: `call_${String(turn)}_${String(n)}`, name: step.tool, input: step.input }));
  const stop = steps.some((step) => step.tool !== undefined) ? "tool_use" : "end_turn";
  const message = { id: `msg_${String(turn)}`, type: "message", role: "assistant", model: "some-model", content, stop_reason: stop, stop_sequence: null, usage: { input_tokens: 10, output_tokens: 5 } };
  if (!streams) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(message));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (type: string, data: object): void => void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  send("message_start", { message: { ...message, content: [], stop_reason: null } });
  content.forEach((block, index) => {
    send("content_block_start", { index, content_block: block.type === "text" ? { type: "text", text: "" } : { ...block, input: {} } });
    send("content_block_delta", { index, delta: "text" in block ? { type: "text_delta", text: block.text } : { type: "input_json_delta", partial_json: JSON.stringify(block.input) } });
    send("content_block_stop", { index });
  });
  send("message_delta", { delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: 5 } });
  send("message_stop", {});
  response.end();
}
