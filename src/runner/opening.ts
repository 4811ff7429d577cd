// One workshop from the wish for it to its end. It may be given up before it has started: then it never takes a call, and
// whoever needs the worktree for themselves can wait until nothing of it is left.
import type { Contact } from "../sandbox/sandbox.js";
import type { Workshop } from "../sandbox/workshop.js";

export class Opening {
  readonly #workshop: Promise<Workshop | undefined>;
  readonly #left: Promise<undefined>;
  #leave: () => void = () => undefined;
  #given = false;

  /** `after`: resolves when nothing is left of the workshop before. */
  constructor(after: Promise<void>, start: () => Promise<Workshop>) {
    this.#left = new Promise((resolve) => {
      this.#leave = () => { resolve(undefined); };
    });
    this.#workshop = after.then(() => (this.#given ? undefined : start()));
    // The first call meets the failure; until then it must not count as unhandled.
    this.#workshop.catch(() => undefined);
  }

  /** The workshop, undefined once it was given up. Rejects when it could not be started. */
  ready(): Promise<Workshop | undefined> {
    return Promise.race([this.#left, this.#workshop]);
  }

  /** Gives it up at once; resolves when none of its processes is left, with the hosts that nobody has asked for yet. */
  async end(): Promise<readonly Contact[]> {
    this.#given = true;
    this.#leave();
    // A workshop that failed to start left nothing behind.
    const workshop = await this.#workshop.catch(() => undefined);
    await workshop?.kill();
    return (await workshop?.contacts()) ?? [];
  }
}
