import assert from "node:assert/strict";
import { checkRequest } from "../../src/agent/scripted/check-request.js";

const tools = [{ name: "bash", description: "runs", input_schema: { type: "object" } }];
const use = (id: string, name = "bash") => ({ type: "tool_use", id, name, input: {} });
const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "done" });
const text = (content: string) => ({ type: "text", text: content });
const user = (...content: object[]) => ({ role: "user", content });
const assistant = (...content: object[]) => ({ role: "assistant", content });
const request = (messages: readonly object[], more: object = {}) => ({ model: "m", max_tokens: 10, tools, messages, ...more });

function check(body: unknown, expected: string | undefined, mayContinue = false): void {
  const checked = checkRequest(body, mayContinue);
  assert.equal(checked.kind === "refused" ? checked.message : undefined, expected);
}

describe("checking a request as the service does", () => {
  const hello = user(text("hello"));

  it("takes a first message", () => check(request([hello]), undefined));
  it("takes a plain string as content", () => check(request([{ role: "user", content: "hello" }]), undefined));
  it("takes answered calls followed by words", () =>
    check(request([hello, assistant(text("on it"), use("a"), use("b")), user(result("a"), result("b"), text("and hurry"))]), undefined));
  it("takes thinking before a call", () =>
    check(request([hello, assistant({ type: "thinking", thinking: "hm", signature: "s" }, use("a")), user(result("a"))]), undefined));
  it("takes four caching marks", () => {
    const marked = { ...text("x"), cache_control: { type: "ephemeral" } };
    check(request([user(marked, marked)], { system: [marked, marked] }), undefined);
  });
  it("refuses five caching marks", () => {
    const marked = { ...text("x"), cache_control: { type: "ephemeral" } };
    check(request([user(marked, marked, marked)], { system: [marked, marked] }), "at most 4 blocks may have cache_control; found 5");
  });

  it("refuses an empty conversation", () => check(request([]), "messages: Too small: expected array to have >=1 items"));
  it("refuses empty content", () => check(request([user()]), "messages.0.content: Too small: expected array to have >=1 items"));
  it("refuses a blank text", () => check(request([user(text(" \n"))]), "messages.0.content.0.text: text content blocks must contain a visible character"));
  it("refuses a request without max_tokens", () => check({ model: "m", messages: [hello] }, "max_tokens: Invalid input: expected number, received undefined"));
  it("refuses a request without a model", () => check({ max_tokens: 1, messages: [hello] }, "model: Invalid input: expected string, received undefined"));
  it("refuses an unknown field", () => check(request([hello], { colour: "red" }), "colour: extra inputs are not permitted"));
  it("refuses the features of a beta that nobody asked for", () =>
    check(request([hello], { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }), "context_management: extra inputs are not permitted"));
  it("refuses a removed field", () => check(request([hello], { temperature: 1 }), "temperature: extra inputs are not permitted"));
  it("refuses an unknown field of a block", () => check(request([user({ ...text("x"), mood: 1 })]), "messages.0.content.0.mood: extra inputs are not permitted"));
  it("refuses to begin with the assistant", () => check(request([assistant(text("hi"))]), "messages.0: roles must alternate and begin with user; expected user"));
  it("refuses two user messages in a row", () => check(request([hello, hello]), "messages.1: roles must alternate and begin with user; expected assistant"));
  it("refuses to end with the assistant", () => check(request([hello, assistant(text("hi"))]), "messages: the conversation must end with a user message"));
  it("takes an assistant at the end when the last reply was paused", () => check(request([hello, assistant(text("hi"))]), undefined, true));
  it("refuses a call without an answer", () =>
    check(request([hello, assistant(use("a"), use("b")), user(result("a"))]), "messages.2: no tool_result follows the tool_use ids b"));
  it("refuses words before the answers", () =>
    check(request([hello, assistant(use("a")), user(text("wait"), result("a"))]), "messages.2: tool_result blocks must come before everything else"));
  it("refuses an answer to nothing", () => check(request([user(result("a"))]), "messages.0: tool_result a answers no tool_use of the message before"));
  it("refuses two answers to one call", () =>
    check(request([hello, assistant(use("a")), user(result("a"), result("a"))]), "messages.2: tool_use a is answered twice"));
  it("refuses a call id that was used before", () =>
    check(request([hello, assistant(use("a")), user(result("a")), assistant(use("a")), user(result("a"))]), "messages.3: tool_use ids must be unique; a was used before"));
  it("refuses a call of an undeclared tool", () =>
    check(request([hello, assistant(use("a", "rm")), user(result("a"))]), "messages.1: tool_use names rm, which is not among the tools"));
  it("refuses an input that is no object", () =>
    check(request([hello, assistant({ ...use("a"), input: "x" }), user(result("a"))]), "messages.1.content.0.input: Invalid input: expected record, received string"));
  it("refuses thinking at the end", () =>
    check(request([hello, assistant({ type: "thinking", thinking: "hm", signature: "s" }), hello]), "messages.1: the last block of an assistant message cannot be thinking"));
  it("refuses a tool declared twice", () => check({ ...request([hello]), tools: [...tools, ...tools] }, "tools: the name bash is declared twice"));
});
