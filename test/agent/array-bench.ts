// A workbench kept in arrays, with a clock that only sleeping moves: the loop's other side for tests, as the runner is in life.
import { createHash } from "node:crypto";
import type { LoggedEvent, RunEvent } from "../../src/core/log/event.js";
import type { RunSpec } from "../../src/core/log/lifecycle.js";
import { POLICY_KEYS, type PolicyValues } from "../../src/core/policy/schema.js";
import { replay } from "../../src/core/run/replay.js";
import type { Run } from "../../src/core/run/run.js";
import { parseInput } from "../../src/agent/tools.js";
import type { Leave, LoopEnd, PendingCall, Workbench } from "../../src/agent/workbench.js";

const values = Object.fromEntries(Object.entries(POLICY_KEYS).map(([key, { fallback }]) => [key, fallback ?? undefined])) as unknown as PolicyValues;
const person = { name: "P", email: "p@team.example" };

export const spec: RunSpec = {
  task: "Fix the parser",
  repository: { root: "/r", commonDir: "/r/.git", branch: "main" },
  base: "a".repeat(40),
  stage: "gated-write",
  stageWhy: "the policy's ceiling",
  policy: { values, origins: {} },
  policyDigest: "p",
  owner: person,
  startedBy: person,
  model: { name: "claude-opus-5-5" },
  prices: {},
  worktree: "/w",
  notices: [],
};

export interface BenchOptions {
  /** Events to go on from, after `run.started`. */
  readonly log?: readonly RunEvent[];
  readonly blobs?: ReadonlyMap<string, string>;
  readonly prices?: Record<string, unknown>;
  /** What a call gives. Default: ok, except `finish`, which ends, and inputs that do not parse, which are invalid. */
  readonly perform?: (call: PendingCall) => Outcome | undefined;
  readonly leave?: (estimate: number, bench: ArrayBench) => Leave;
  /** Milliseconds by which the clock on the wall is ahead of the steady one, or behind. Default: none. */
  readonly ahead?: (bench: ArrayBench) => number;
  /** Called whenever the loop sleeps, before the clock moves. */
  readonly slept?: (bench: ArrayBench) => void;
}

export interface Outcome {
  readonly outcome: "ok" | "error" | "denied" | "invalid" | "interrupted";
  readonly text: string;
  readonly end?: LoopEnd;
}

export class ArrayBench implements Workbench {
  readonly log: LoggedEvent[] = [];
  readonly texts: Map<string, string>;
  readonly blobs = {
    put: (content: string): Promise<string> => Promise.resolve(this.keep(content)),
    text: (id: string): Promise<string> => Promise.resolve(this.texts.get(id) ?? assertBlob(id)),
  };
  readonly sleeps: number[] = [];
  #clock = 1_000;
  #steps = 0;

  constructor(private readonly options: BenchOptions = {}) {
    this.texts = new Map(options.blobs ?? []);
    const started: RunEvent = { kind: "run.started", format: 1, version: "0", run: "r1", command: "c", spec: { ...spec, prices: options.prices ?? {} } };
    this.add(started, ...(options.log ?? []));
  }

  keep(content: string): string {
    const id = createHash("sha256").update(content).digest("hex");
    this.texts.set(id, content);
    return id;
  }

  add(...events: readonly RunEvent[]): void {
    for (const event of events) this.log.push({ ...event, seq: this.log.length + 1, at: this.wallClock() });
  }

  say(from: "person" | "supervisor", text: string): void {
    this.add({ kind: "message.added", from, text: this.keep(text) });
  }

  now(): number {
    return this.#clock;
  }

  wallClock(): number {
    return this.#clock + (this.options.ahead?.(this) ?? 0);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.options.slept?.(this);
    if (!signal.aborted) {
      this.sleeps.push(ms);
      this.#clock += ms;
    }
    return Promise.resolve();
  }

  append(...events: readonly RunEvent[]): Promise<void> {
    this.add(...events);
    return Promise.resolve();
  }

  events(): readonly LoggedEvent[] {
    // A copy, as a reader of a growing log would hold it.
    return [...this.log];
  }

  run(): Run {
    const run = replay(this.log);
    if (run === undefined) throw new Error("the log begins with run.started");
    return run;
  }

  beforeTurn(estimate: number): Promise<Leave> {
    return Promise.resolve(this.options.leave?.(estimate, this) ?? { kind: "go", maxTokens: 32_000, model: "claude-opus-5-5" });
  }

  perform(call: PendingCall): ReturnType<Workbench["perform"]> {
    const parsed = parseInput(call.tool, call.input);
    const given: Outcome =
      parsed.kind === "invalid"
        ? { outcome: "invalid", text: parsed.problem }
        : (this.options.perform?.(call) ?? { outcome: "ok", text: `did ${call.tool}`, ...(call.tool === "finish" ? { end: { kind: "finished" } } : {}) });
    this.finish(call, given.outcome, given.text);
    if (given.end !== undefined) return Promise.resolve({ kind: "end", end: given.end });
    return Promise.resolve({ kind: given.outcome === "ok" ? "next" : "skip" });
  }

  skip(call: PendingCall, why: string): Promise<void> {
    this.finish(call, "skipped", `not run: ${why}`);
    return Promise.resolve();
  }

  afterSilence(): ReturnType<Workbench["afterSilence"]> {
    const nudged = this.log.findLast((event) => event.kind === "step.finished" || (event.kind === "message.added" && event.from === "supervisor"))?.kind === "message.added";
    if (nudged) return Promise.resolve({ kind: "end", end: { kind: "finished" } });
    this.say("supervisor", "Go on or call finish.");
    return Promise.resolve({ kind: "go" });
  }

  finish(call: Pick<PendingCall, "id">, outcome: Outcome["outcome"] | "skipped", text: string): void {
    this.add({ kind: "step.finished", step: ++this.#steps, call: call.id, outcome, result: this.keep(text), changed: [], ms: 1, masked: 0 });
  }

  /** The log in one short line an event, for comparing whole runs. */
  story(): readonly string[] {
    return this.log.flatMap((event) => {
      switch (event.kind) {
        case "message.added":
          return [`${event.from}: ${firstLine(this.texts.get(event.text))}`];
        case "conversation.restarted":
          return ["restarted"];
        case "conversation.trimmed":
          return [event.brief === undefined ? "shortened" : "trimmed"];
        case "turn.requested":
          return [`turn ${String(event.turn)}`];
        case "turn.waiting":
          return [`waiting #${String(event.attempt)}: ${event.why}`];
        case "turn.received":
          return [`reply ${String(event.turn)}: ${[event.stop, ...event.calls.map((call) => (call.cut ? `${call.tool} (cut)` : call.tool))].join(" ")}`];
        case "turn.discarded":
          return [`discarded ${String(event.turn)}: ${event.why}`];
        case "step.finished":
          return [`step: ${event.outcome}: ${firstLine(this.texts.get(event.result))}`];
        case "note.added":
          return [`note: ${event.text}`];
        default:
          return [];
      }
    });
  }
}

function firstLine(text: string | undefined): string {
  return (text ?? "").split("\n")[0]?.slice(0, 60) ?? "";
}

function assertBlob(id: string): never {
  throw new Error(`no blob ${id}`);
}
