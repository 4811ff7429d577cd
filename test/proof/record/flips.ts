// Single bits that flip, in the log, its head, and the texts that it names. None may pass, and none may cost what stands
// before it.
import { closeSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Tried } from "./cuts.js";
import type { Chance } from "../../chance.js";
import { prefixProblem, writerProblem } from "./doors.js";
import type { RealLog } from "./real-log.js";

/** One in twenty hits the head and one in ten a blob; of the others every twentieth is put to the writer and to verify. */
export async function bitFlips(real: RealLog, count: number, chance: Chance): Promise<Tried> {
  const short: string[] = [];
  const blobs = readdirSync(real.files.blobs);
  for (let n = 0; n < count; n++) {
    const kind = chance.below(20);
    const thorough = n % 20 === 0;
    const problem = kind === 0 ? await flippedHead(real, thorough, chance) : kind < 3 ? await flippedBlob(real, chance.pick(blobs), chance) : await flippedLog(real, thorough, chance);
    if (problem !== undefined) short.push(`flip ${String(n)}: ${problem}`);
  }
  real.restore();
  return { cases: count, short };
}

async function flippedLog(real: RealLog, thorough: boolean, chance: Chance): Promise<string | undefined> {
  const at = chance.below(real.log.length);
  const bit = 1 << chance.below(8);
  const byte = real.log[at] ?? 0;
  const put = (value: number): void => {
    const file = openSync(real.files.log, "r+");
    writeSync(file, Buffer.from([value]), 0, 1, at);
    closeSync(file);
  };
  put(byte ^ bit);
  try {
    const kept = real.lines.filter((line) => line.end.bytes <= at).length;
    const problem = (await prefixProblem(real, kept, thorough)) ?? (thorough ? ((await writerProblem(real)) ?? (await verifyProblem(real))) : undefined);
    return problem === undefined ? undefined : `byte ${String(at)} of the log: ${problem}`;
  } finally {
    put(byte);
  }
}

async function flippedHead(real: RealLog, thorough: boolean, chance: Chance): Promise<string | undefined> {
  const flipped = Buffer.from(real.head);
  const at = chance.below(flipped.length);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << chance.below(8));
  writeFileSync(real.files.head, flipped);
  try {
    // No event is lost: the chain proves them all, and only whether more followed cannot be told any longer.
    const problem = (await prefixProblem(real, real.events.length, thorough)) ?? (await writerProblem(real)) ?? (thorough ? await verifyProblem(real) : undefined);
    return problem === undefined ? undefined : `byte ${String(at)} of the head: ${problem}`;
  } finally {
    writeFileSync(real.files.head, real.head);
  }
}

async function flippedBlob(real: RealLog, name: string, chance: Chance): Promise<string | undefined> {
  const path = join(real.files.blobs, name);
  const whole = readFileSync(path);
  const flipped = Buffer.from(whole);
  const at = chance.below(flipped.length);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << chance.below(8));
  writeFileSync(path, flipped);
  try {
    const given = await real.run.blobs.get(name).then(() => "was handed out", (error: Error) => (error.message.includes("was altered") ? undefined : error.message));
    return given === undefined ? undefined : `byte ${String(at)} of blob ${name}: ${given}`;
  } finally {
    writeFileSync(path, whole);
  }
}

async function verifyProblem(real: RealLog): Promise<string | undefined> {
  return (await real.run.verify()).length > 0 ? undefined : "verify found nothing";
}
