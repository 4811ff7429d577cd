// A process that reads one run for its timeline as the extension does, and says how long it took until the page could be
// told, and how long it held the thread at most: open-timeline.js RUNS ID.
import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { followRun } from "../../src/client/follow-run.js";
import { panelReader } from "../../src/client/panel-run.js";
import { fileStore } from "../../src/store/file-store.js";

const [runs, id, into] = process.argv.slice(2);
if (runs === undefined || id === undefined || into === undefined) throw new Error("open-timeline.js RUNS ID FILE");
const leaving = new AbortController();
const log = fileStore(runs).open(id);
const blocks = monitorEventLoopDelay({ resolution: 1 });
blocks.enable();
const started = performance.now();
for await (const { run } of followRun(log, leaving.signal, "left out")) {
  if (run === undefined) throw new Error("there is no run");
  const { value: panel } = await panelReader().read({ run, log }, { trusted: true, scripted: false, interrupted: false }).next();
  if (panel === undefined) throw new Error("there is no panel");
  const text = JSON.stringify(panel);
  const ms = performance.now() - started;
  await new Promise((done) => setTimeout(done, 5));
  blocks.disable();
  writeFileSync(into, text);
  process.stdout.write(JSON.stringify({ ms, block: blocks.max / 1e6, steps: panel.counts.steps, decisions: panel.counts.decisions }));
  break;
}
process.exit(0);
