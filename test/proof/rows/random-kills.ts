// kill -9 at random: runs that are killed again and again, the runner alone or the whole group, and resumed until they end.
import { fileURLToPath } from "node:url";
import { inLanes, times } from "../crashes/lanes.js";
import { performed } from "../crashes/performance.js";
import { randomFire } from "../crashes/random-fire.js";
import { SCENARIOS } from "../crashes/scenarios.js";
import { chanceOf } from "../../chance.js";
import type { Outcome, Proving, Row } from "../row.js";

const DIST = fileURLToPath(new URL("../../../../dist", import.meta.url));

const WHOLE = { kills: 1_000, inOne: 40, scenarios: SCENARIOS, lanes: 2 } as const;
const QUICK = { kills: 4, inOne: 4, scenarios: SCENARIOS.slice(0, 1), lanes: 1 } as const;

export const randomKills: Row = {
  id: "random-kills",
  title: "kill -9: at random moments, of the runner alone or of the whole group, again and again",
  target: "1,000 kills: 0 events lost, 0 effects twice, 0 refused conversations",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const size = proving.size === "whole" ? WHOLE : QUICK;
  const short: string[] = [];
  const resumed: number[] = [];
  const endings = new Map<string, string>();
  let done = 0;
  let performances = 0;
  let seen = 0;
  for (const scenario of size.scenarios) {
    const calm = await performed(scenario, DIST, () => Promise.resolve(), undefined);
    endings.set(scenario.name, calm.ending);
    if (calm.problems.length > 0) short.push(`${scenario.name} without any kill: ${calm.problems.join(" · ")}`);
  }
  await inLanes(size.lanes, async () => {
    while (done < size.kills) {
      const n = performances;
      performances += 1;
      const scenario = size.scenarios[n % size.scenarios.length];
      if (scenario === undefined) return;
      const seed = proving.seed * 10_000 + n;
      const most = Math.min(size.inOne, size.kills - done);
      // Counted before, so that two lanes together do not kill more often than asked; what was left over is given back.
      done += most;
      const shots = randomFire(chanceOf(seed), most);
      try {
        const one = await performed(scenario, DIST, shots.fire, endings.get(scenario.name));
        resumed.push(...one.resumed);
        if (one.problems.length > 0) short.push(`${scenario.name} with the seed ${String(seed)}: ${one.problems.join(" · ")}, after ${shots.kills.join("; ")}`);
      } catch (error) {
        short.push(`${scenario.name} with the seed ${String(seed)}: ${error instanceof Error ? error.message : String(error)}, after ${shots.kills.join("; ")}`);
      }
      done -= most - shots.kills.length;
      proving.say(`${scenario.name}: ${String(shots.kills.length)} kills, ${String(done)} of ${String(size.kills)} done, ${short.length === seen ? "all well" : short.slice(seen).join("\n  ")}`);
      seen = short.length;
    }
  });
  const figure = `${String(done)} kills in ${String(performances)} runs: ${short.length === 0 ? "0 events lost, 0 effects twice, 0 refused conversations" : `${String(short.length)} runs fell short`}; resumed in ${times(resumed)}`;
  return { kind: "shown", figure, met: short.length === 0, short, details: { resumedMs: resumed, runs: performances } };
}
