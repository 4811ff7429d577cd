import assert from "node:assert/strict";
import { runLoop } from "../../src/agent/loop.js";
import { modelClient, type ModelOptions } from "../../src/agent/model.js";
import type { Script, Turn } from "../../src/agent/scripted/script.js";
import { startScriptedModel, type ScriptedModel, type ScriptedOptions } from "../../src/agent/scripted/server.js";
import type { LoopEnd } from "../../src/agent/workbench.js";
import { ArrayBench, type BenchOptions } from "./array-bench.js";

interface Played {
  readonly end: LoopEnd;
  readonly bench: ArrayBench;
  readonly service: ScriptedModel;
}

interface Setting {
  readonly service?: ScriptedOptions;
  readonly bench?: BenchOptions;
  readonly model?: ModelOptions;
  readonly signal?: AbortSignal;
}

async function play(script: Script, setting: Setting = {}): Promise<Played> {
  const service = await startScriptedModel(script, setting.service);
  try {
    const bench = new ArrayBench(setting.bench);
    const model = modelClient({ apiKey: "k", baseUrl: service.url, ...setting.model });
    const end = await runLoop(bench, model, { chance: () => 0 }, setting.signal ?? new AbortController().signal);
    return { end, bench, service };
  } finally {
    await service.close();
  }
}

const finish: Turn = { blocks: [{ call: { tool: "finish", input: { summary: "all done" } } }] };
const bash = (command: string) => ({ call: { tool: "bash", input: { command } } });
const turns = (...all: readonly Turn[]): Script => ({ turns: [...all] });
const FINISHED: LoopEnd = { kind: "finished" };
const END = ["step: ok: did finish"];

/** The story after the brief, and how it ended. No request may have been refused, unless the test is about that. */
async function check(script: Script, expected: readonly string[], end: LoopEnd = FINISHED, setting: Setting = {}): Promise<Played> {
  const played = await play(script, setting);
  assert.deepEqual(played.bench.story().slice(1), expected);
  assert.deepEqual(played.end, end);
  if (setting.service === undefined) assert.deepEqual(played.service.requests.flatMap((request) => request.problem ?? []), []);
  return played;
}

