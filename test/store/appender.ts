// A process to be killed: appends to the run named on its command line for ever, and prints each number once it is durable.
import { fileStore } from "../../src/store/file-store.js";

const [runs = "", id = ""] = process.argv.slice(2);
const opened = await fileStore(runs).write(id, () => Date.now());
if (opened.kind === "held") {
  process.stdout.write("held\n");
} else {
  const { writer } = opened;
  process.stdout.write(`open ${writer.events.length}\n`);
  for (let n = 1; ; n++) {
    // Every third append is of three events, and every fourth names a blob that must be durable before it.
    const text = n % 4 === 0 ? await writer.log.blobs.put(`text ${n}`) : undefined;
    const first = text === undefined ? ({ kind: "note.added", text: `note ${n}` } as const) : ({ kind: "message.added", from: "person", text } as const);
    const logged = await writer.append(first, ...(n % 3 === 0 ? ([{ kind: "run.paused", why: "a" }, { kind: "run.unpaused", why: "b" }] as const) : []));
    process.stdout.write(`${logged.at(-1)?.seq ?? 0}\n`);
    // Lets the line out: a pipe is written when the loop turns.
    if (n % 2 === 0) await new Promise(setImmediate);
  }
}
