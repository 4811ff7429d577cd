// A shift of 20,000 tool calls at speed: the runner must not grow with it, leak nothing, and be as quick at its end as at
// its beginning. Reloads of an editor's window are a row of their own.
import { median } from "../soak/median.js";
import { grown } from "../soak/places.js";
import { soak, type Length, type Look, type Soaked } from "../soak/soak.js";
import type { Outcome, Proving, Row } from "../row.js";

const WHOLE: Length = { replies: 200, calls: 100, warm: 20, between: 3 };
const QUICK: Length = { replies: 6, calls: 50, warm: 2, between: 0 };

/** Bytes between the warm mark and the end. */
const MOST = 50e6;
/** How much dearer an append or a step may be at the end than it was when warm: twice what noise was seen to do. */
const DEARER = 1.5;

export const soakRow: Row = {
  id: "soak",
  title: "soak: 20,000 tool calls through a real runner",
  target: "memory growth under 50 MB, no leaked handle, process, timer or file; the last event costs what the first cost",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const { size, folder } = proving;
  if (process.platform !== "linux") return { kind: "not shown", why: "memory, files and processes of a runner are read from /proc, which only Linux has" };
  const length = size === "whole" ? WHOLE : QUICK;
  const soaked = await soak(folder, length, (text) => { proving.say(text); });
  const before = soaked.looks.filter((look) => look.before === length.warm);
  const after = soaked.looks.filter((look) => look.before === length.replies);
  if (before.length === 0 || after.length === 0) return { kind: "shown", met: false, figure: `${String(soaked.calls)} calls`, short: [...soaked.problems, "the runner was not looked at"] };
  const growth = { resident: least(after, "resident") - least(before, "resident"), heap: least(after, "heap") - least(before, "heap") };
  const cost = { append: windows(soaked.appends, length), step: windows(soaked.steps, length) };
  const short = [...soaked.problems, ...leaks(before, after, soaked), ...(size === "whole" ? [...tooLarge(growth), ...dearer("append", cost.append), ...dearer("step", cost.step)] : [])];
  const figure = `${String(soaked.calls)} calls: ${megabytes(growth.resident)} resident, ${megabytes(growth.heap)} heap more than at ${String(length.warm * length.calls)}; append ${milliseconds(cost.append)}, step ${milliseconds(cost.step)}; ${String(short.length)} leaks or faults`;
  return { kind: "shown", figure, met: short.length === 0, short, details: { growth, cost, looks: soaked.looks.map(({ before: at, resident, heap }) => ({ calls: at * length.calls, resident, heap })) } };
}

/** Timers and requests that may just be under way at a look. What leaks with each call is there hundreds of times. */
const UNDER_WAY = 3;

/** What is there at every look after, and was not at any before. */
function leaks(before: readonly Look[], after: readonly Look[], soaked: Soaked): readonly string[] {
  const kinds = ["files", "processes", "resources", "names"] as const;
  const found = kinds.flatMap((kind) => {
    const more = after.map((look) => before.map((earlier) => grown(earlier[kind], look[kind])).reduce(fewer)).reduce(fewer);
    return (kind === "resources" && more.length <= UNDER_WAY ? [] : more).map((name) => `${kind} that were not there when warm: ${name}`);
  });
  return [...found, ...soaked.left.map((what) => `left after the end: ${what}`)];
}

const fewer = <T>(one: readonly T[], other: readonly T[]): readonly T[] => (other.length < one.length ? other : one);

const least = (looks: readonly Look[], what: "resident" | "heap"): number => Math.min(...looks.map((look) => look[what]));

function tooLarge(growth: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(growth).flatMap(([what, bytes]) => (bytes < MOST ? [] : [`the runner grew by ${megabytes(bytes)} (${what})`]));
}

interface Windows {
  readonly first: number;
  readonly last: number;
  /** Medians of ten equal parts, in order. */
  readonly parts: readonly number[];
}

/** Medians of what was measured from the warm mark on: of its first tenth, and of its last. */
function windows(measured: readonly number[], { replies, warm }: Length): Windows {
  const warmed = measured.slice(Math.floor((measured.length * warm) / replies));
  const tenth = Math.max(1, Math.floor(warmed.length / 10));
  const parts = Array.from({ length: 10 }, (_, n) => median(warmed.slice(n * tenth, (n + 1) * tenth))).filter((one) => !Number.isNaN(one));
  return { first: parts[0] ?? Number.NaN, last: parts.at(-1) ?? Number.NaN, parts };
}

function dearer(what: string, { first, last }: Windows): readonly string[] {
  return last <= first * DEARER ? [] : [`${what}: ${last.toFixed(2)} ms at the end, ${first.toFixed(2)} ms when warm`];
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const milliseconds = ({ first, last }: Windows): string => `${first.toFixed(2)} → ${last.toFixed(2)} ms`;
