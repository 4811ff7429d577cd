// Making room in the conversation: when, by how much, and what must hold whatever is left out.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunEvent } from "../../src/core/log/event.js";
import { Memory } from "../../src/agent/memory.js";
import type { Message } from "../../src/agent/messages.js";
import { estimateTokens, requestBody } from "../../src/agent/request.js";
import { checkRequest } from "../../src/agent/scripted/check-request.js";
import { toolDefinitions } from "../../src/agent/tools.js";
import { planTrim, type TrimPlan } from "../../src/agent/trim-plan.js";
import { makeRoom, trimLimits } from "../../src/agent/trim.js";
import { ArrayBench } from "./array-bench.js";

const NONE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

interface Step {
  /** Characters. */
  readonly input: number;
  readonly result: number;
  readonly stop?: "tool_use" | "pause_turn";
  readonly person?: string;
  readonly supervisor?: string;
  readonly failed?: boolean;
  readonly lost?: boolean;
}

/** The loop without a model: makes room, asks, and takes the step for the reply. */
class Played extends ArrayBench {
  memory = new Memory(this);
  readonly sent: Message[][] = [];
  #turn = 0;

  begin(task = "the task"): this {
    this.add({ kind: "message.added", from: "brief", text: this.keep(task) });
    return this;
  }

  async play(...steps: readonly Step[]): Promise<this> {
    for (const step of steps) {
      await makeRoom(this, this.memory);
      const turn = ++this.#turn;
      this.add({ kind: "turn.requested", turn, model: "m", maxTokens: 9 });
      this.sent.push([...(await this.memory.messages())]);
      if (step.person !== undefined) this.say("person", step.person);
      if (step.supervisor !== undefined) this.say("supervisor", step.supervisor);
      if (step.lost === true) {
        this.add({ kind: "turn.discarded", turn, why: "cut", usage: NONE, cost: { kind: "unknown" }, estimated: true });
        continue;
      }
      this.#reply(turn, step);
    }
    return this;
  }

  #reply(turn: number, { input, result, stop = "tool_use", failed = false }: Step): void {
    const id = `c${String(turn)}`;
    const words = { type: "text", text: `I do ${String(turn)} now.` };
    const calls = stop === "pause_turn" ? [] : [{ type: "tool_use", id, name: "write", input: { file_path: `src/${String(turn)}.ts`, content: filled(`in ${String(turn)} `, input) } }];
    const thinking = { type: "thinking", thinking: `hm ${String(turn)}`, signature: "s" };
    this.add({ kind: "turn.received", turn, model: "m", stop, usage: { ...NONE, input: 77 }, cost: { kind: "unknown" }, reply: this.keep(JSON.stringify([thinking, words, ...calls])), calls: calls.map((call) => ({ id: call.id, tool: "write", cut: false })), ms: 1 });
    if (calls.length > 0) this.finish({ id }, failed ? "error" : "ok", filled(`out ${String(turn)} `, result));
  }

  trims(): readonly RunEvent[] {
    return this.log.filter((event) => event.kind === "conversation.trimmed");
  }
}

function filled(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length)).slice(0, Math.max(1, length)) || "-";
}

const small: Step = { input: 100, result: 1_500 };
const many = (count: number, step: Step = small): readonly Step[] => Array.from({ length: count }, () => step);
/** So many small steps go past the best size about once. */
const ONE_TRIM = Math.ceil(trimLimits("claude-opus-5-5").most / 1_700);

function problem(messages: readonly Message[]): string | undefined {
  const checked = checkRequest(requestBody({ model: "m", maxTokens: 9, system: [{ type: "text", text: "s" }], tools: toolDefinitions(), messages }, true), false);
  return checked.kind === "refused" ? checked.message : undefined;
}

