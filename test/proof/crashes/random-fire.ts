// Kills at moments left to chance: after so many milliseconds of a command, or once the log has grown by so many bytes.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Fire } from "./performance.js";
import type { Play } from "./play.js";
import type { Victim } from "./points.js";
import type { Chance } from "./seeded.js";

/** Milliseconds in which a command of the person's has brought its runner to work, on most machines. */
const STARTING = 1_200;
/** Bytes: a handful of events. */
const GROWTH = 5_000;
/** Milliseconds after which a log that does not grow is waited for no longer. */
const PATIENCE = 3_000;
const LOOK = 2;

export interface RandomFire {
  readonly fire: Fire;
  /** Who was killed so far, and how that moment was chosen. */
  readonly kills: readonly string[];
}

/** So many kills in one performance; then it is left alone. */
export function randomFire(chance: Chance, most: number): RandomFire {
  const kills: string[] = [];
  const fire: Fire = async (play, over) => {
    while (kills.length < most && !over.aborted) {
      const victim: Victim = chance.next() < 0.5 ? "runner" : "group";
      const moment = chance.next() < 0.4 ? { ms: chance.whole(STARTING) } : { bytes: chance.whole(GROWTH), ms: chance.whole(30) };
      if (!(await came(play, moment, over))) continue;
      const runner = play.runner();
      // Between two commands of the person's nobody may be at work.
      if (runner === undefined && (victim === "runner" || play.frontEnd === undefined)) continue;
      kills.push(`${victim} ${JSON.stringify(moment)}`);
      await play.kill(victim, runner);
    }
  };
  return { fire, kills };
}

async function came(play: Play, moment: { readonly ms: number; readonly bytes?: number }, over: AbortSignal): Promise<boolean> {
  const until = async (holds: () => boolean, patience: number): Promise<void> => {
    for (const deadline = performance.now() + patience; !over.aborted && !holds() && performance.now() < deadline; ) await new Promise((resolve) => setTimeout(resolve, LOOK));
  };
  await until(() => play.frontEnd !== undefined, PATIENCE);
  const { bytes } = moment;
  if (bytes !== undefined) {
    const from = sizeOf(play);
    await until(() => sizeOf(play) > from + bytes, PATIENCE);
  }
  await until(() => false, moment.ms);
  return !over.aborted;
}

function sizeOf(play: Play): number {
  const id = play.ids().at(-1);
  const log = id === undefined ? "" : join(play.lab.runFolder(id), "log.jsonl");
  return existsSync(log) ? statSync(log).size : 0;
}
