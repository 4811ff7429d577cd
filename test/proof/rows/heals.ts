// Kills inside the verbs that write beside the user: whatever moment it was, the next start heals it.
import { inLanes } from "../crashes/lanes.js";
import { landsThroughKills } from "../crashes/landing-fire.js";
import { chanceOf, type Chance } from "../../chance.js";
import { checkpointTrial, landingTrial, worktreeTrial, type Trial } from "../crashes/trials.js";
import { killedAfter } from "../crashes/verb-kill.js";
import type { Outcome, Proving, Row } from "../row.js";

interface Part {
  readonly trial: () => Promise<Trial>;
  readonly whole: number;
  readonly quick: number;
}

const PARTS: readonly Part[] = [
  { trial: worktreeTrial, whole: 50, quick: 2 },
  { trial: checkpointTrial, whole: 50, quick: 2 },
  { trial: () => landingTrial("main", false), whole: 25, quick: 2 },
  { trial: () => landingTrial("vigil/x", false), whole: 20, quick: 1 },
  { trial: () => landingTrial("main", true), whole: 20, quick: 2 },
  { trial: () => landingTrial("vigil/x", true), whole: 15, quick: 1 },
];
/** Kills of `vigil land` and `vigil unland` with everything that they started. */
const THROUGH_THE_PRODUCT = 20;

/** The last moments lie a little after the end that one has which is left alone: this machine may be faster then. */
const BEYOND = 1.1;

export const heals: Row = {
  id: "heals",
  title: "kill -9 during the making of a worktree, checkpoints, landing and taking it back",
  target: "200 of 200 heal; the user's branch is old or new, never between, and their git works",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const whole = proving.size === "whole";
  const short: string[] = [];
  let healed = 0;
  let kills = 0;
  const count = (name: string, problems: readonly string[]): void => {
    kills += 1;
    if (problems.length === 0) healed += 1;
    else short.push(`${name}: ${problems.join(" · ")}`);
  };
  const due = PARTS.map((part, n) => async (): Promise<void> => {
    const trial = await part.trial();
    try {
      await killed(trial, whole ? part.whole : part.quick, chanceOf(proving.seed * 100 + n), count);
    } finally {
      await trial.close();
    }
    proving.say(`${trial.name}: ${String(healed)} of ${String(kills)} healed so far`);
  });
  if (whole) due.push(() => landsThroughKills(THROUGH_THE_PRODUCT, chanceOf(proving.seed * 100 + PARTS.length), count));
  await inLanes(2, async () => {
    for (let part = due.shift(); part !== undefined; part = due.shift()) await part();
  });
  return { kind: "shown", figure: `${String(healed)} of ${String(kills)} heal`, met: short.length === 0, short };
}

async function killed(trial: Trial, times: number, chance: Chance, count: (name: string, problems: readonly string[]) => void): Promise<void> {
  // How long it takes here and now, by one that is left alone.
  const alone = await killedAfter(undefined, await trial.begin(0));
  const calm = await trial.heal(0, Date.now());
  if (calm.length > 0) throw new Error(`${trial.name} is not whole even when nobody kills it: ${calm.join(" · ")}`);
  for (let round = 1; round <= times; round += 1) {
    const calls = await trial.begin(round);
    const ms = chance.next() * alone * BEYOND;
    const since = Date.now();
    await killedAfter(ms, calls);
    count(`${trial.name}, killed after ${ms.toFixed(0)} of ${alone.toFixed(0)} ms`, await trial.heal(round, since));
  }
}
