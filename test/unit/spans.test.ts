// A run as OpenTelemetry spans: what a viewer of traces relies on, held on the logs that earlier releases wrote too.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import { eventSchema } from "../../src/core/log/event.js";
import { Spans, type Span } from "../../src/core/run/spans.js";
import { OWNER, shaOf } from "./run-builder.js";

const TRACE = "0123456789abcdef".repeat(2);

function spansOf(events: readonly LoggedEvent[]): readonly Span[] {
  const spans = new Spans(TRACE);
  return [...events.flatMap((event) => spans.add(event)), ...spans.end()];
}

/** Events a second apart, from the given time on. */
function log(...events: readonly (RunEvent & { readonly at?: number })[]): readonly LoggedEvent[] {
  return events.map((event, at) => ({ at: 1_000_000 + at * 1_000, ...event, seq: at + 1 }));
}

const golden = new URL("../../../test/unit/golden/", import.meta.url);
const started = { ...(goldenLog("0.1.0-gated.jsonl").find(({ kind }) => kind === "run.started") as Extract<LoggedEvent, { kind: "run.started" }>), at: 1_000_000 };

function goldenLog(name: string): readonly LoggedEvent[] {
  return readFileSync(new URL(name, golden), "utf8").trimEnd().split("\n").map((line) => {
    const { seq, at, ...event } = JSON.parse(line) as { seq: number; at: number };
    return { ...eventSchema.parse(event), seq, at };
  });
}

const intended = (step: number, tool: string, decision?: string): RunEvent => ({ kind: "step.intended", step, turn: 1, call: `call-${String(step)}`, tool, about: `about ${String(step)}`, verdict: { kind: "allow", rule: "confined" }, ...(decision === undefined ? {} : { decision }) });
const finished = (step: number, outcome: Extract<RunEvent, { kind: "step.finished" }>["outcome"]): RunEvent => ({ kind: "step.finished", step, call: `call-${String(step)}`, outcome, result: "a".repeat(64), changed: [], ms: 10, masked: 0 });

const briefly = (spans: readonly Span[]): readonly unknown[] => spans.map(({ name, spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano, status }) => [name, Number.parseInt(spanId, 16), Number.parseInt(parentSpanId ?? "0", 16), Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e9, status.message ?? ""]);
const attribute = (span: Span | undefined, key: string): unknown => Object.values(span?.attributes.find((one) => one.key === key)?.value ?? {})[0];

describe("spans", () => {
  it("put tool calls under their decision, and all else under the run, each as long as it took", () => {
    const spans = spansOf(log(
      started,
      intended(1, "bash"),
      finished(1, "ok"),
      { kind: "decision.opened", decision: "d1", reason: { title: "Add", why: "It lacks", insteadOf: [] }, before: shaOf(1), step: 2 },
      intended(3, "write", "d1"),
      finished(3, "denied"),
      { kind: "decision.ended", decision: "d1", outcome: "kept", by: "agent", after: shaOf(2), files: [], heldTo: "gated-write", notes: [], claims: [], step: 4 },
      { kind: "run.ended", outcome: "ready", why: "the agent finished", cost: { kind: "unknown" } },
    ));
    assert.deepEqual(briefly(spans), [
      ["execute_tool bash", 2, 1, 1, ""],
      ["execute_tool write", 5, 4, 1, "denied"],
      ["decision d1", 4, 1, 3, ""],
      ["invoke_agent vigil", 1, 0, 7, ""],
    ]);
    assert.ok(spans.every(({ traceId }) => traceId === TRACE));
    assert.equal(attribute(spans[2], "vigil.decision.title"), "Add");
    assert.equal(spans[3]?.attributes.some(({ key }) => key === "vigil.cost.usd"), false, "an unknown cost is not zero");
  });

  it("count cached tokens as input, as the conventions do", () => {
    const spans = spansOf(log(
      started,
      { kind: "turn.requested", turn: 1, model: "m", maxTokens: 100 },
      { kind: "turn.received", turn: 1, model: "m-1", stop: "tool_use", usage: { input: 5, output: 7, cacheRead: 100, cacheWrite: 20 }, cost: { kind: "known", usd: 0.25 }, reply: "a".repeat(64), calls: [], ms: 900 },
    ));
    const [turn] = spans;
    assert.deepEqual(["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "vigil.cost.usd", "gen_ai.response.model"].map((key) => attribute(turn, key)), ["125", "7", "100", "20", 0.25, "m-1"]);
    assert.deepEqual([turn?.kind, turn?.name], [3, "chat m"]);
  });

  it("say of what has no outcome that it has none, and never end before they began", () => {
    const spans = spansOf(log(started, { ...intended(1, "bash"), at: 5_000_000 }, { ...intended(2, "read"), at: 4_000_000 }, { ...finished(2, "ok"), at: 3_000_000 }));
    assert.deepEqual(briefly(spans), [
      ["execute_tool read", 3, 1, 0, ""],
      ["execute_tool bash", 2, 1, 0, "no outcome on record"],
      ["invoke_agent vigil", 1, 0, 4_000, ""],
    ]);
  });

  it("keep both of an intent that a killed process left and the one that took it up", () => {
    const request: RunEvent = { kind: "turn.requested", turn: 1, model: "m", maxTokens: 100 };
    assert.deepEqual(briefly(spansOf(log(started, request, request, { kind: "turn.discarded", turn: 1, why: "cut", usage: { input: 1, output: 0, cacheRead: 0, cacheWrite: 0 }, cost: { kind: "unknown" }, estimated: true }))), [
      ["chat m", 2, 1, 1, "no outcome on record"],
      ["chat m", 3, 1, 1, "cut"],
      ["invoke_agent vigil", 1, 0, 3, ""],
    ]);
  });

  it("tell what happened to the run as a whole on its own span", () => {
    const spans = spansOf(log(started, { kind: "stage.lowered", to: "read-only", by: OWNER.email, why: "too much" }, { kind: "note.added", text: "no compaction here" }));
    assert.deepEqual(spans[0]?.events?.map(({ name, timeUnixNano }) => [name, timeUnixNano]), [["vigil.stage.lowered", "1001000000000"], ["vigil.note.added", "1002000000000"]]);
  });

  it("have no two of one id, and no parent that is not there, in every recorded log", () => {
    const names = readdirSync(golden).filter((name) => name.endsWith(".jsonl"));
    assert.ok(names.length > 0);
    for (const name of names) {
      const events = goldenLog(name);
      const spans = spansOf(events);
      const ids = new Set(spans.map(({ spanId }) => spanId));
      assert.equal(ids.size, spans.length, name);
      assert.deepEqual(spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId)), [], name);
      assert.equal(spans.filter((span) => span.name.startsWith("execute_tool ")).length, events.filter(({ kind }) => kind === "step.intended").length, name);
      assert.equal(spans.filter((span) => span.name.startsWith("decision ")).length, events.filter(({ kind }) => kind === "decision.opened").length, name);
    }
  });
});
