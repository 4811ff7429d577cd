// A run as OpenTelemetry spans, for tools that show traces: the run, its decisions, model turns, tool calls, approvals,
// checks and landings. Names and attributes follow OpenTelemetry's conventions for generative AI (operations
// invoke_agent, chat and execute_tool), and OTLP's JSON encoding: ids in hex, 64-bit numbers as text. What a tool
// printed, what files hold and what the model wrote stay in the run's own folder.
import type { EventOf, LoggedEvent } from "../log/event.js";
import type { Cost, Usage } from "../log/parts.js";

type Value = { readonly stringValue: string } | { readonly intValue: string } | { readonly doubleValue: number } | { readonly boolValue: boolean } | { readonly arrayValue: { readonly values: readonly Value[] } };
interface Attribute {
  readonly key: string;
  readonly value: Value;
}

/** One span as OTLP's JSON encoding has it. */
export interface Span {
  /** 32 and 16 hex digits; a span's is the number of the event that opened it. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1: internal, 3: client. */
  readonly kind: 1 | 3;
  /** Nanoseconds since 1970. The clock of the machine, which can have been set back: an end is never before its start. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events?: readonly { readonly timeUnixNano: string; readonly name: string; readonly attributes: readonly Attribute[] }[];
  /** 0: nothing to say, 2: error. */
  readonly status: { readonly code: 0 | 2; readonly message?: string };
}

interface Open {
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: 1 | 3;
  readonly start: number;
  readonly attributes: readonly Attribute[];
}

interface Told {
  readonly at: number;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}

const NO_OUTCOME = "no outcome on record";

/** Takes a run's events in their order and gives each span once it has ended; holds only what is open. */
export class Spans {
  readonly #traceId: string;
  readonly #open = new Map<string, Open>();
  /** Facts about the run as a whole, told on its span. */
  readonly #told: Told[] = [];
  #ended: { readonly at: number; readonly attributes: readonly Attribute[]; readonly failed: string | undefined } | undefined;
  #last = 0;

  /** `traceId`: 32 hex digits, the same for every export of the same run. */
  constructor(traceId: string) {
    this.#traceId = traceId;
  }