describe("the loop", () => {
  it("performs calls in order and ends with finish", async () => {
    const { bench } = await check(turns({ blocks: [{ think: "hm" }, { say: "look" }, bash("ls"), bash("pwd")] }, finish), [
      "turn 1",
      "reply 1: tool_use bash bash",
      "step: ok: did bash",
      "step: ok: did bash",
      "turn 2",
      "reply 2: tool_use finish",
      ...END,
    ]);
    assert.equal(bench.run().spent.usd > 0, true);
  });

  it("does not run what follows a refused call", () =>
    check(
      turns({ blocks: [bash("rm"), bash("ls")] }, finish),
      ["turn 1", "reply 1: tool_use bash bash", "step: denied: denied: rule", "step: skipped: not run: a call before it in the same reply was refused or f", "turn 2", "reply 2: tool_use finish", ...END],
      FINISHED,
      { bench: { perform: (call) => (JSON.stringify(call.input).includes("rm") ? { outcome: "denied", text: "denied: rule" } : undefined) } },
    ));

  it("answers what follows finish and asks no more", () =>
    check(turns({ blocks: [...finish.blocks, bash("ls")] }), ["turn 1", "reply 1: tool_use finish bash", ...END, "step: skipped: not run: the run is ending."]));

  it("gives malformed input to the bench, which answers it", () =>
    check(turns({ blocks: [{ call: { tool: "bash", json: '{"command": "ls' } }] }, finish), [
      "turn 1",
      "reply 1: tool_use bash",
      "step: invalid: The input of this bash call was not valid JSON. Send the cal",
      "turn 2",
      "reply 2: tool_use finish",
      ...END,
    ]));

  it("never runs a call that the token limit broke off", () =>
    check(turns({ blocks: [bash("ls"), { call: { tool: "write", json: '{"file_path": "a", "content": "half' } }], stop: "max_tokens" }, finish), [
      "turn 1",
      "reply 1: max_tokens bash write (cut)",
      "step: ok: did bash",
      "step: skipped: not run: the reply reached its token limit in the middle of ",
      "turn 2",
      "reply 2: tool_use finish",
      ...END,
    ]));

  it("asks to go on when the token limit came before a call", () =>
    check(turns({ blocks: [{ say: "let me think" }], stop: "max_tokens" }, finish), [
      "turn 1",
      "reply 1: max_tokens",
      "supervisor: Your reply reached its token limit before it called a tool. ",
      "turn 2",
      "reply 2: tool_use finish",
      ...END,
    ]));

  it("asks again at once after a pause", () =>
    check(turns({ blocks: [{ say: "searching" }], stop: "pause_turn", then: { blocks: finish.blocks } }), ["turn 1", "reply 1: pause_turn", "turn 2", "reply 2: tool_use finish", ...END]));

  it("nudges a silent agent, then lets the bench end it", () =>
    check(turns({ blocks: [{ say: "hm" }] }, { blocks: [{ say: "done I think" }] }), ["turn 1", "reply 1: end_turn", "supervisor: Go on or call finish.", "turn 2", "reply 2: end_turn"]));

  it("takes an empty reply for silence", () =>
    check(turns({ blocks: [] }), ["turn 1", "reply 1: end_turn", "supervisor: Go on or call finish.", "turn 2", "reply 2: end_turn"]));

  it("goes on after one refusal", () =>
    check(turns({ ...finish, troubles: [{ kind: "stop", reason: "refusal" }] }), [
      "turn 1",
      "discarded 1: The model refused to answer.",
      "supervisor: Your last reply was withheld by the model service. If part o",
      "turn 2",
      "reply 2: tool_use finish",
      ...END,
    ]));

  it("fails after two refusals in a row", async () => {
    const { end } = await play(turns({ ...finish, troubles: [{ kind: "stop", reason: "refusal", times: 2 }] }));
    assert.equal(end.kind === "failed" && end.why.startsWith("The model refused twice"), true);
  });

  it("makes ids unique when a server does not", async () => {
    const same = (command: string) => ({ call: { tool: "bash", input: { command }, id: "call_1" } });
    const { bench, service } = await play(turns({ blocks: [same("a"), same("b")] }, { blocks: [same("c")] }, finish));
    assert.deepEqual(bench.log.flatMap((event) => (event.kind === "turn.received" ? event.calls.slice(0, 2).map((call) => call.id) : [])).slice(0, 3), ["call_1", "call_1_2", "call_1_3"]);
    assert.deepEqual(service.requests.flatMap((request) => request.problem ?? []), []);
  });

  it("reads the cache that the turn before has written", async () => {
    const { bench } = await play(turns({ blocks: [bash("ls")] }, { blocks: [bash("pwd")] }, finish));
    const usages = bench.log.flatMap((event) => (event.kind === "turn.received" ? [event.usage] : []));
    const first = usages[0];
    const third = usages[2];
    assert.equal(first !== undefined && first.cacheRead === 0 && first.cacheWrite > 1_000, true);
    assert.equal(third !== undefined && third.cacheRead > third.cacheWrite * 10 && third.input < 10, true);
  });

  it("stops when the signal says so, in the middle of a reply, and counts what it cost", async () => {
    const stop = new AbortController();
    const service = await startScriptedModel(turns({ blocks: [{ say: "words ".repeat(50) }], slowMs: 5 }));
    try {
      const bench = new ArrayBench();
      const end = await runLoop(bench, modelClient({ apiKey: "k", baseUrl: service.url }), { chance: () => 0, progress: () => stop.abort("A person stopped it.") }, stop.signal);
      assert.deepEqual(end, { kind: "stopped", why: "A person stopped it." });
      assert.deepEqual(bench.story().slice(1), ["turn 1", "discarded 1: A person stopped it."]);
      assert.equal(bench.run().spent.estimated && bench.run().spent.usd > 0, true);
    } finally {
      await service.close();
    }
  });
});

