// A process that opens one run as a front end does, and says how long it took and how much memory it kept:
// open-run.js RUNS ID, started with --expose-gc.
import { readState } from "../../src/client/read-run.js";
import { fileStore } from "../../src/store/file-store.js";

const [runs, id] = process.argv.slice(2);
if (runs === undefined || id === undefined || globalThis.gc === undefined) throw new Error("open-run.js RUNS ID, with --expose-gc");
globalThis.gc();
const before = process.memoryUsage().rss;
const started = performance.now();
const view = await readState(fileStore(runs), id);
const ms = performance.now() - started;
globalThis.gc();
process.stdout.write(JSON.stringify({ ms, megabytes: (process.memoryUsage().rss - before) / 1e6, seq: view?.run.lastSeq ?? 0 }));
