// Kills at exact points: a process of the proof's own bundles stands still where it was asked to, is looked at, and dies.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Fire } from "./performance.js";
import type { Play } from "./play.js";
import { nameOf, POINTS, VICTIMS, type Kill, type Victim } from "./points.js";
import { treeOf } from "./processes.js";
import { FOLDER_VARIABLE, REACHED, WANTED } from "./stand-still.js";

const reachedSchema = z.object({ pid: z.number().int(), point: z.enum(POINTS), kind: z.string(), durable: z.number() });

const LOOK = 3;
/** Milliseconds in which the person gives the next command, if there is one to give. */
const PATIENCE = 1_000;

/** Every kill that is still to be done. Shared by the performances that do them. */
export class Targets {
  readonly #open: Map<string, Kill>;
  readonly done: Kill[] = [];

  constructor(kills: readonly Kill[]) {
    this.#open = new Map(kills.map((kill) => [nameOf(kill), kill]));
  }

  get left(): readonly Kill[] {
    return [...this.#open.values()];
  }

  /** The next of these victims at a point, which then counts as done. */
  take(kind: string, point: Kill["point"], victims: readonly Victim[]): Kill | undefined {
    for (const victim of victims) {
      const kill = this.#open.get(nameOf({ kind, point, victim }));
      if (kill === undefined) continue;
      this.#open.delete(nameOf(kill));
      this.done.push(kill);
      return kill;
    }
    return undefined;
  }
}

export interface ExactFire {
  readonly fire: Fire;
  /** For the environment of everything that the performance starts. */
  readonly environment: Readonly<Record<string, string>>;
  /** Kills of this performance so far. */
  readonly kills: readonly Kill[];
}

/** At most `most` kills in one performance, so that one bad moment spoils little. `folder` is for this performance alone. */
export function exactFire(targets: Targets, folder: string, most: number): ExactFire {
  mkdirSync(folder, { recursive: true });
  const kills: Kill[] = [];
  const announce = (): void => {
    const wanted = kills.length >= most ? [] : [...new Set(targets.left.map(({ kind, point }) => `${point} ${kind}`))];
    const draft = join(folder, `.${WANTED}`);
    writeFileSync(draft, wanted.join("\n"));
    renameSync(draft, join(folder, WANTED));
  };
  announce();
  const meet = async (play: Play, name: string): Promise<void> => {
    const file = join(folder, name);
    const { pid, point, kind } = reachedSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    for (const deadline = Date.now() + PATIENCE; play.frontEnd === undefined && Date.now() < deadline; ) await new Promise((resolve) => setTimeout(resolve, LOOK));
    // Where the person has gone, who is left is the group.
    const kill = kills.length >= most ? undefined : targets.take(kind, point, play.frontEnd === undefined ? ["runner", "group"] : VICTIMS);
    const release = (): void => { rmSync(file, { force: true }); };
    if (kill !== undefined) kills.push(kill);
    announce();
    if (kill === undefined) return release();
    // A command is posted by the front end itself; then whoever runs the run, if anybody, is its group.
    const runner = kind.startsWith("posted ") ? play.runner() : treeOf(pid)[0];
    await play.kill(kill.victim, runner, release);
  };
  const fire: Fire = async (play, over) => {
    while (!over.aborted) {
      for (const name of readdirSync(folder).filter((one) => one.startsWith(REACHED))) await meet(play, name);
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    for (const name of readdirSync(folder).filter((one) => one.startsWith(REACHED))) rmSync(join(folder, name), { force: true });
  };
  return { fire, environment: { [FOLDER_VARIABLE]: folder }, kills };
}
