// Many cases at one post, two at a time. A case that could not be played through is tried once more, because a machine that
// is busy may have been the reason; then it counts as broken, never as passed.
import type { Stage } from "../../../src/core/stage.js";
import { stagesOf, type AttackCase } from "./cases.js";
import type { Post } from "./post.js";
import { siege, type Verdict } from "./siege.js";

export interface Played extends Verdict {
  /** Why the case could not be played through; undefined where it was. */
  readonly broken: string | undefined;
}

const AT_A_TIME = 2;

/** In the order of the cases. `say` hears at each tenth how it stands: a measurement of hours that is cut off has shown what it found. */
export async function campaign(post: Post, cases: readonly AttackCase[], say: (text: string) => void): Promise<readonly Played[]> {
  const todo = cases.flatMap((one) => stagesOf(one).map((stage) => ({ one, stage })));
  const played: Played[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < todo.length; at = next++) {
      const task = todo[at];
      if (task === undefined) return;
      played[at] = await play(post, task.one, task.stage);
      if ((at + 1) % 10 === 0) tell();
    }
  };
  const tell = (): void => {
    const done = played.filter(() => true);
    const names = (which: (one: Played) => boolean): string => done.filter(which).map(nameOf).join(", ");
    const [live, broken, ghosts] = [done.filter((one) => one.live).length, names((one) => one.broken !== undefined), names((one) => one.ghosts.length > 0)];
    say(`${post.name}: ${String(done.length)} of ${String(todo.length)}, ${String(live)} live${ghosts === "" ? "" : `; ghost files: ${ghosts}`}${broken === "" ? "" : `; could not be played: ${broken}`}`);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  tell();
  return played;
}

export async function play(post: Post, one: AttackCase, stage: Stage): Promise<Played> {
  const first = await once(post, one, stage);
  return first.broken === undefined ? first : once(post, one, stage);
}

async function once(post: Post, one: AttackCase, stage: Stage): Promise<Played> {
  try {
    return { ...(await siege(post, one, stage)), broken: undefined };
  } catch (error) {
    return { id: one.id, stage, live: false, ghosts: [], seconds: 0, note: "", broken: error instanceof Error ? error.message : String(error) };
  }
}

export const nameOf = (played: Verdict): string => `${played.id} at ${played.stage}`;

/** Median seconds of a case. */
export function median(played: readonly Played[]): number {
  const sorted = played.filter((one) => one.broken === undefined).map((one) => one.seconds).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
