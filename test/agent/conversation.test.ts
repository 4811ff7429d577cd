import assert from "node:assert/strict";
import fc from "fast-check";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import { conversation, conversationBlobs } from "../../src/agent/conversation.js";
import type { Message } from "../../src/agent/messages.js";
import { requestBody } from "../../src/agent/request.js";
import { checkRequest } from "../../src/agent/scripted/check-request.js";
import { toolDefinitions } from "../../src/agent/tools.js";
import { ArrayBench } from "./array-bench.js";

type Stop = "end_turn" | "tool_use" | "max_tokens" | "pause_turn" | "refusal" | "context_exceeded";

/** Writes a log by hand. */
class Log extends ArrayBench {
  #turn = 0;

  request(): this {
    this.add({ kind: "turn.requested", turn: ++this.#turn, model: "m", maxTokens: 9 });
    return this;
  }

  reply(content: readonly object[], stop: Stop = "end_turn"): this {
    const calls = content.flatMap((block) => ("id" in block ? [{ id: String(block.id), tool: "bash", cut: false }] : []));
    this.add({ kind: "turn.received", turn: this.#turn, model: "m", stop, usage: NONE, cost: { kind: "unknown" }, reply: this.keep(JSON.stringify(content)), calls, ms: 1 });
    return this;
  }

  discard(): this {
    this.add({ kind: "turn.discarded", turn: this.#turn, why: "cut", usage: NONE, cost: { kind: "unknown" }, estimated: true });
    return this;
  }

  restart(): this {
    this.add({ kind: "conversation.restarted", why: "too long", brief: this.keep("the brief") });
    return this;
  }

  hear(text: string, from: "person" | "supervisor" = "person"): this {
    this.say(from, text);
    return this;
  }

  answer(id: string, text = "done", outcome: "ok" | "error" = "ok"): this {
    this.finish({ id }, outcome, text);
    return this;
  }

  messages(events: readonly LoggedEvent[] = this.log): readonly Message[] {
    const named = new Set(conversationBlobs(events));
    return conversation(events, (id) => {
      assert.equal(named.has(id), true, "every blob that is read was named");
      return this.texts.get(id) ?? "";
    });
  }
}

const NONE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
const text = (content: string) => ({ type: "text", text: content });
const call = (id: string) => ({ type: "tool_use", id, name: "bash", input: { command: "ls" } });
const result = (id: string, content = "done", wrong = false) => ({ type: "tool_result", tool_use_id: id, content, ...(wrong ? { is_error: true } : {}) });
const user = (...content: object[]) => ({ role: "user", content });
const assistant = (...content: object[]) => ({ role: "assistant", content });
const begun = () => new Log().hear("task").request();

function check(log: Log, ...expected: readonly object[]): void {
  assert.deepEqual(log.messages(), expected);
}

describe("the conversation", () => {
  it("joins what was said into one user message", () => check(new Log().hear("task").hear("and hurry"), user(text("task"), text("and hurry"))));
  it("answers calls in their order, before anything else", () =>
    check(
      begun().reply([text("on it"), call("a"), call("b")], "tool_use").hear("wait").answer("b", "", "error").answer("a"),
      user(text("task")),
      assistant(text("on it"), call("a"), call("b")),
      user(result("a"), result("b", "(no output)", true), text("wait")),
    ));
  it("answers a call that is still running as not run", () =>
    check(begun().reply([call("a")], "tool_use"), user(text("task")), assistant(call("a")), user(result("a", "not run: no result was recorded", true))));
  it("keeps the first of two results", () =>
    check(begun().reply([call("a")], "tool_use").answer("a", "first").answer("a", "second"), user(text("task")), assistant(call("a")), user(result("a", "first"))));
  it("puts words said during a turn after its reply", () =>
    check(begun().hear("late").reply([text("ok")]), user(text("task")), assistant(text("ok")), user(text("late"))));
  it("puts words said during a lost turn before the next", () =>
    check(begun().hear("late").discard().request(), user(text("task"), text("late"))));
  it("leaves out words said while a turn is under way", () => check(begun().hear("late"), user(text("task"))));
  it("keeps a thinking block as it came", () => {
    const thinking = { type: "thinking", thinking: "hm", signature: "s" };
    check(begun().reply([thinking, text("ok")]), user(text("task")), assistant(thinking, text("ok")));
  });
  it("keeps a block of the service's own, such as a compaction, verbatim", () => {
    const compaction = { type: "compaction", content: "what was", encrypted_content: "e", signature: "s" };
    check(begun().reply([compaction, text("ok")]), user(text("task")), assistant(compaction, text("ok")));
  });
  it("drops fields that only replies have", () =>
    check(begun().reply([{ ...text("ok"), citations: null }, { ...call("a"), caller: { type: "direct" } }], "tool_use").answer("a"), user(text("task")), assistant(text("ok"), call("a")), user(result("a"))));
  it("drops a reply that says nothing", () => check(begun().reply([text(" ")]).hear("go on"), user(text("task"), text("go on"))));
  it("drops a reply that only thinks", () =>
    check(begun().reply([{ type: "thinking", thinking: "hm", signature: "s" }], "max_tokens").hear("go on"), user(text("task"), text("go on"))));
  it("drops a refusal", () => check(begun().reply([text("I can")], "refusal").hear("go on"), user(text("task"), text("go on"))));
  it("sends a paused reply back as it is, and holds words until it is complete", () => {
    const paused = begun().reply([text("first")], "pause_turn").hear("wait").request();
    check(paused, user(text("task")), assistant(text("first")));
    check(paused.reply([text("second")]), user(text("task")), assistant(text("first"), text("second")), user(text("wait")));
  });
  it("begins anew from the brief", () =>
    check(begun().reply([call("a")], "tool_use").answer("a").request().discard().restart().request(), user(text("the brief"))));
  it("does not lose what a person said before a restart and nobody answered", () =>
    check(begun().reply([text("ok")]).hear("use tabs").request().discard().restart(), user(text("the brief"), text("use tabs"))));
});

describe("the conversation of any log, cut anywhere", () => {
  const blocks = fc.array(fc.constantFrom("text", "blank", "thinking", "call"), { maxLength: 4 });
  const act = fc.oneof(
    fc.record({ act: fc.constant("say" as const), text: fc.constantFrom("hello", " ", "go on"), from: fc.constantFrom("person" as const, "supervisor" as const) }),
    fc.record({ act: fc.constant("turn" as const), blocks, stop: fc.constantFrom<Stop>("end_turn", "max_tokens", "pause_turn", "refusal", "context_exceeded"), late: fc.boolean(), lost: fc.boolean(), failing: fc.nat(3) }),
    fc.record({ act: fc.constant("restart" as const) }),
  );

  const write = (acts: readonly (typeof act extends fc.Arbitrary<infer A> ? A : never)[]): Log => {
    const log = new Log().hear("task");
    let calls = 0;
    for (const step of acts) {
      if (step.act === "say") log.hear(step.text, step.from);
      if (step.act === "restart") log.restart();
      if (step.act !== "turn") continue;
      // The loop never asks when it has nothing to say.
      if (log.messages().at(-1)?.role !== "user") log.hear("go on", "supervisor");
      log.request();
      if (step.late) log.hear("late");
      if (step.lost) {
        log.discard();
        continue;
      }
      const content = step.blocks.map((kind) =>
        kind === "call" ? call(`call_${String(++calls)}`) : kind === "thinking" ? { type: "thinking", thinking: "hm", signature: "s" } : text(kind === "blank" ? "\n" : "words"),
      );
      log.reply(content, step.stop);
      const ids = content.flatMap((block) => ("id" in block ? [block.id] : []));
      ids.forEach((id, index) => log.answer(id, "out", index === step.failing ? "error" : "ok"));
    }
    return log;
  };

  it("is taken by the strict check", () =>
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        const log = write(acts);
        for (let length = 2; length <= log.log.length; length++) {
          const events = log.log.slice(0, length);
          const messages = log.messages(events);
          const body = requestBody({ model: "m", maxTokens: 9, system: [{ type: "text", text: "s" }], tools: toolDefinitions(), messages }, true);
          const asked = events.at(-1)?.kind === "turn.requested";
          const checked = checkRequest(body, !asked || pausedBefore(events));
          assert.equal(checked.kind === "refused" ? checked.message : "ok", "ok");
        }
      }),
      { numRuns: 100 },
    ));

  it("only grows: what was sent is the beginning of what is sent next, until it begins anew", () =>
    fc.assert(
      fc.property(fc.array(act.filter((step) => step.act !== "restart"), { maxLength: 12 }), (acts) => {
        const log = write(acts);
        const sent = log.log.flatMap((event, index) => (event.kind === "turn.requested" ? [flat(log.messages(log.log.slice(0, index + 1)))] : []));
        sent.forEach((now, index) => assert.deepEqual(now.slice(0, sent[index - 1]?.length ?? 0), sent[index - 1] ?? []));
      }),
      { numRuns: 300 },
    ));
});

function flat(messages: readonly Message[]): readonly unknown[] {
  return messages.flatMap((message) => message.content.map((block) => [message.role, block]));
}

function pausedBefore(events: readonly RunEvent[]): boolean {
  return events.some((event) => event.kind === "turn.received" && event.stop === "pause_turn");
}