describe("the loop, when the conversation does not fit", () => {
  const tooLong: Turn = { ...finish, troubles: [{ kind: "status", status: 400, message: "prompt is too long: 9 tokens > 8 maximum" }] };

  it("begins anew from the brief", () =>
    check(turns({ blocks: [bash("ls")] }, tooLong, finish), [
      "turn 1",
      "reply 1: tool_use bash",
      "step: ok: did bash",
      "turn 2",
      "discarded 2: prompt is too long: 9 tokens > 8 maximum (400)",
      "restarted",
      // The script begins anew as well: it goes by the replies in the conversation.
      "turn 3",
      "reply 3: tool_use bash",
      "step: ok: did bash",
      "turn 4",
      "reply 4: tool_use finish",
      ...END,
    ]));

  it("begins anew when a reply filled the context", () =>
    check(turns({ ...finish, troubles: [{ kind: "stop", reason: "model_context_window_exceeded" }] }), ["turn 1", "discarded 1: The reply filled the model's context.", "restarted", "turn 2", "reply 2: tool_use finish", ...END]));

  it("fails when the brief does not fit either", async () => {
    const { end, bench } = await play(turns(finish), { service: { contextTokens: 10 } });
    assert.equal(end.kind === "failed" && end.why.startsWith("The task and the state of the run do not fit"), true);
    assert.deepEqual(bench.story().filter((line) => line === "restarted"), ["restarted"]);
  });

  it("does not ask when it knows that there is no room", async () => {
    const { bench, service } = await play(turns({ blocks: [bash("ls")] }, { blocks: [bash("ls")] }, finish), {
      bench: { perform: (call) => (call.tool === "bash" && call.turn === 1 ? { outcome: "ok", text: "x".repeat(590_000) } : undefined), leave: () => ({ kind: "go", maxTokens: 8_000, model: "small-one" }) },
    });
    assert.equal(bench.story().includes("restarted"), true);
    assert.equal(service.requests.every((request) => JSON.stringify(request.body).length < 100_000), true);
  });
});

