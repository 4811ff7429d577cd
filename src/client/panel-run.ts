// What the timeline panel shows of a run, with the texts and the diff that lie outside its log. Whatever cannot be read is
// left out of the value, never a reason to show nothing.
import { HumanError } from "../core/error.js";
import type { DiffSet } from "../core/review/diff-set.js";
import { panel, type Panel, type PanelInput } from "../core/panel/panel.js";
import type { Run, RunId } from "../core/run/run.js";
import { diffRun } from "./diff-run.js";
import type { RunAndLog } from "./read-run.js";
import { shownOf } from "./show-run.js";

export interface PanelReader {
  /**
   * `trusted`: somebody may act here. `scripted`: a script plays the model. `interrupted`: see `PanelInput`. Of a run that
   * is read for the first time it comes twice: at once, and with the figures of the diff set, which git takes a while for.
   * That is made anew only when the changes are others than the last time.
   */
  read(view: RunAndLog, how: Pick<PanelInput, "trusted" | "scripted" | "interrupted" | "overlaps" | "damaged">): AsyncGenerator<Panel, void>;
}

export function panelReader(): PanelReader {
  let last: { readonly key: string; readonly run: RunId; readonly diff: DiffSet | undefined } | undefined;
  return {
    async *read(view, how) {
      const { run, log } = view;
      const waiting = run.gates.filter((gate) => gate.state.kind === "open" || gate.state.kind === "parked");
      const shown = new Map(await Promise.all(waiting.map(async (gate) => [gate.id, await shownOf(log, gate.shown)] as const)));
      const summary = run.finish === undefined ? undefined : await orUndefined(log.blobs.text(run.finish.summary));
      if (last?.run !== run.id && run.decisions.length > 0) yield panel({ run, diff: undefined, summary, shown, ...how });
      const key = changesOf(run);
      if (last?.key !== key) last = { key, run: run.id, diff: await orUndefined(diffRun(view)) };
      yield panel({ run, diff: last.diff, summary, shown, ...how });
    },
  };
}

/** Equal as long as the diff set is. */
function changesOf(run: Run): string {
  return JSON.stringify([run.id, run.tree, run.decisions.map(({ id, state, before, after }) => [id, state, before, after])]);
}

// Files that were freed, or a text that is missing: the record says so where it is verified.
async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof HumanError) return undefined;
    throw error;
  });
}
