// Six hours in which the service is away for one reason after the other, while somebody sets the clock on the wall a day
// ahead and back. The hours pass in the bench's clock; nothing of them is work, and nothing of them is lost.
import type { Trouble } from "../../../src/agent/scripted/script.js";
import { judgeNight } from "./judge-night.js";
import { night, resumed, task, type Night } from "./night.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** More tries than the run makes in six hours, with some that fail in the middle of an answer. */
const AWAY: readonly Trouble[] = Array.from({ length: 7 }, (): readonly Trouble[] => [
  { kind: "status", status: 529, times: 4 },
  { kind: "reset", times: 3 },
  { kind: "status", status: 500, times: 2 },
  { kind: "status", status: 429, retryAfter: "420", times: 2 },
  { kind: "reset", within: "headers" },
]).flat();

/** How far the wall clock is off, by the number of waits: a day ahead, then a day behind, then right again. */
const SHIFTS: Readonly<Record<string, (waits: number) => number>> = {
  "the clock is right": () => 0,
  "a day ahead at once": () => DAY,
  "set a day ahead": (waits) => (waits > 20 ? DAY : 0),
  "set a day back": (waits) => (waits > 20 ? -DAY : 0),
  "set to and fro": (waits) => [0, DAY, -DAY][Math.floor(waits / 7) % 3] ?? 0,
};

/** What is wrong with each case, by its name. */
export async function hourProblems(at: number): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const [name, shift] of Object.entries(SHIFTS)) {
    const bench = { ahead: ({ sleeps }: { readonly sleeps: readonly number[] }): number => shift(sleeps.length) };
    const played = await night(task(at, AWAY), { bench });
    found.set(`six hours, ${name}`, [...judgeNight(played, { counted: 0, why: /529|500|429|cannot be reached/ }), ...clocks(played, 6 * HOUR)]);
  }
  found.set("six hours, killed in the middle", await killed(at));
  return found;
}

/** The process dies in the middle of it all: what was waited for is not paid for, and the next process goes on. */
async function killed(at: number): Promise<readonly string[]> {
  const stop = new AbortController();
  const slept = ({ sleeps }: { readonly sleeps: readonly number[] }): void => {
    if (sleeps.length === 40) stop.abort("killed");
  };
  const before = await night(task(at, AWAY), { signal: stop.signal, bench: { slept } });
  // A killed process writes no last word.
  if (before.bench.log.at(-1)?.kind !== "turn.discarded") return ["the run did not stop in the middle of a turn"];
  before.bench.log.pop();
  return judgeNight(await resumed(before), { counted: 0, why: /529|500|429|cannot be reached/ });
}

function clocks({ bench }: Night, least: number): readonly string[] {
  const passed = bench.sleeps.reduce((sum, ms) => sum + ms, 0);
  const odd = bench.log.filter((event) => event.kind === "turn.waiting" && (event.retryAt <= event.at || event.retryAt > event.at + HOUR));
  return [
    ...(passed >= least ? [] : [`only ${String(passed)} ms passed`]),
    ...(odd.length === 0 ? [] : [`${String(odd.length)} times of the next try are not within the hour that the wall clock shows`]),
  ];
}