describe("the loop, when the service is down", () => {
  it("waits out an outage of hours, saying so ever more rarely", async () => {
    const { bench } = await check(
      turns({ ...finish, troubles: [{ kind: "status", status: 529, times: 80 }] }),
      ["turn 1", ...[1, 2, 4, 8, 16, 32, 64].map((n) => `waiting #${String(n)}: The service is overloaded (529).`), "reply 1: tool_use finish", ...END],
    );
    assert.equal(bench.sleeps.length, 80);
    assert.deepEqual([bench.sleeps[0], bench.sleeps[1], bench.sleeps[79]], [1_000, 2_000, 300_000]);
    assert.equal(bench.now() > 5 * 3_600_000, true);
  });

  it("says so again when the reason changes", () =>
    check(
      turns({ ...finish, troubles: [{ kind: "status", status: 500, times: 2 }, { kind: "status", status: 429 }, { kind: "status", status: 429 }] }),
      ["turn 1", "waiting #1: The service has a failure of its own (500).", "waiting #2: The service has a failure of its own (500).", "waiting #3: The service limits the rate of requests (429).", "waiting #4: The service limits the rate of requests (429).", "reply 1: tool_use finish", ...END],
    ));

  it("waits as long as it is told", async () => {
    const { bench } = await play(turns({ ...finish, troubles: [{ kind: "status", status: 429, retryAfter: "7200" }, { kind: "status", status: 429, retryAfter: new Date(Date.now() + 3_600_000).toUTCString() }] }));
    assert.equal(bench.sleeps[0], 7_200_000);
    assert.equal(Math.abs((bench.sleeps[1] ?? 0) - 3_600_000) < 10_000, true);
  });

  it("reads a date by the service's own clock, takes no negative number for a year, and waits a day at most", async () => {
    const ahead = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toUTCString();
    const answers = [{ "retry-after": ahead(25), date: ahead(24) }, { "retry-after": "-3600" }, { "retry-after": "99999999999" }, { "retry-after-ms": "Infinity" }];
    let asked = 0;
    const { bench } = await play(turns(finish), {
      model: { fetch: (input, init) => (asked < answers.length ? Promise.resolve(new Response("{}", { status: 429, headers: answers[asked++] ?? {} })) : fetch(input, init)) },
    });
    assert.equal(Math.abs((bench.sleeps[0] ?? 0) - 3_600_000) < 10_000, true);
    assert.deepEqual(bench.sleeps.slice(1), [2_000, 86_400_000, 86_400_000]);
  });

  it("says when the next try is by the clock on the wall, however it was set", async () => {
    const { bench } = await play(turns({ ...finish, troubles: [{ kind: "status", status: 500, times: 3 }] }), { bench: { ahead: ({ sleeps }) => (sleeps.length === 1 ? 86_400_000 : -86_400_000) } });
    assert.deepEqual(bench.log.flatMap((event) => (event.kind === "turn.waiting" ? [event.retryAt - event.at] : [])), [1_000, 2_000]);
  });

  it("says at once that the service answers again, and counts a reply that a crash lost after that", async () => {
    const script = turns({ ...finish, troubles: [{ kind: "status", status: 500 }, { kind: "hang", afterBytes: 700 }] });
    const { bench } = await play(script, { model: { idleMs: 500 } });
    assert.deepEqual(bench.log.slice(3, 6).map((event) => event.kind), ["turn.waiting", "turn.answered", "turn.discarded"]);
    const usd = async (length: number): Promise<number> => {
      const again = await play(turns(finish), { bench: { log: bench.log.slice(1, length).map(({ seq: _seq, at: _at, ...event }) => event), blobs: bench.texts } });
      return again.bench.log.reduce((sum, event) => sum + (event.kind === "turn.discarded" && event.cost.kind === "known" ? event.cost.usd : 0), 0);
    };
    assert.equal(await usd(4), 0);
    assert.equal((await usd(5)) > 0, true);
  }).timeout(20_000);

  it("waits when nothing listens", async () => {
    const gone = await startScriptedModel(turns(finish));
    await gone.close();
    const stop = new AbortController();
    const bench = new ArrayBench({ slept: (now) => now.sleeps.length === 2 && stop.abort("enough") });
    const end = await runLoop(bench, modelClient({ apiKey: "k", baseUrl: gone.url }), { chance: () => 0 }, stop.signal);
    const why = `The service at ${gone.url} cannot be reached (ECONNREFUSED).`;
    assert.deepEqual(bench.story().slice(1), ["turn 1", `waiting #1: ${why}`, `waiting #2: ${why}`, `discarded 1: ${why}`]);
    assert.deepEqual(end, { kind: "stopped", why: "enough" });
    assert.equal(bench.run().spent.usd, 0);
  });

  it("waits after a reset connection", async () => {
    const { bench } = await play(turns({ ...finish, troubles: [{ kind: "reset" }] }));
    assert.equal(bench.story()[2]?.startsWith("waiting #1: The service at http://127.0.0.1:"), true);
    assert.equal(bench.story().at(-2), "reply 1: tool_use finish");
  });

  it("takes in what a person says meanwhile", async () => {
    const { bench, service } = await play(turns({ ...finish, troubles: [{ kind: "status", status: 500 }] }), { bench: { slept: (now) => now.say("person", "use tabs") } });
    assert.deepEqual(bench.story().slice(1, 6), ["turn 1", "waiting #1: The service has a failure of its own (500).", "person: use tabs", "discarded 1: The service has a failure of its own (500).", "turn 2"]);
    assert.equal(JSON.stringify(service.requests.at(-1)?.body).includes("use tabs"), true);
  });

  it("ends when the bench says so meanwhile", () => {
    let asked = 0;
    const paused: LoopEnd = { kind: "paused", why: "a person paused it" };
    return check(turns({ ...finish, troubles: [{ kind: "status", status: 500 }] }), ["turn 1", "waiting #1: The service has a failure of its own (500).", "discarded 1: The service has a failure of its own (500)."], paused, {
      bench: { leave: () => (++asked === 1 ? { kind: "go", maxTokens: 100, model: "m" } : { kind: "end", end: paused }) },
    });
  });

  it("discards a reply that was cut at any byte, counts it once, and asks again", async () => {
    const turn: Turn = { blocks: [{ say: "I look around first." }, bash("ls -la")] };
    const offsets = Array.from({ length: 60 }, (_, index) => index * 37);
    const { bench, end } = await play(turns({ ...turn, troubles: offsets.map((afterBytes) => ({ kind: "cut" as const, afterBytes })) }, finish));
    const discarded = bench.log.filter((event) => event.kind === "turn.discarded");
    const received = bench.log.filter((event) => event.kind === "turn.received");
    assert.deepEqual([end.kind, received.length, bench.story().filter((line) => line === "step: ok: did bash").length], ["finished", 2, 1]);
    assert.equal(discarded.length >= 30 && discarded.every((event) => event.estimated && event.cost.kind === "known" && event.cost.usd > 0), true);
    assert.equal(bench.log.filter((event) => event.kind === "turn.requested").length, discarded.length + received.length);
  });

  it("discards a reply that the service broke off with an error", () =>
    check(turns({ blocks: [{ say: "a" }, bash("ls")], troubles: [{ kind: "error-event", type: "overloaded_error", afterBlocks: 1 }] }, finish), [
      "turn 1",
      "discarded 1: The service broke the reply off (overloaded_error).",
      "waiting #1: The service broke the reply off (overloaded_error).",
      "turn 2",
      "reply 2: tool_use bash",
      "step: ok: did bash",
      "turn 3",
      "reply 3: tool_use finish",
      ...END,
    ]));

  it("gives up a reply that falls silent", () =>
    check(
      turns({ ...finish, troubles: [{ kind: "hang", afterBytes: 700 }] }),
      ["turn 1", "discarded 1: Nothing came from the model service for 1 seconds.", "waiting #1: Nothing came from the model service for 1 seconds.", "turn 2", "reply 2: tool_use finish", ...END],
      FINISHED,
      { model: { idleMs: 200 } },
    ));
});

