// What a run started now may come to, from the last runs here that came to their end. Reads only what such runs left.
import { HumanError } from "../core/error.js";
import { usd } from "../core/run/amounts.js";
import { forecast, type Forecast, type Sample } from "../core/run/forecast.js";
import type { Stage } from "../core/stage.js";
import type { Store } from "../store/store.js";
import { readState } from "./read-run.js";

/** The newest say most, and reading more would hold a start up. */
const MOST_RUNS = 30;
/** Looked at for them: runs that were stopped, failed or still work say nothing. */
const MOST_READ = 60;
const CAME_TO_AN_END: ReadonlySet<string> = new Set(["ready", "landed", "proposed", "abandoned"]);

/** Undefined where fewer than three runs can be compared. */
export async function forecastRun(store: Store, stage: Stage): Promise<Forecast | undefined> {
  const samples: Sample[] = [];
  for (const id of (await store.list()).slice(0, MOST_READ)) {
    const sample = await sampleOf(store, id);
    if (sample !== undefined) samples.push(sample);
    if (samples.length >= MOST_RUNS) break;
  }
  return forecast(samples, stage);
}

async function sampleOf(store: Store, id: string): Promise<Sample | undefined> {
  const view = await readState(store, id).catch((error: unknown) => {
    // A damaged record is said where it is read, not here.
    if (error instanceof HumanError) return undefined;
    throw error;
  });
  if (view === undefined || !CAME_TO_AN_END.has(view.state) || view.run.spec.adopts !== undefined || view.run.spent.turns === 0) return undefined;
  const { spec, spent } = view.run;
  return { stage: spec.stage, usd: usd(spent), workedMs: spent.workedMs, steps: spent.steps };
}
