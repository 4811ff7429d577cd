import assert from "node:assert/strict";
import type { CheckedRequest } from "../../src/agent/scripted/check-request.js";
import { choose } from "../../src/agent/scripted/choose.js";
import { parseScript, type Script } from "../../src/agent/scripted/script.js";

const turn = (say: string) => ({ blocks: [{ say }] });
const said = (text: string) => ({ role: "assistant" as const, content: [{ type: "text" as const, text }] });
const heard = (text: string) => ({ role: "user" as const, content: [{ type: "text" as const, text }] });
const answered = (content: string) => ({ role: "user" as const, content: [{ type: "tool_result" as const, tool_use_id: "a", content }] });

function check(script: Script, messages: CheckedRequest["messages"], expected: string): void {
  const block = choose(script, { model: "m", max_tokens: 1, messages }).turn.blocks[0];
  assert.equal(block !== undefined && "say" in block ? block.say : block, expected);
}

describe("what a script says next", () => {
  const script: Script = { turns: [turn("one"), turn("two"), turn("three")] };

  it("goes by the replies in the conversation", () => {
    check(script, [heard("task")], "one");
    check(script, [heard("task"), said("one"), answered("ok")], "two");
  });
  it("says again what was interrupted", () => check(script, [heard("task"), said("one"), answered("interrupted: the runner ended")], "one"));
  it("counts on after it was said again", () =>
    check(script, [heard("task"), said("one"), answered("interrupted"), said("one"), answered("ok")], "two"));
  it("need not say again what was interrupted", () =>
    check({ ...script, repeatInterrupted: false }, [heard("task"), said("one"), answered("interrupted")], "two"));
  it("follows a rule about the last message first", () =>
    check({ ...script, rules: [{ when: { lastContains: ['say "done"', "now"] }, turn: turn("rule") }] }, [heard('task: say "done" now')], "rule"));
  it("lets a function choose", () => check({ ...script, choose: (request) => turn(`chosen from ${String(request.messages.length)}`) }, [heard("task")], "chosen from 1"));
  it("says that it is over", () => {
    check({ turns: [] }, [heard("task")], "The script has nothing more to say.");
    check({ turns: [], after: turn("bye") }, [heard("task")], "bye");
  });
});

describe("reading a script from JSON", () => {
  it("takes what the types describe", () => {
    const script: Script = { turns: [{ blocks: [{ think: "hm" }, { say: "x" }, { call: { tool: "bash", input: { command: "ls" } } }], troubles: [{ kind: "status", status: 429, retryAfter: "3", times: 2 }] }] };
    assert.deepEqual(parseScript(JSON.stringify(script)), script);
  });
  it("says that it is not JSON", () => assert.throws(() => parseScript("{"), /The model script is not valid JSON/));
  it("names the place that does not fit", () => assert.throws(() => parseScript('{"turns": [{"blocks": [], "mood": 1}]}'), /turns\[0\]/));
});