describe("the loop, when only a person can help", () => {
  const fails = async (setting: Setting, why: string): Promise<void> => {
    const { end, bench } = await play(turns(finish), setting);
    assert.equal(end.kind === "failed" ? end.why : end.kind, why);
    // Every turn that was asked for has its outcome, so that the run can be resumed.
    assert.equal(bench.log.at(-1)?.kind, "turn.discarded");
  };

  it("says how to set the key", () =>
    fails({ service: { key: "other" } }, "The model service does not let this run in: invalid API key (401) Set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) to a key that is valid and has credit, then: vigil resume r1"));
  it("says so at once when there is no key at all", async () => {
    const bench = new ArrayBench();
    const end = await runLoop(bench, modelClient({ apiKey: " ", baseUrl: "" }), { chance: () => 0 }, new AbortController().signal);
    assert.equal(end.kind === "failed" && end.why.startsWith("The model service does not let this run in: No key for the model service is set."), true);
  });
  it("says which setting names the model", () =>
    fails(
      { service: { models: ["other"] } },
      "The model service does not know the model claude-opus-5-5: model: claude-opus-5-5 (404) Name another one in the setting vigil.model.name and start the run again, or, if the service was the wrong one, correct its address and: vigil resume r1",
    ));
  it("says what the service refused", async () => {
    const { end } = await play(turns({ ...finish, troubles: [{ kind: "status", status: 400, message: "tools.0: bad schema", times: 2 }] }));
    assert.equal(end.kind === "failed" ? end.why.split(".")[0] : "", "The model service refuses this run's request: tools");
  });
});

