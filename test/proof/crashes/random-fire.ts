// Kills at moments left to chance: so many milliseconds after a command was given or its runner appeared, or once the log
// has grown by so many bytes.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Fire } from "./performance.js";
import type { Play } from "./play.js";
import type { Victim } from "./points.js";
import type { Chance } from "../../chance.js";

/** Milliseconds in which a command of the person's has brought its runner to work, on most machines. */
const STARTING = 1_200;
/** Bytes: a handful of events. */
const GROWTH = 5_000;
/** Milliseconds after which a log that does not grow is waited for no longer. */
const PATIENCE = 8_000;
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
      const moment = momentOf(chance);
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

interface Moment {
  /** From the command's start; from when its runner is there; or from when the log has so many more bytes. */
  readonly from: "command" | "runner" | { readonly bytes: number };
  readonly ms: number;
}

function momentOf(chance: Chance): Moment {
  const kind = chance.next();
  if (kind < 0.1) return { from: "command", ms: chance.below(STARTING) };
  if (kind < 0.45) return { from: "runner", ms: chance.below(STARTING) };
  return { from: { bytes: chance.below(GROWTH) }, ms: chance.below(30) };
}

async function came(play: Play, { from, ms }: Moment, over: AbortSignal): Promise<boolean> {
  const until = async (holds: () => boolean, look: number): Promise<void> => {
    for (const deadline = performance.now() + PATIENCE; !over.aborted && !holds() && performance.now() < deadline; ) await new Promise((resolve) => setTimeout(resolve, look));
  };
  await until(() => play.frontEnd !== undefined, LOOK);
  if (from === "runner") await until(() => play.runner() !== undefined, 10 * LOOK);
  else if (from !== "command") {
    const size = sizeOf(play);
    await until(() => sizeOf(play) > size + from.bytes, LOOK);
  }
  await new Promise((resolve) => setTimeout(resolve, ms));
  return !over.aborted;
}

function sizeOf(play: Play): number {
  const id = play.ids().at(-1);
  const log = id === undefined ? "" : join(play.lab.runFolder(id), "log.jsonl");
  return existsSync(log) ? statSync(log).size : 0;
}
