// Tells whether a call gave what the same call gave the last time. Times, durations and ids differ between two runs of the
// same thing, so they are left out of the comparison. The log holds only that two steps were alike: never what they gave.
import { createHash } from "node:crypto";
import { replyContent } from "../../agent/messages.js";
import type { PendingCall } from "../../agent/workbench.js";
import type { Ledger } from "../ledger.js";

interface Seen {
  readonly step: number;
  readonly result: string;
}

/** Calls that are remembered, the oldest going first. */
const CALLS = 400;
/** Steps that are read again after a crash: those that a rule could still count. */
const RECALLED = 60;

/** Stateful for the life of one process. */
export class Repeats {
  readonly #seen = new Map<string, Seen>();

  /** The last step with this very call, where its result was this one too. Remembers the new one. */
  note(call: Pick<PendingCall, "tool" | "input">, step: number, result: string): number | undefined {
    const name = digest(`${call.tool} ${canonical(call.input)}`);
    const like = digest(settled(result));
    const before = this.#seen.get(name);
    this.#seen.delete(name);
    this.#seen.set(name, { step, result: like });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > CALLS && oldest !== undefined) this.#seen.delete(oldest);
    return before?.result === like ? before.step : undefined;
  }

  /** After a crash: the newest steps as the log and its blobs tell of them. */
  async recall(ledger: Ledger): Promise<void> {
    const { events } = ledger;
    const finished = events.flatMap((event) => (event.kind === "step.finished" && (event.outcome === "ok" || event.outcome === "error") ? [event] : [])).slice(-RECALLED);
    for (const step of finished) {
      const call = await callOf(ledger, step.call);
      if (call !== undefined) this.note(call, step.step, await ledger.text(step.result));
    }
  }
}

async function callOf(ledger: Ledger, id: string): Promise<Pick<PendingCall, "tool" | "input"> | undefined> {
  const turn = ledger.events.findLast((event) => event.kind === "turn.received" && event.calls.some((call) => call.id === id));
  if (turn?.kind !== "turn.received") return undefined;
  const block = replyContent.parse(JSON.parse(await ledger.text(turn.reply))).find((one) => one.type === "tool_use" && one["id"] === id);
  return block?.type === "tool_use" ? { tool: String(block["name"]), input: block["input"] } : undefined;
}

/** The text without what changes from one time to the next. Counts stay: fewer failures are progress. */
function settled(text: string): string {
  return text
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?\b/gu, "<time>")
    .replace(/\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b/gu, "<time>")
    .replace(/\b\d+(?:[.,]\d+)?\s?(?:ns|µs|us|ms|s|secs?|seconds?|minutes?)\b/gu, "<duration>")
    .replace(/\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b/giu, "<id>")
    .replace(/\b(pid|process)\s*[:=]?\s*\d+/giu, "$1 <id>");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, entry]) => `${name}:${canonical(entry)}`).join(",")}}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