describe("the loop, with servers that can do less", () => {
  it("goes on without caching, and says so once", async () => {
    const { bench, service } = await play(turns({ blocks: [bash("ls")] }, finish), { service: { caching: false } });
    assert.deepEqual(bench.story().filter((line) => line.startsWith("note")), [
      "note: The model service does not take prompt caching (cache_control: extra inputs are not permitted (400)). The run goes on without it and costs more.",
    ]);
    assert.deepEqual(service.requests.map((request) => request.status), [400, 200, 200]);
  });
  it("reads a stream of bare data lines, as some servers send it", async () => {
    const events = [
      { type: "message_start", message: { id: "m", model: "other", role: "assistant", content: [] } },
      { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "f", name: "finish", input: {} } },
      { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"summary": "done"}' } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "tool_calls" } },
      { type: "message_stop" },
    ];
    const body = `: hello\n\n${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`;
    const { bench } = await play(turns(), { model: { fetch: () => Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } })) } });
    assert.deepEqual(bench.story().slice(1), ["turn 1", "reply 1: tool_use finish", ...END]);
  });
  it("guesses what a reply cost that nobody counted, and says that it is a guess", async () => {
    const message = { model: "claude-opus-5-5", content: [{ type: "tool_use", id: "f", name: "finish", input: { summary: "done" } }], stop_reason: "tool_use" };
    const { bench } = await play(turns(), { model: { fetch: () => Promise.resolve(Response.json(message)) } });
    const { spent } = bench.run();
    assert.deepEqual([bench.story().slice(1), spent.estimated, spent.usd > 0, spent.usage.output > 10], [["turn 1", "reply 1: tool_use finish", ...END], true, true, true]);
  });
  it("keeps the blocks of a server that numbers them all alike", async () => {
    const block = (value: object, delta: object): readonly object[] => [{ type: "content_block_start", index: 0, content_block: value }, { type: "content_block_delta", index: 0, delta }];
    const events = [
      { type: "message_start", message: { id: "m", model: "other", role: "assistant", content: [] } },
      ...block({ type: "tool_use", id: "a", name: "bash", input: {} }, { type: "input_json_delta", partial_json: '{"command": "ls"}' }),
      ...block({ type: "tool_use", id: "f", name: "finish", input: {} }, { type: "input_json_delta", partial_json: '{"summary": "done"}' }),
      { type: "message_stop" },
    ];
    const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
    const { bench } = await play(turns(), { model: { fetch: () => Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } })) } });
    assert.deepEqual(bench.story().slice(1), ["turn 1", "reply 1: tool_use bash finish", "step: ok: did bash", ...END]);
  });
  it("takes a page of the network's own for no reply, and counts nothing for it", async () => {
    const { bench, service } = await play(turns({ ...finish, troubles: [{ kind: "body", body: "<html>Sign in</html>", contentType: "text/html" }] }));
    assert.equal(bench.story()[2], `waiting #1: What answers at ${service.url} is no model service (text/html). A network that wants a sign-in may be in between.`);
    assert.deepEqual(bench.log.filter((event) => event.kind === "turn.discarded"), []);
  });
  it("takes a whole reply where it asked for a stream", () =>
    check(turns({ blocks: [{ say: "look" }, bash("ls")] }, finish), ["turn 1", "reply 1: tool_use bash", "step: ok: did bash", "turn 2", "reply 2: tool_use finish", ...END], FINISHED, { service: { streams: false } }));
  it("sends the key as both headers that such servers look for", async () => {
    const { service } = await play(turns(finish));
    assert.deepEqual([service.requests[0]?.headers["x-api-key"], service.requests[0]?.headers["authorization"]], ["k", "Bearer k"]);
  });
  it("sends a token as a bearer only", async () => {
    const { service } = await play(turns(finish), { model: { apiKey: undefined, authToken: "t" } });
    assert.deepEqual([service.requests[0]?.headers["x-api-key"], service.requests[0]?.headers["authorization"]], [undefined, "Bearer t"]);
  });
});