describe("trimming the conversation", () => {
  it("lets it grow to its best size, and then keeps the newest part behind a fresh brief", async () => {
    const played = await new Played().begin().play(...many(ONE_TRIM + 3));
    assert.equal(played.trims().length, 1);
    const last = JSON.stringify(played.sent.at(-1));
    assert.equal(last.includes("# What you said and did before this, oldest first"), true);
    assert.equal(last.includes("Fix the parser"), true);
    const sizes = played.sent.map((messages) => JSON.stringify(messages).length);
    const limits = trimLimits("claude-opus-5-5");
    assert.equal(Math.max(...sizes) < limits.most * 1.3 && (sizes.at(-1) ?? 0) < limits.least + 30_000, true);
    assert.deepEqual(played.sent.flatMap((messages) => problem(messages) ?? []), []);
  });

  it("changes nothing of what was sent between two trims", async () => {
    const played = await new Played().begin().play(...many(ONE_TRIM * 3));
    assert.equal(played.trims().length >= 3, true);
    const heads = new Set(played.sent.map((messages) => JSON.stringify(messages[0])));
    assert.equal(heads.size, played.trims().length + 1);
    played.sent.forEach((now, index) => {
      const before = played.sent[index - 1];
      if (before === undefined || JSON.stringify(before[0]) !== JSON.stringify(now[0])) return;
      assert.deepEqual(now.slice(0, before.length), before);
    });
  });

  it("makes the same of the same log, killed before the request or not", async () => {
    const whole = await new Played().begin().play(...many(ONE_TRIM + 1));
    const trim = whole.log.findLastIndex((event) => event.kind === "conversation.trimmed");
    const events = (end: number): readonly RunEvent[] => whole.log.slice(1, end).map(({ seq: _seq, at: _at, ...event }) => event);
    const sent = whole.sent.find((_, index) => whole.log.findIndex((event) => event.kind === "turn.requested" && event.turn === index + 1) > trim);
    const after = new Played({ log: events(trim + 1), blobs: whole.texts });
    await makeRoom(after, after.memory);
    assert.deepEqual(await after.memory.messages(), sent);
    const before = new Played({ log: events(trim), blobs: whole.texts });
    await makeRoom(before, before.memory);
    assert.deepEqual([await before.memory.messages(), before.log.at(-1)?.kind], [sent, "conversation.trimmed"]);
  });

  it("loses no word of a person, and none of the supervisor's, over many trims", async () => {
    const played = await new Played().begin("the task").play({ ...small, person: "Use tabs, never spaces.", supervisor: "The stage is read-only from here on." }, ...many(ONE_TRIM), { ...small, person: "Leave the API as it is." }, ...many(ONE_TRIM * 4));
    assert.equal(played.trims().length >= 4, true);
    for (const [index, messages] of played.sent.entries()) {
      const text = JSON.stringify(messages);
      if (index > 0) assert.equal(text.includes("Use tabs, never spaces.") && text.includes("The stage is read-only from here on."), true);
      if (index > ONE_TRIM + 1) assert.equal(text.includes("Leave the API as it is."), true);
    }
  });

  it("tells in the brief what failed", async () => {
    const played = await new Played().begin().play(...many(ONE_TRIM - 25), { ...small, failed: true }, ...many(27));
    assert.equal(/write \(error\): out \d+ out/.test(JSON.stringify(played.sent.at(-1))), true);
  });

  it("cuts large results and inputs that were seen, and never the newest", async () => {
    const played = await new Played().begin().play({ input: 9_000, result: 20_000 }, ...many(6));
    assert.deepEqual(played.trims().map((event) => event.kind === "conversation.trimmed" && event.brief), [undefined]);
    const [first, last] = [JSON.stringify(played.sent[1]), JSON.stringify(played.sent.at(-1))];
    assert.equal(first.includes(filled("out 1 ", 20_000)) && first.includes(filled("in 1 ", 9_000)), true);
    assert.deepEqual(["[… 18000 characters were shown before and are left out now", "[… 7000 characters of this input were used whole", "hm 1"].filter((words) => !last.includes(words)), []);
    assert.deepEqual(played.sent.flatMap((messages) => problem(messages) ?? []), []);
  });

  it("does not take the count from before a trim for the size of what is sent now", async () => {
    const played = await new Played().begin().play(...many(ONE_TRIM));
    const size = async (): Promise<number> => estimateTokens({ system: [], tools: [], messages: await played.memory.messages() }, played.log);
    const counted = await size();
    assert.equal(counted < 2_000, true, "the service's own count, which is 77 here, and what came since");
    await played.play(...many(2));
    played.log.splice(played.log.findLastIndex((event) => event.kind === "conversation.trimmed") + 1);
    assert.equal((await size()) > 3_000, true);
  });

  it("goes on after a restart, and trims again", async () => {
    const played = await new Played().begin().play(...many(5));
    played.add({ kind: "conversation.restarted", why: "too long", brief: played.keep("the brief anew") });
    await played.play(...many(ONE_TRIM * 2));
    assert.equal(played.trims().length >= 1, true);
    assert.deepEqual(played.sent.flatMap((messages) => problem(messages) ?? []), []);
    played.add({ kind: "conversation.restarted", why: "too long", brief: played.keep("the brief once more") });
    assert.deepEqual(await played.memory.messages(), [{ role: "user", content: [{ type: "text", text: "the brief once more" }] }]);
  });

  it("leaves a paused reply whole", async () => {
    const played = await new Played().begin().play(...many(ONE_TRIM - 1), { ...small, stop: "pause_turn" });
    const before = played.log.length;
    const paused = new Played({ log: played.log.slice(1).map(({ seq: _seq, at: _at, ...event }) => event), blobs: played.texts });
    await makeRoom(paused, paused.memory);
    assert.equal(paused.log.length, before);
  });

  const step = fc.record({ input: fc.constantFrom(10, 100, 6_000), result: fc.constantFrom(0, 1_000, 5_000, 30_000, 90_000), person: fc.option(fc.constantFrom("Stop that.", "Go left."), { nil: undefined }), lost: fc.boolean() });
  it("sends nothing that a strict service refuses, whatever the sizes", () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const played = await new Played().begin().play(...steps.map(({ person, ...rest }): Step => (person === undefined ? rest : { ...rest, person })));
        assert.deepEqual(played.sent.flatMap((messages) => problem(messages) ?? []), []);
        const said = new Set(steps.slice(0, -1).flatMap((one) => one.person ?? []));
        const last = JSON.stringify(played.sent.at(-1));
        assert.deepEqual([...said].filter((words) => !last.includes(words)), []);
        // Asked twice, it has nothing more to do.
        await makeRoom(played, played.memory);
        const length = played.log.length;
        await makeRoom(played, played.memory);
        assert.equal(played.log.length, length);
      }),
      { numRuns: 60 },
    ));
});

