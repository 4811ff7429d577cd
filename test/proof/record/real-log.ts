// The record of a run that really took place, with more than 200 events where it is to be published: what the damage is
// done to. It lies in the lab where the run was made, for the command line, and as a copy, for the store.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoggedEvent } from "../../../src/core/log/event.js";
import { filesIn, type RunFiles } from "../../../src/store/run-files.js";
import { fileStore } from "../../../src/store/file-store.js";
import type { Position } from "../../../src/store/position.js";
import type { RunLog, Store } from "../../../src/store/store.js";
import { Lab, ran } from "../../runner/lab.js";
import { begin, bash, end, finish, turns, write } from "../../runner/scripts.js";

/** A line of the log, with its line feed, and where it ends. */
export interface Line {
  readonly bytes: Buffer;
  readonly end: Position;
  /** It is the last line of its append: the log may end here. */
  readonly closes: boolean;
}

export interface RealLog {
  readonly lab: Lab;
  readonly id: string;
  readonly lines: readonly Line[];
  readonly log: Buffer;
  readonly head: Buffer;
  readonly events: readonly LoggedEvent[];
  /** The copy that the store is pointed at. */
  readonly store: Store;
  readonly run: RunLog;
  readonly files: RunFiles;
  /** Brings the copy's log and head back to what they were. */
  restore(): void;
}

/** Makes the run in a lab of its own, which the caller closes. `decisions` of about ten events each. */
export async function realLog(decisions: number, folder: string): Promise<RealLog> {
  const lab = new Lab();
  const work = Array.from({ length: decisions }, (_, n) => [begin(`Part ${String(n)} – naïve 🙂`), write(`src/part-${String(n)}.js`, `exports.part = ${String(n)};\n`), n % 4 === 1 ? bash(`node src/part-${String(n)}.js && echo "${String(n)}"`) : write(`docs/part-${String(n)}.md`, `# ${String(n)}\n`), end(`part ${String(n)}`)]);
  await lab.serve(turns(...work, [finish()]));
  const made = await lab.json(ran, "run", "Many small parts");
  if (made.state !== "landed") throw new Error(`the run that was to be damaged ended as ${made.state}: ${lab.complaints(made.id)}`);
  return copied(lab, made.id, folder);
}

async function copied(lab: Lab, id: string, folder: string): Promise<RealLog> {
  const runs = join(folder, "runs");
  const files = filesIn(join(runs, id), id);
  mkdirSync(files.inbox, { recursive: true });
  for (const name of ["log.jsonl", "head", "lock", "blobs"]) cpSync(join(lab.runFolder(id), name), join(files.folder, name), { recursive: true });
  const log = readFileSync(files.log);
  const head = readFileSync(files.head);
  const store = fileStore(runs);
  const run = store.open(id);
  const events: LoggedEvent[] = [];
  for await (const event of run.read()) events.push(event);
  return { lab, id, lines: linesOf(log), log, head, events, store, run, files, restore: () => { writeFileSync(files.log, log); writeFileSync(files.head, head); } };
}

export function linesOf(log: Buffer): Line[] {
  const lines: Line[] = [];
  for (let from = 0, stop = log.indexOf(10); stop !== -1; from = stop + 1, stop = log.indexOf(10, from)) {
    const bytes = log.subarray(from, stop + 1);
    const { seq, hash, more } = JSON.parse(bytes.toString("utf8")) as { seq: number; hash: string; more?: number };
    lines.push({ bytes, end: { seq, bytes: stop + 1, hash }, closes: more === undefined });
  }
  return lines;
}

/** A second run of the same lab: whose head, lines and blobs are real, and not this run's. */
export async function strangerOf(real: RealLog, folder: string): Promise<RealLog> {
  await real.lab.serve(turns([begin("Another"), write("src/another.js", "1\n"), end()], [finish()]));
  const made = await real.lab.json(ran, "run", "Another task");
  return copied(real.lab, made.id, folder);
}

export function forget(...paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}