describe("the loop, resumed", () => {
  /** Plays a whole run, then again from each point of its log, as if the runner had been killed there. */
  it("goes on from every point of a log and performs nothing twice", async () => {
    const script = turns({ blocks: [{ say: "look" }, bash("ls"), bash("pwd")] }, { blocks: [{ say: "thinking" }] }, { blocks: [bash("make")] }, finish);
    const whole = await play(script);
    for (let length = 1; length < whole.bench.log.length; length++) {
      const log = whole.bench.log.slice(1, length).map(({ seq: _seq, at: _at, ...event }) => event);
      const performed = new Set(log.flatMap((event) => (event.kind === "step.finished" ? [event.call] : [])));
      const again: string[] = [];
      const { end, bench, service } = await play(script, {
        bench: { log, blobs: whole.bench.texts, perform: (call) => (performed.has(call.id) ? (again.push(call.id), undefined) : undefined) },
      });
      assert.deepEqual([length, end, again], [length, FINISHED, []]);
      assert.deepEqual(service.requests.flatMap((request) => request.problem ?? []), []);
      const open = bench.log.filter((event) => event.kind === "turn.requested").length;
      const settled = bench.log.filter((event) => event.kind === "turn.received" || event.kind === "turn.discarded").length;
      assert.equal(open, settled);
    }
  }).timeout(20_000);

  it("counts a turn that was under way as a guess, once", async () => {
    const { bench } = await play(turns(finish), { bench: { log: [{ kind: "message.added", from: "brief", text: "t".repeat(64) }, { kind: "turn.requested", turn: 1, model: "claude-opus-5-5", maxTokens: 9 }], blobs: new Map([["t".repeat(64), "Task"]]) } });
    const discarded = bench.log.filter((event) => event.kind === "turn.discarded");
    assert.equal(discarded.length === 1 && discarded[0]?.cost.kind === "known" && discarded[0].cost.usd > 0 && discarded[0].estimated, true);
  });

  it("does not run what followed an interrupted call", () =>
    check(
      turns(finish, finish),
      ["turn 1", "reply 1: tool_use bash bash", "step: interrupted: interrupted", "step: skipped: not run: a call before it in the same reply was refused or f", "turn 2", "reply 2: tool_use finish", ...END],
      FINISHED,
      {
        bench: {
          log: [
            { kind: "message.added", from: "brief", text: "t".repeat(64) },
            { kind: "turn.requested", turn: 1, model: "m", maxTokens: 9 },
            { kind: "turn.received", turn: 1, model: "m", stop: "tool_use", usage: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 }, cost: { kind: "unknown" }, reply: "e".repeat(64), calls: [{ id: "a", tool: "bash", cut: false }, { id: "b", tool: "bash", cut: false }], ms: 1 },
            { kind: "step.finished", step: 1, call: "a", outcome: "interrupted", result: "c".repeat(64), changed: [], ms: 1, masked: 0 },
          ],
          blobs: new Map([
            ["t".repeat(64), "Task"],
            ["c".repeat(64), "interrupted"],
            ["e".repeat(64), JSON.stringify([{ type: "tool_use", id: "a", name: "bash", input: { command: "ls" } }, { type: "tool_use", id: "b", name: "bash", input: { command: "ls" } }])],
          ]),
        },
      },
    ));
});
