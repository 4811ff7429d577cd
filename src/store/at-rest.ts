// What the last runner of a run leaves for its readers once the run has ended: the log condensed. It is a convenience and
// never the record: it counts only while the log is byte for byte the one that it was made from, as far as the head and
// the file system can tell without reading it, and whoever writes, lands or verifies reads the log itself.
import { readFileSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { HumanError } from "../core/error.js";
import { condense, condensedSchema, Condenser, stepColumns, stepColumnsSchema, stepsOf } from "../core/run/condensed.js";
import type { LoggedEvent } from "../core/log/event.js";
import { Folder } from "../core/run/replay.js";
import type { Run, StepEntry } from "../core/run/run.js";
import { writeThenName } from "./durable.js";
import { readHead } from "./read-head.js";
import type { RunFiles } from "./run-files.js";
import type { AtRest } from "./store.js";

/** Shorter logs are read as quickly as this would be. */
const LEAST_EVENTS = 200;
/** Raised whenever what turns and steps leave behind in a run changes; the other events are folded anew by each reader. */
const FORMAT = 3;

const keptSchema = z.object({
  format: z.literal(FORMAT),
  log: z.object({ seq: z.number(), bytes: z.number(), hash: z.string(), changed: z.string() }),
  /** Which steps belong to it: two files cannot be replaced at once. */
  steps: z.string(),
  condensed: condensedSchema,
});
const stepsSchema = z.object({ of: z.string(), columns: stepColumnsSchema });

/** Undefined where nothing was left, or where it does not belong to the log as it is. Damage of the log is the log's reader's to find. */
export async function readAtRest(files: RunFiles): Promise<AtRest | undefined> {
  const text = await readFile(files.condensed, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const kept = keptSchema.safeParse(orUndefined(() => JSON.parse(text) as unknown));
  if (!kept.success) return undefined;
  const { log, steps: of, condensed } = kept.data;
  const now = await standOf(files);
  if (now === undefined || !isDeepStrictEqual(now, log)) return undefined;
  return { condensed, steps: () => readSteps(files, of) };
}

/** The caller holds the run's lock and writes nothing more. A disk that refuses is no harm: readers read the log then. */
export async function leaveAtRest(files: RunFiles, events: readonly LoggedEvent[], run: Run): Promise<void> {
  const condensed = events.length < LEAST_EVENTS ? undefined : condense(events, run);
  try {
    const log = condensed === undefined ? undefined : await standOf(files);
    if (condensed === undefined || log === undefined) {
      for (const path of [files.condensed, files.steps]) await rm(path, { force: true });
      return;
    }
    const steps = `form ${String(FORMAT)}, ${String(run.steps.length)} steps, the last event about one is ${String(events.findLast(({ kind }) => kind.startsWith("step."))?.seq ?? 0)}`;
    const before = keptSchema.safeParse(orUndefined(() => JSON.parse(readFileSync(files.condensed, "utf8")) as unknown));
    // A verdict after a long night changes no step.
    if (before.data?.steps !== steps) await put(files.steps, { of: steps, columns: stepColumns(run.steps) });
    await put(files.condensed, { format: FORMAT, log, steps, condensed });
  } catch {
    // What was half made is under another name, and gone with the next run of this.
  }
}

/** Whether it says what the log says; true where nothing was left. `events`: all of the log's, in order. */
export async function agreesAtRest(files: RunFiles, events: AsyncIterable<LoggedEvent>): Promise<boolean> {
  const rest = await readAtRest(files);
  if (rest === undefined) return true;
  const folder = new Folder();
  const condenser = new Condenser();
  for await (const event of events) {
    folder.add(event);
    condenser.add(event);
  }
  const { run } = folder;
  const expected = run === undefined ? undefined : condenser.condensed(run);
  return isDeepStrictEqual(rest.condensed, expected) && isDeepStrictEqual(orUndefined(() => rest.steps()), run?.steps);
}

/** Where the log ends, and when its bytes last changed, as text because the number is too large; undefined where it is not whole. */
async function standOf(files: RunFiles): Promise<z.infer<typeof keptSchema>["log"] | undefined> {
  const head = await readHead(files);
  const log = await stat(files.log, { bigint: true }).catch(() => undefined);
  if (head.kind === "bad" || log === undefined || log.size !== BigInt(head.position.bytes)) return undefined;
  return { ...head.position, changed: String(log.mtimeNs) };
}

function readSteps(files: RunFiles, of: string): readonly StepEntry[] {
  const read = stepsSchema.safeParse(orUndefined(() => JSON.parse(readFileSync(files.steps, "utf8")) as unknown));
  const steps = read.success && read.data.of === of ? orUndefined(() => stepsOf(read.data.columns)) : undefined;
  if (steps === undefined) throw new HumanError(`The list of steps beside the log of the run ${files.id} cannot be read. Nothing is lost: it is made from the log. Delete ${files.condensed}, then open the run again.`);
  return steps;
}

async function put(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.new`;
  await rm(temporary, { force: true });
  await writeThenName(temporary, path, [Buffer.from(JSON.stringify(value))]);
}

function orUndefined<T>(doing: () => T): T | undefined {
  try {
    return doing();
  } catch {
    return undefined;
  }
}
