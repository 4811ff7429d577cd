// Who of a repository's runs works and who waits for a place, as small files beside the runs. A file counts only while its
// run's lock is held, so that a killed process frees its place by dying; nothing here is part of any record.
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { RunId } from "../core/run/run.js";
import { lockHolder, takeLock } from "./lock.js";
import { isRunId, runFiles } from "./run-files.js";
import { asWriteFailed, errorCode } from "./write-failed.js";

const entrySchema = z.object({ works: z.boolean(), turn: z.number().int() });

interface Entry {
  readonly id: RunId;
  readonly works: boolean;
  /** Counts up in the order in which runs began to wait. A time would not do: somebody may set the clock. */
  readonly turn: number;
}

/** How long an asking run waits for another that asks at the same moment, between two tries, in milliseconds. */
const AGAIN_MS = 20;

export type Asked =
  | { readonly kind: "place" }
  /** `behind`: the runs that work, then those that wait before this one, oldest first. */
  | { readonly kind: "wait"; readonly behind: readonly RunId[] };

/** One run's part in it. The caller holds the run's lock for as long as it uses this. */
export class Places {
  readonly #folder: string;

  constructor(
    readonly runsFolder: string,
    readonly run: RunId,
  ) {
    this.#folder = join(runsFolder, ".places");
  }

  /**
   * Takes a place if fewer than `most` others work and no older waiting run needs what is left; else stands in line, at the
   * end the first time. Asking is done by one run at a time, so that two never take the last place.
   */
  ask(most: number): Promise<Asked> {
    return this.#alone(async () => {
      const others = await this.#others();
      const mine = (await this.#entry(this.run)) ?? { id: this.run, works: false, turn: Math.max(0, ...others.map(({ turn }) => turn)) + 1 };
      const working = others.filter(({ works }) => works);
      const before = others.filter(({ works, turn }) => !works && turn < mine.turn).sort((one, other) => one.turn - other.turn);
      const works = mine.works || working.length + before.length < most;
      await this.#put({ ...mine, works });
      return works ? { kind: "place" } : { kind: "wait", behind: [...working, ...before].map(({ id }) => id) };
    });
  }

  /** Gives up the place, or the turn. A file that a disk refuses to take away counts until the run's lock is free, and no longer. */
  async leave(): Promise<void> {
    await rm(this.#file(this.run), { force: true }).catch(() => undefined);
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#locked(work);
    } catch (error) {
      throw asWriteFailed(error, this.#folder);
    }
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, "lock");
    await writeFile(path, "", { flag: "a", mode: 0o600 });
    for (;;) {
      const taken = await takeLock(path, Date.now());
      if (taken.kind === "locked") {
        try {
          return await work();
        } finally {
          taken.lock.release();
        }
      }
      await pause(AGAIN_MS);
    }
  }

  async #others(): Promise<readonly Entry[]> {
    const names = (await readdir(this.#folder)).filter((name) => isRunId(name) && name !== this.run);
    const found = await Promise.all(
      names.map(async (id) => {
        if ((await lockHolder(runFiles(this.runsFolder, id).lock)) !== undefined) return this.#entry(id);
        await rm(this.#file(id), { force: true });
        return undefined;
      }),
    );
    return found.filter((entry) => entry !== undefined);
  }

  async #entry(id: RunId): Promise<Entry | undefined> {
    const text = await readFile(this.#file(id), "utf8").catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    const entry = entrySchema.safeParse(jsonOf(text));
    // What cannot be read counts as a run that works: one too few at once is the smaller harm.
    return { id, ...(entry.data ?? { works: true, turn: 0 }) };
  }

  // Renamed into its place, because it is read without the lock's protection after a kill.
  async #put({ id, works, turn }: Entry): Promise<void> {
    const made = `${this.#file(id)}.new`;
    await writeFile(made, JSON.stringify({ works, turn }), { mode: 0o600 });
    await rename(made, this.#file(id));
  }

  #file(id: RunId): string {
    return join(this.#folder, id);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
