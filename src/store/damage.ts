// The sentence that a person reads when a log cannot be trusted, or not be understood. Nothing here decides which.
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
import type { Damage } from "./store.js";

/** The error for a log that is bad before its durable end. */
export class LogDamaged extends HumanError {
  constructor(
    readonly run: RunId,
    readonly damage: Damage,
  ) {
    const place = damage.seq === 0 ? "from its start" : `after event ${damage.seq}`;
    super(
      `The log of run ${run} is damaged ${place}: ${damage.problem}. ` +
        `What follows cannot be trusted, so Vigil neither reads past it nor goes on with the run. ` +
        `"vigil verify ${run}" names everything that is wrong; restore the run's folder from a backup, or start a new run.`,
    );
    this.name = "LogDamaged";
  }
}

/** The error for a log that this build is too old to read. `version` is the Vigil that wrote it, where the log says so. */
export function writtenByNewer(run: RunId, what: string, version: string | undefined): HumanError {
  const who = version === undefined ? "a newer Vigil" : `a newer Vigil (${version})`;
  return new HumanError(`The log of run ${run} was written by ${who}: it holds ${what}. Update Vigil to open this run; nothing in it was changed.`);
}
