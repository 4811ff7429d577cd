// Whether a run came through: nothing ran twice, no turn was lost, each reply was paid for once, and a person could see
// what went on. The service's own count of what it sent is the other side of the books.
import { costOf } from "../../../src/agent/prices.js";
import type { SeenRequest } from "../../../src/agent/scripted/server.js";
import { happening } from "../../../src/cli/happening.js";
import type { LoggedEvent } from "../../../src/core/log/event.js";
import type { Usage } from "../../../src/core/log/parts.js";
import { replay } from "../../../src/core/run/replay.js";
import { COMMANDS, TURNS, type Night } from "./night.js";

export interface Expected {
  /** Replies that are counted as an estimate. */
  readonly counted: number;
  /** What the log says of each wait; undefined where nothing was waited for. */
  readonly why: RegExp | undefined;
  /** Milliseconds of the first wait. */
  readonly wait?: readonly [number, number] | undefined;
}

/** What is wrong with it, in sentences; none when it came through. */
export function judgeNight(night: Night, expected: Expected): readonly string[] {
  return [...work(night), ...turns(night), ...books(night, expected.counted), ...waits(night, expected)];
}

function work({ end, ran, bench, requests }: Night): readonly string[] {
  const wanted = [...COMMANDS, "(no command)"];
  const outcomes = bench.log.filter((event) => event.kind === "step.finished").map((event) => event.call);
  return [
    ...(end.kind === "finished" ? [] : [`it ended as ${end.kind}: ${"why" in end ? end.why : ""}`]),
    ...(JSON.stringify(ran) === JSON.stringify(wanted) ? [] : [`it ran ${ran.join(", ")} and not ${wanted.join(", ")}`]),
    ...(new Set(outcomes).size === outcomes.length ? [] : ["a call has two outcomes"]),
    ...requests.flatMap((request) => (request.problem === undefined ? [] : [`the service refused the conversation: ${request.problem}`])).slice(0, 1),
  ];
}

/** Each turn that was asked for has one outcome, and every reply of the script was heard. */
function turns({ bench }: Night): readonly string[] {
  const asked = bench.log.flatMap((event) => (event.kind === "turn.requested" ? [event.turn] : []));
  const settled = bench.log.flatMap((event) => (event.kind === "turn.received" || event.kind === "turn.discarded" ? [event.turn] : []));
  const heard = bench.log.filter((event) => event.kind === "turn.received").length;
  return [
    ...(JSON.stringify(asked) === JSON.stringify(settled) ? [] : [`turns ${asked.join(" ")} were asked for, and ${settled.join(" ")} have an outcome`]),
    ...(new Set(asked).size === asked.length ? [] : ["a turn was asked for twice under one number"]),
    ...(heard === TURNS ? [] : [`${String(heard)} replies were heard and not ${String(TURNS)}`]),
  ];
}

function books({ bench, requests }: Night, counted: number): readonly string[] {
  const problems: string[] = [];
  const sent = requests.flatMap((request) => (request.usage === undefined ? [] : [usageOf(request.usage)]));
  let usd = 0;
  let at = 0;
  for (const event of bench.log) {
    if (event.kind === "turn.received") {
      const found = sent.findIndex((usage, n) => n >= at && JSON.stringify(usage) === JSON.stringify(event.usage));
      if (found < 0) problems.push(`turn ${String(event.turn)} is paid for with ${JSON.stringify(event.usage)}, which the service did not count`);
      at = Math.max(at, found + 1);
    }
    if (event.kind === "turn.received" || event.kind === "turn.discarded") {
      const cost = costOf("claude-opus-5-5", event.usage, {});
      usd += cost.kind === "known" ? cost.usd : Number.NaN;
    }
  }
  const estimates = bench.log.filter((event) => event.kind === "turn.discarded" && event.usage.input + event.usage.cacheRead + event.usage.cacheWrite > 0);
  const { spent } = bench.run();
  if (Math.abs(spent.usd - usd) > 1e-9) problems.push(`the run says $${String(spent.usd)}, its turns come to $${String(usd)}`);
  if (estimates.length !== counted) problems.push(`${String(estimates.length)} broken replies are counted and not ${String(counted)}`);
  if (estimates.some((event) => event.kind === "turn.discarded" && !event.estimated)) problems.push("a guess is not called one");
  // The bench's own calls take a millisecond each.
  if (spent.workedMs > COMMANDS.length + 1) problems.push(`${String(spent.workedMs)} ms of waiting are counted as work`);
  return [...problems, ...estimates.flatMap((event) => tooFar(event, requests))];
}

/** A guess at a prompt must be of the size of what was sent. */
function tooFar(event: LoggedEvent, requests: readonly SeenRequest[]): readonly string[] {
  if (event.kind !== "turn.discarded") return [];
  const guess = event.usage.input + event.usage.cacheRead + event.usage.cacheWrite;
  const sizes = requests.map((request) => JSON.stringify(request.body ?? "").length / 4);
  return guess > Math.min(...sizes) / 3 && guess < Math.max(...sizes) * 3 ? [] : [`a prompt of about ${String(Math.round(Math.max(...sizes)))} tokens is guessed as ${String(guess)}`];
}

function usageOf(usage: NonNullable<SeenRequest["usage"]>): Usage {
  return { input: usage.input_tokens, output: usage.output_tokens, cacheRead: usage.cache_read_input_tokens, cacheWrite: usage.cache_creation_input_tokens };
}

function waits({ bench }: Night, { why, wait }: Expected): readonly string[] {
  const waiting = bench.log.filter((event) => event.kind === "turn.waiting");
  const first = waiting[0];
  if (why === undefined) return first === undefined ? [] : [`it waited: ${first.why}`];
  if (first === undefined) return ["it never said that it waits"];
  const run = replay(bench.log.slice(0, first.seq));
  const shown = run === undefined ? undefined : happening(first, run);
  const [slept = Number.NaN] = bench.sleeps;
  return [
    ...waiting.flatMap((event) => (why.test(event.why) ? [] : [`it says "${event.why}"`])),
    ...(run?.phase.kind === "outage" ? [] : [`the run looks ${run?.phase.kind ?? "empty"} while it waits`]),
    ...(shown?.includes(first.why) === true ? [] : [`a person who follows it reads ${shown ?? "nothing"}`]),
    ...(bench.run().phase.kind === "outage" ? ["the run still looks as if it waited"] : []),
    ...(wait === undefined || (slept >= wait[0] && slept <= wait[1]) ? [] : [`it waited ${String(slept)} ms before the second try`]),
    ...(bench.log.length < 200 ? [] : [`the log has ${String(bench.log.length)} lines`]),
  ];
}
