// What it costs to make one event durable, at the beginning of a log and after a hundred thousand; beside a file that is
// written anew for every message.
import { writeFileSync, openSync, fdatasyncSync, closeSync } from "node:fs";
import { join } from "node:path";
import { fileStore } from "../../../src/store/file-store.js";
import { note, started } from "../../store/sample.js";
import { alternately, figuresOf, ratioOf } from "../figures.js";
import type { BenchRow } from "../row.js";

const LATER = 100_000;
const MESSAGES = 4_000;
/** 14.6 MB at 4,000 messages, as it was met in the field. */
const MESSAGE_BYTES = 3_650;
const ROUNDS = 200;

export const eventRow: BenchRow = {
  id: "event",
  title: "one event made durable",
  async measure({ folder, say }) {
    const store = fileStore(join(folder, "runs"));
    const open = async (id: string) => {
      await store.create(id);
      const opened = await store.write(id, () => Date.now());
      if (opened.kind === "held") throw new Error("the run is held");
      await opened.writer.append(started());
      return opened.writer;
    };
    const [young, old] = [await open("20260101-000000-aaaaaa"), await open("20260101-000000-bbbbbb")];
    say(`${LATER} events before the later ones`);
    for (let n = 0; n < LATER; n += 1_000) await old.append(...Array.from({ length: 1_000 }, (_, k) => note(n + k)));
    const messages = Array.from({ length: MESSAGES }, (_, n) => ({ n, text: "x".repeat(MESSAGE_BYTES) }));
    const samples = await alternately(
      [
        { name: "young", run: (round) => young.append(note(round)) },
        { name: "old", run: (round) => old.append(note(round)) },
      ],
      { rounds: ROUNDS, warm: 10, now: () => performance.now() },
    );
    const rewrites = await alternately(
      [
        { name: "young", run: (round) => young.append(note(round)) },
        { name: "rewrite", run: (round) => Promise.resolve(rewrite(join(folder, "messages.json"), [...messages, { n: round, text: "" }])) },
      ],
      { rounds: 12, warm: 1, now: () => performance.now() },
    );
    await young.close();
    await old.close();
    const [first, later] = [figuresOf(samples.get("young") ?? []), figuresOf(samples.get("old") ?? [])];
    const whole = figuresOf(rewrites.get("rewrite") ?? []);
    const share = later.median / first.median;
    return {
      kind: "measured",
      lines: [
        {
          at: "an empty log",
          unit: "ms",
          ours: first,
          beside: [{ name: `whole file rewritten at ${MESSAGES} messages`, figures: whole, ratio: ratioOf(whole, first) }],
          targets: [{ target: "p50 0.3 ms", met: first.median <= 0.3 }, { target: "100× a whole-file rewrite", met: ratioOf(whole, first) >= 100 }],
        },
        { at: `after ${LATER.toLocaleString("en")} events`, unit: "ms", ours: later, beside: [], targets: [{ target: `what the first cost (${share.toFixed(2)}×)`, met: share <= 1.25 }] },
      ],
    };
  },
};

/** As it is done there: everything to text, and the file written in place. */
function rewrite(path: string, messages: readonly unknown[]): void {
  writeFileSync(path, JSON.stringify(messages));
  const file = openSync(path, "r");
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
