// Where the caching marks of a request lie.
import assert from "node:assert/strict";
import type { Message } from "../../src/agent/messages.js";
import { requestBody } from "../../src/agent/request.js";

const text = { type: "text", text: "x" };

/** `blocks` in each message, the user's first, and whose messages bear a mark. */
function check(blocks: readonly number[], expected: readonly number[], caching = true): void {
  const messages = blocks.map((count, index): Message => ({ role: index % 2 === 0 ? "user" : "assistant", content: Array.from({ length: count }, () => text) }));
  const body = requestBody({ model: "m", maxTokens: 9, system: [{ type: "text", text: "s" }], tools: [], messages }, caching);
  const marks = body.messages.flatMap((message, index) => message.content.flatMap((block, at) => (block.cache_control === undefined ? [] : [{ index, last: at === message.content.length - 1 }])));
  assert.deepEqual(marks, expected.map((index) => ({ index, last: true })));
  assert.equal(body.system.filter((block) => block.cache_control !== undefined).length, caching ? 1 : 0);
}

describe("the caching marks", () => {
  it("lie on the only message", () => check([1], [0]));
  it("lie on the last two of the user", () => check([1, 2, 1, 2, 1], [2, 4]));
  it("lie on one more, so far back that the service looks no further from the last ones", () => check(Array.from({ length: 31 }, () => 1), [10, 28, 30]));
  it("count the blocks, not the messages", () => check([1, 2, 9, 2, 9, 2, 1], [2, 4, 6]));
  it("are left out for a service without a cache", () => check([1, 2, 1], [], false));
});