describe("what to leave out", () => {
  const round = (from: number, size: number, short = size, paused = false) => ({ from, size, short, paused });
  const check = (all: readonly ReturnType<typeof round>[], expected: TrimPlan): void => assert.deepEqual(planTrim(all, 0, { most: 50_000, least: 20_000 }), expected);

  it("is nothing of nothing", () => check([], { kind: "none" }));
  it("is nothing while there is room", () => check([round(1, 10_000), round(2, 10_000), round(3, 10_000), round(4, 10_000)], { kind: "none" }));
  it("is a large result once that saves more than is written again", () => check([round(1, 30_000, 2_000), round(2, 1_000), round(3, 1_000), round(4, 1_000)], { kind: "shorten", whole: 2 }));
  it("is no large result far back, where too much would be written again", () => check([round(1, 10_000, 2_000), round(2, 9_000), round(3, 9_000), round(4, 9_000)], { kind: "none" }));
  it("is never the newest round, however large", () => check([round(1, 1_000), round(2, 90_000, 2_000)], { kind: "cut", from: 2, whole: 2 }));
  it("is nothing of a single round", () => check([round(1, 90_000, 2_000)], { kind: "none" }));
  it("is what goes past the size to keep", () => check([round(1, 20_000), round(2, 15_000), round(3, 10_000), round(4, 9_000)], { kind: "cut", from: 3, whole: 3 }));
  it("begins with no rest of a paused reply", () => check([round(1, 20_000), round(2, 15_000), round(3, 10_000, 10_000, true), round(4, 9_000), round(5, 9_000)], { kind: "cut", from: 5, whole: 5 }));
});

describe("the best size of a conversation", () => {
  it("is smaller for a model with little room, and for one that nobody knows", () =>
    assert.deepEqual(["claude-opus-5-5", "claude-haiku-4-5", "unknown"].map((model) => trimLimits(model).most), [72_000, 60_000, 60_000]));
});
