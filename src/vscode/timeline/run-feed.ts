// A run as it changes, told at most a few times a second however fast it writes, and once more when it has come to rest.
import { followRun } from "../../client/follow-run.js";
import type { RunAndLog } from "../../client/read-run.js";
import type { RunState } from "../../client/state-of.js";

/** Between two tellings, in milliseconds: quick enough to look live, slow enough to leave the editor alone. */
const PACE_MS = 200;

export type Heard = (view: RunAndLog, state: RunState) => Promise<void>;

/** Resolves when the signal aborts. Throws HumanError where the record is damaged. */
export async function feedRun(log: RunAndLog["log"], heard: Heard, signal: AbortSignal): Promise<void> {
  let told = { seq: -1, state: "" };
  let last = 0;
  let pending: { readonly view: RunAndLog; readonly state: RunState } | undefined;
  const tell = async (): Promise<void> => {
    if (pending === undefined) return;
    const { view, state } = pending;
    pending = undefined;
    if (view.run.lastSeq === told.seq && state === told.state) return;
    told = { seq: view.run.lastSeq, state };
    last = performance.now();
    await heard(view, state);
  };
  for await (const moment of followRun(log, signal, "left out")) {
    if (moment.run === undefined || (moment.kind === "event" && moment.past)) continue;
    pending = { view: { run: moment.run, log }, state: moment.state };
    if (moment.kind === "tick" || performance.now() - last > PACE_MS) await tell();
  }
}
