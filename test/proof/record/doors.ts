// The doors through which a damaged record is looked at: the store's reader, its writer and its verification, and the
// command line. They say what they found; whether that is right is for whoever damaged it.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { LoggedEvent } from "../../../src/core/log/event.js";
import { LogDamaged } from "../../../src/store/damage.js";
import type { Said } from "../../runner/lab.js";
import { forget, type RealLog } from "./real-log.js";

export interface Left {
  readonly events: readonly LoggedEvent[];
  /** What the reader said about the rest; undefined when it saw nothing wrong. */
  readonly damage: LogDamaged | undefined;
}

/** What the store's reader hands out from event `from` on. Any error but the one that names damage is a fault. */
export async function readLeft(real: RealLog, from = 1): Promise<Left> {
  const events: LoggedEvent[] = [];
  try {
    for await (const event of real.run.read(from)) events.push(event);
    return { events, damage: undefined };
  } catch (error) {
    if (!(error instanceof LogDamaged)) throw error;
    return { events, damage: error };
  }
}

/**
 * Undefined when exactly the first `kept` events are handed out and the loss after them is said; else what is wrong.
 * `whole` compares all of them; without it only the last is, and the chain of the others is checked by the reader itself.
 */
export async function prefixProblem(real: RealLog, kept: number, whole: boolean): Promise<string | undefined> {
  const from = whole ? 1 : Math.max(1, kept);
  const { events, damage } = await readLeft(real, from);
  if (!isDeepStrictEqual(events, real.events.slice(from - 1, kept))) return `handed out ${String(events.length)} events from ${String(from)} on instead of those up to ${String(kept)}`;
  if (damage === undefined) return "the reader saw nothing wrong";
  return damage.damage.seq === kept ? undefined : `the damage is said to be after event ${String(damage.damage.seq)}, and ${String(kept)} are whole`;
}

/** Undefined when the writer refuses the run as damaged and leaves its bytes alone; else what is wrong. */
export async function writerProblem(real: RealLog): Promise<string | undefined> {
  const before = readFileSync(real.files.log);
  try {
    const opened = await real.store.write(real.id, Date.now);
    if (opened.kind === "writer") await opened.writer.close();
    return opened.kind === "held" ? "nobody may hold it" : "the writer took it up";
  } catch (error) {
    if (!(error instanceof LogDamaged)) throw error;
    return before.equals(readFileSync(real.files.log)) ? undefined : "the writer changed what it refused";
  }
}

/** What opening for writing made of a tail: how many events it took up, the bytes it set aside, and the log after it. */
export async function settled(real: RealLog): Promise<{ readonly events: number; readonly aside: Buffer; readonly log: Buffer; readonly said: number }> {
  // The clock names what is set aside; one that stood still would make every name a search.
  const opened = await real.store.write(real.id, () => performance.now() * 1_000);
  if (opened.kind === "held") throw new Error("nobody may hold the run");
  const { writer } = opened;
  await writer.close();
  const aside = writer.repaired === undefined ? Buffer.alloc(0) : readFileSync(writer.repaired.aside);
  forget(...readdirSync(real.files.folder).filter((name) => name.startsWith("torn-")).map((name) => join(real.files.folder, name)));
  return { events: writer.events.length, aside, log: readFileSync(real.files.log), said: writer.repaired?.bytes ?? 0 };
}

/** What the command line says of the run as it lies in the lab, and whether that names damage and does nothing. */
export async function commandLineProblem(real: RealLog, expected: { readonly readable: boolean }): Promise<string | undefined> {
  const { lab, id } = real;
  const asked = lab.model?.requests.length ?? 0;
  const log = join(lab.runFolder(id), "log.jsonl");
  const before = readFileSync(log);
  const verified = await lab.vigil("verify", id);
  if (verified.code !== 1 || !/damaged/.test(verified.stdout)) return `vigil verify: ${shortly(verified)}`;
  for (const verb of expected.readable ? [] : ["show", "resume"]) {
    const said = await lab.vigil(verb, id);
    if (said.code !== 1 || !/is damaged/.test(said.stderr) || !/vigil verify/.test(said.stderr)) return `vigil ${verb}: ${shortly(said)}`;
  }
  if ((lab.model?.requests.length ?? 0) !== asked) return "the model was asked";
  return before.equals(readFileSync(log)) ? undefined : "a command changed the damaged log";
}

const shortly = (said: Said): string => `exit ${String(said.code)}, said ${JSON.stringify(`${said.stdout}${said.stderr}`.slice(0, 300))}`;
