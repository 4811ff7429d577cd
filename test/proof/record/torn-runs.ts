// Runs that were killed in the middle of their work and whose logs then end in rubbish: `vigil resume` sets it aside, says
// so in the log, and ends the run as if nothing had been.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { begun, all, gone, happens, workerOf } from "../../runner/begun.js";
import { killProcess, Lab, ran } from "../../runner/lab.js";
import { TASK } from "../../runner/scripts.js";
import type { Tried } from "./cuts.js";
import type { Chance } from "../../chance.js";

const TAILS: readonly ((last: Buffer, chance: Chance) => Buffer)[] = [
  () => Buffer.alloc(4096),
  (last, chance) => last.subarray(0, 1 + chance.below(last.length - 2)),
  (last) => Buffer.concat([last.subarray(0, 20), Buffer.alloc(8192 - 20)]),
  (_, chance) => Buffer.from(Array.from({ length: 700 }, () => chance.below(256))),
  (last) => last,
];

export async function tornRuns(count: number, chance: Chance): Promise<Tried> {
  const short: string[] = [];
  for (let n = 0; n < count; n++) {
    const lab = new Lab();
    try {
      await lab.serve(TASK);
      const { id, said } = await begun(lab, "bounded-write");
      await happens(lab, id, chance.oneIn(2) ? "decision.ended" : "step.finished");
      const pid = await workerOf(lab, id);
      killProcess(pid);
      await Promise.all([gone(pid), said]);
      const problem = await resumedProblem(lab, id, n, chance);
      if (problem !== undefined) short.push(`run ${String(n)} with a torn tail: ${problem}`);
    } finally {
      await lab.close();
    }
  }
  return { cases: count, short };
}

async function resumedProblem(lab: Lab, id: string, n: number, chance: Chance): Promise<string | undefined> {
  const log = join(lab.runFolder(id), "log.jsonl");
  const before = readFileSync(log);
  const whole = before.subarray(0, before.lastIndexOf(10) + 1);
  const last = whole.subarray(whole.lastIndexOf(10, -2) + 1);
  const tail = TAILS[n % TAILS.length]?.(last, chance) ?? Buffer.alloc(1);
  appendFileSync(log, tail);
  const torn = tail.length + before.length - whole.length;
  const verified = await lab.vigil("verify", id);
  if (verified.code !== 1 || !verified.stdout.includes("are not part of the record; the next start of the run sets them aside")) return `vigil verify said ${verified.stdout}${verified.stderr}`;
  if ((await lab.vigil("show", id)).code !== 0) return "vigil show shows nothing of what is whole";
  const resumed = await lab.json(ran, "resume", id);
  if (resumed.code !== 0 || resumed.state !== "ready") return `ended as ${resumed.state}: ${lab.complaints(id)}`;
  const repaired = all(lab, id, "log.repaired");
  if (repaired.length !== 1 || repaired[0]?.bytes !== torn) return `the log speaks of ${String(repaired[0]?.bytes)} torn bytes, and there were ${String(torn)}`;
  if (!readFileSync(repaired[0].aside).equals(Buffer.concat([before.subarray(whole.length), tail]))) return "what was set aside is not what was torn";
  if (!readFileSync(log).subarray(0, whole.length).equals(whole)) return "an event that was whole is gone";
  return (await lab.vigil("verify", id)).code === 0 ? undefined : "the record is not whole after the repair";
}
