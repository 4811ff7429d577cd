// Opening a run for looking at it: its log read, checked and folded, in a process of its own so that memory is its own too.
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { LoggedEvent, RunEvent } from "../../../src/core/log/event.js";
import { replay } from "../../../src/core/run/replay.js";
import { fileStore } from "../../../src/store/file-store.js";
import { longRun } from "../long-run.js";
import { figuresOf } from "../figures.js";
import type { BenchRow, Line } from "../row.js";

const run = promisify(execFile);
const opener = join(dirname(fileURLToPath(import.meta.url)), "..", "open-run.js");
const answer = z.object({ ms: z.number(), megabytes: z.number(), seq: z.number() });

/** Milliseconds that are aimed at for a log of so many events. */
const AIMS: Readonly<Record<number, number>> = { 100_000: 30, 1_000_000: 60 };

export const openingRow: BenchRow = {
  id: "opening",
  title: "opening a run",
  async measure({ folder, events, say }) {
    const lines: Line[] = [];
    for (const [n, count] of events.entries()) {
      say(`${count} events`);
      const id = `20260101-00000${n}-cccccc`;
      await fill(join(folder, "runs"), id, count);
      const parsed = await naive(join(folder, "runs", id, "log.jsonl"));
      const aim = AIMS[count];
      for (const rests of [true, false]) {
        // A run that goes on is read from its log; so is one whose last process was killed.
        if (!rests) for (const name of ["condensed.json", "steps.json"]) await rm(join(folder, "runs", id, name), { force: true });
        const opened: z.infer<typeof answer>[] = [];
        for (let round = 0; round < (count > 500_000 ? 3 : 5); round += 1) {
          const { stdout } = await run(process.execPath, ["--expose-gc", opener, join(folder, "runs"), id], { maxBuffer: 1 << 20 });
          opened.push(answer.parse(JSON.parse(stdout)));
        }
        if (opened.some((one) => one.seq !== count)) throw new Error("a reader did not come to the log's end");
        const ours = figuresOf(opened.map((one) => one.ms));
        const memory = figuresOf(opened.map((one) => one.megabytes));
        const at = `${count.toLocaleString("en")} events, ${rests ? "ended" : "read from its log"}`;
        lines.push({ at, unit: "ms", ours, beside: parsed === undefined ? [] : [{ name: "JSON.parse of every line, unchecked", figures: parsed, ratio: parsed.median / ours.median }], targets: aim === undefined || !rests ? [] : [{ target: `${aim} ms`, met: ours.median <= aim }] });
        lines.push({ at: `${at}, memory`, unit: "MB", ours: memory, beside: [], targets: rests ? [{ target: "40 MB more", met: memory.median <= 40 }] : [] });
      }
    }
    return { kind: "measured", lines };
  },
};

async function fill(runs: string, id: string, count: number): Promise<void> {
  const store = fileStore(runs);
  await store.create(id);
  const opened = await store.write(id, () => Date.now());
  if (opened.kind === "held") throw new Error("the run is held");
  const all: readonly RunEvent[] = [...longRun(count - 1), { kind: "run.ended", outcome: "ready", why: "done", cost: { kind: "unknown" } }];
  const written: LoggedEvent[] = [];
  for (let n = 0; n < count; n += 1_000) written.push(...(await opened.writer.append(...all.slice(n, n + 1_000))));
  const view = replay(written);
  if (view !== undefined) await opened.writer.leaveAtRest(written, view);
  await opened.writer.close();
}

/** The least that any reader of the whole log must do. Undefined where the file is too long for one string. */
async function naive(path: string) {
  const samples: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const before = performance.now();
    const bytes = await readFile(path);
    if (bytes.length > 400_000_000) return undefined;
    let count = 0;
    for (const line of bytes.toString("utf8").split("\n")) if (line !== "") count += JSON.parse(line) === undefined ? 0 : 1;
    if (count === 0) throw new Error("the log is empty");
    samples.push(performance.now() - before);
  }
  return figuresOf(samples);
}