  add(event: LoggedEvent): readonly Span[] {
    this.#last = Math.max(this.#last, event.at);
    switch (event.kind) {
      case "run.started":
        return this.#begin("run", event, "invoke_agent vigil", runAttributes(event));
      case "turn.requested":
        return this.#begin(`turn ${String(event.turn)}`, event, `chat ${event.model}`, turnAttributes(event), { kind: 3 });
      case "turn.received":
        return this.#end(`turn ${String(event.turn)}`, event.at, receivedAttributes(event));
      case "turn.discarded":
        return this.#end(`turn ${String(event.turn)}`, event.at, [...usageAttributes(event.usage), ...costAttributes(event.cost)], event.why);
      case "step.intended":
        return this.#begin(`step ${String(event.step)}`, event, `execute_tool ${event.tool}`, stepAttributes(event), { parent: this.#open.get(`decision ${event.decision ?? ""}`)?.id });
      case "step.finished":
        return this.#end(`step ${String(event.step)}`, event.at, [text("vigil.outcome", event.outcome), ...(typeof event.exit === "number" ? [whole("process.exit.code", event.exit)] : [])], event.outcome === "ok" ? undefined : event.outcome);
      case "decision.opened":
        return this.#begin(`decision ${event.decision}`, event, `decision ${event.decision}`, [text("vigil.decision.id", event.decision), text("vigil.decision.title", event.reason.title), text("vigil.decision.why", event.reason.why)]);
      case "decision.ended":
        return this.#end(`decision ${event.decision}`, event.at, endedAttributes(event));
      case "gate.raised":
        return this.#begin(`gate ${event.gate}`, event, `approval ${event.type}`, [text("vigil.approval.id", event.gate), text("vigil.approval.target", event.target), text("vigil.approval.why", event.why)]);
      case "gate.answered":
        return this.#end(`gate ${event.gate}`, event.at, [text("vigil.approval.answer", event.answer), text("vigil.approval.by", event.by.email)]);
      case "gate.parked":
      case "gate.expired":
        return this.#end(`gate ${event.gate}`, event.at, [text("vigil.approval.answer", event.kind === "gate.parked" ? "skipped" : "expired")]);
      case "check.finished":
        return [this.#whole(event, "check", event.ms, [text("vigil.check.command", event.command), text("vigil.check.source", event.source), text("vigil.check.outcome", event.outcome), text("vigil.check.tree", event.on.tree)], event.outcome === "green" ? undefined : event.outcome)];
      case "setup.finished":
        return [this.#whole(event, "setup", event.ms, [text("vigil.setup.command", event.command)], event.exit === 0 ? undefined : `exit code ${String(event.exit)}`)];
      case "sandbox.tested":
        return [this.#whole(event, "sandbox self-test", event.ms, [text("vigil.sandbox.backend", event.backend)], event.passed ? undefined : "a wall does not hold")];
      case "worktree.created":
        return [this.#whole(event, "create worktree", event.ms, [])];
      case "verdict.given":
        return [this.#whole(event, `verdict ${event.verdict}`, 0, [texts("vigil.verdict.targets", event.targets), text("vigil.verdict.basis", event.basis), text("vigil.verdict.by", event.by.kind === "person" ? event.by.person.email : `policy ${event.by.digest}`)])];
      case "landing.intended":
        return this.#begin("landing", event, "land", [text("vigil.landing.branch", event.branch), whole("vigil.landing.commits", event.commits.length)]);
      case "landing.finished":
        return this.#end("landing", event.at, [text("vigil.landing.to", event.to)]);
      case "run.ended":
        this.#ended = { at: event.at, attributes: [text("vigil.run.outcome", event.outcome), ...costAttributes(event.cost)], failed: event.outcome === "failed" ? event.why : undefined };
        return [];
      default:
        this.#tell(event);
        return [];
    }
  }

  /** What was still open, told so, and last the run itself. */
  end(): readonly Span[] {
    const run = this.#open.get("run");
    const open = [...this.#open].filter(([key]) => key !== "run");
    const spans = open.flatMap(([key, { start }]) => this.#end(key, Math.max(start, this.#last), [], NO_OUTCOME));
    if (run === undefined) return spans;
    const { at, attributes, failed } = this.#ended ?? { at: this.#last, attributes: [], failed: undefined };
    const events = this.#told.map((one) => ({ timeUnixNano: nanoseconds(one.at), name: one.name, attributes: one.attributes }));
    return [...spans, { ...this.#span(run, at, attributes, failed), events }];
  }

  #begin(key: string, event: LoggedEvent, name: string, attributes: readonly Attribute[], more: { readonly parent?: string | undefined; readonly kind?: 1 | 3 } = {}): readonly Span[] {
    // A process that was killed leaves an intent that the next one takes up anew.
    const before = this.#end(key, event.at, [], NO_OUTCOME);
    const parent = more.parent ?? this.#open.get("run")?.id;
    this.#open.set(key, { id: spanId(event), parent, name, kind: more.kind ?? 1, start: event.at, attributes });
    return before;
  }

  #end(key: string, at: number, attributes: readonly Attribute[], failed?: string): readonly Span[] {
    const open = this.#open.get(key);
    if (open === undefined) return [];
    this.#open.delete(key);
    return [this.#span(open, at, attributes, failed)];
  }

  /** A span that one event tells of whole. */
  #whole(event: LoggedEvent, name: string, ms: number, attributes: readonly Attribute[], failed?: string): Span {
    const parent = this.#open.get("run")?.id;
    return this.#span({ id: spanId(event), parent, name, kind: 1, start: event.at - ms, attributes }, event.at, [], failed);
  }

  #span(open: Open, at: number, attributes: readonly Attribute[], failed: string | undefined): Span {
    return {
      traceId: this.#traceId,
      spanId: open.id,
      ...(open.parent === undefined ? {} : { parentSpanId: open.parent }),
      name: open.name,
      kind: open.kind,
      startTimeUnixNano: nanoseconds(open.start),
      endTimeUnixNano: nanoseconds(Math.max(open.start, at)),
      attributes: [...open.attributes, ...attributes],
      status: failed === undefined ? { code: 0 } : { code: 2, message: failed },
    };
  }

  #tell(event: LoggedEvent): void {
    const attributes = toldAttributes(event);
    if (attributes !== undefined) this.#told.push({ at: event.at, name: `vigil.${event.kind}`, attributes });
  }
}

/** Undefined for events that only a program needs, and for those that other spans tell. */
function toldAttributes(event: LoggedEvent): readonly Attribute[] | undefined {
  switch (event.kind) {
    case "violation.found":
      return [text("vigil.rule", event.rule), texts("vigil.paths", event.paths)];
    case "goal.abandoned":
      return [text("vigil.goal", event.goal), text("vigil.why", event.why)];
    case "decision.dropped":
      return [texts("vigil.decisions", event.decisions), text("vigil.why", event.because)];
    case "host.reached":
    case "host.refused":
      return [text("server.address", event.host), whole("server.port", event.port), whole("vigil.count", event.count)];
    case "landing.stopped":
      return [text("vigil.outcome", event.outcome), text("vigil.why", event.why)];
    case "landing.undone":
      return [text("vigil.landing.branch", event.branch), text("vigil.by", event.by.email)];
    case "stage.lowered":
      return [text("vigil.stage", event.to), text("vigil.by", event.by), text("vigil.why", event.why)];
    case "turn.waiting":
    case "conversation.restarted":
    case "conversation.trimmed":
    case "policy.narrowed":
    case "run.queued":
    case "run.paused":
    case "run.unpaused":
    case "runner.ended":
      return [text("vigil.why", event.why)];
    case "runner.started":
      return [text("vigil.role", event.role), whole("process.pid", event.pid)];
    case "log.repaired":
      return [whole("vigil.bytes", event.bytes)];
    case "note.added":
      return [text("vigil.note", event.text)];
    default:
      return undefined;
  }
}

function runAttributes({ run, spec, version }: EventOf<"run.started">): readonly Attribute[] {
  return [
    text("gen_ai.operation.name", "invoke_agent"),
    text("gen_ai.provider.name", "anthropic"),
    text("gen_ai.agent.name", "vigil"),
    text("gen_ai.agent.version", version),
    text("gen_ai.conversation.id", run),
    text("gen_ai.request.model", spec.model.name),
    text("vigil.run.task", spec.task),
    text("vigil.run.stage", spec.stage),
    text("vigil.run.owner", spec.owner.email),
    text("vigil.run.started_by", spec.startedBy.email),
    text("vigil.run.policy_digest", spec.policyDigest),
    text("vcs.ref.base.revision", spec.base),
  ];
}

function turnAttributes({ model, maxTokens }: EventOf<"turn.requested">): readonly Attribute[] {
  return [text("gen_ai.operation.name", "chat"), text("gen_ai.provider.name", "anthropic"), text("gen_ai.request.model", model), whole("gen_ai.request.max_tokens", maxTokens)];
}

function receivedAttributes(event: EventOf<"turn.received">): readonly Attribute[] {
  return [text("gen_ai.response.model", event.model), texts("gen_ai.response.finish_reasons", [event.stop]), ...usageAttributes(event.usage), ...costAttributes(event.cost)];
}

/** The conventions count what came from a cache or went into it as input; the service counts it apart. */
function usageAttributes({ input, output, cacheRead, cacheWrite }: Usage): readonly Attribute[] {
  return [
    whole("gen_ai.usage.input_tokens", input + cacheRead + cacheWrite),
    whole("gen_ai.usage.output_tokens", output),
    whole("gen_ai.usage.cache_read.input_tokens", cacheRead),
    whole("gen_ai.usage.cache_creation.input_tokens", cacheWrite),
  ];
}

function stepAttributes(event: EventOf<"step.intended">): readonly Attribute[] {
  return [
    text("gen_ai.operation.name", "execute_tool"),
    text("gen_ai.tool.name", event.tool),
    text("gen_ai.tool.call.id", event.call),
    text("gen_ai.tool.type", "function"),
    whole("vigil.step", event.step),
    text("vigil.about", event.about),
    text("vigil.judged", event.verdict.kind),
    text("vigil.rule", event.verdict.rule),
  ];
}

function endedAttributes(event: EventOf<"decision.ended">): readonly Attribute[] {
  return [
    text("vigil.outcome", event.outcome),
    text("vigil.ended_by", event.by),
    whole("vigil.files", event.files.length),
    whole("vigil.lines.added", event.files.reduce((sum, file) => sum + file.added, 0)),
    whole("vigil.lines.removed", event.files.reduce((sum, file) => sum + file.removed, 0)),
    ...(event.titleRevised === undefined ? [] : [text("vigil.decision.title_revised", event.titleRevised)]),
    ...(event.whyRevised === undefined ? [] : [text("vigil.decision.why_revised", event.whyRevised)]),
  ];
}

/** A cost that nobody knows is left out rather than zero. */
const costAttributes = (cost: Cost): readonly Attribute[] => (cost.kind === "known" ? [{ key: "vigil.cost.usd", value: { doubleValue: cost.usd } }] : []);
const text = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } });
const texts = (key: string, values: readonly string[]): Attribute => ({ key, value: { arrayValue: { values: values.map((one) => ({ stringValue: one })) } } });
const whole = (key: string, value: number): Attribute => ({ key, value: { intValue: String(value) } });
const spanId = (event: LoggedEvent): string => event.seq.toString(16).padStart(16, "0");
/** Milliseconds with fractions have more digits in nanoseconds than a number holds exactly. */
const nanoseconds = (ms: number): string => `${String(Math.trunc(ms))}${String(Math.trunc((ms % 1) * 1e6)).padStart(6, "0")}`;
